/** Bytes that wait at most, before the one who fills is told to wait. */
const HIGH = 1024 * 1024;

/**
 * Between one who reads and one who sends: a little waits in it, and whoever is too fast for the
 * other one waits too.
 */
export class Pipe {
  readonly #queue: Uint8Array[] = [];
  #size = 0;
  #end: { readonly fault: unknown } | undefined;
  #taker:
    | { resolve(piece: Uint8Array | undefined): void; reject(fault: unknown): void }
    | undefined;
  #room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  /** Puts a piece in; it is copied, because its owner may use its memory again. */
  push(piece: Uint8Array): void {
    if (this.#end !== undefined || piece.byteLength === 0) return;
    const copy = new Uint8Array(piece);
    const taker = this.#taker;
    if (taker !== undefined) {
      this.#taker = undefined;
      taker.resolve(copy);
      return;
    }
    this.#queue.push(copy);
    this.#size += copy.byteLength;
  }

  /** What to wait for before more is put in; undefined while there is room. */
  room(): Promise<void> | undefined {
    if (this.#size < HIGH || this.#end !== undefined) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** Nothing more will come; with a fault, what there is is worth nothing. */
  close(fault?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { fault };
    if (fault !== undefined) this.#queue.length = 0;
    this.#room?.resolve();
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) return;
    if (fault === undefined) taker.resolve(undefined);
    else taker.reject(fault);
  }

  /** The next piece, when it is here; undefined after the last one. Rejects with the fault. */
  next(): Promise<Uint8Array | undefined> {
    const piece = this.#queue.shift();
    if (piece !== undefined) {
      this.#size -= piece.byteLength;
      if (this.#size < HIGH) {
        this.#room?.resolve();
        this.#room = undefined;
      }
      return Promise.resolve(piece);
    }
    if (this.#end === undefined) {
      return new Promise((resolve, reject) => {
        this.#taker = { resolve, reject };
      });
    }
    const { fault } = this.#end;
    return fault === undefined ? Promise.resolve(undefined) : Promise.reject(fault);
  }
}
