import type { LaneRequest, Sink } from "../lane.ts";
import { WireFault } from "../wire-fault.ts";
import { ChunkedDecoder } from "./chunked.ts";
import { fieldValue, MAX_HEAD_BYTES, parseHead, type ResponseHead } from "./response-head.ts";

const END_OF_HEAD = "\r\n\r\n";

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Reads one HTTP/1.1 answer from pieces of any size. No I/O: whoever owns the socket pushes what
 * arrives and asks whether the answer is whole.
 */
export class ResponseReader {
  readonly #method: string;
  readonly #choose: LaneRequest["choose"];
  #sink: Sink | undefined;
  #pending: Buffer | undefined;
  #head: ResponseHead | undefined;
  #chunked: ChunkedDecoder | undefined;
  #received = 0;
  #done = false;

  constructor(method: string, sink: Sink | undefined, choose?: LaneRequest["choose"]) {
    this.#method = method;
    this.#sink = sink;
    this.#choose = choose;
  }

  get done(): boolean {
    return this.#done;
  }

  get status(): number {
    return this.#head?.status ?? 0;
  }

  get keepAlive(): boolean {
    return this.#head?.keepAlive ?? false;
  }

  /** Bytes of the body that arrived so far, without chunk framing. */
  get bodyLength(): number {
    return this.#chunked?.length ?? this.#received;
  }

  /** Bytes that must still come, as far as the head says; 1 while that is unknown. */
  get remaining(): number {
    const framing = this.#head?.framing;
    return framing?.kind === "length" ? framing.length - this.#received : 1;
  }

  header(name: string): string | undefined {
    return this.#head === undefined ? undefined : fieldValue(this.#head.fields, name);
  }

  /** Takes bytes off the wire; true when the answer is whole. */
  push(bytes: Uint8Array): boolean {
    if (this.#done) throw new WireFault("malformed", "bytes came after the end of the answer");
    let at = 0;
    let piece = bytes;
    while (this.#head === undefined) {
      const rest = this.#readHead(piece, at);
      if (rest === undefined) return false;
      piece = rest.bytes;
      at = rest.at;
    }
    this.#readBody(piece, at, this.#head);
    return this.#done;
  }

  /** The peer closed the connection; throws when the answer is cut short. */
  end(): void {
    if (this.#done) return;
    if (this.#head?.framing.kind !== "close") {
      throw new WireFault("closed", "the connection closed before the answer was whole");
    }
    this.#done = true;
  }

  /** Looks for the end of the head; leaves `#head` undefined after an interim (1xx) answer. */
  #readHead(bytes: Uint8Array, from: number): { bytes: Uint8Array; at: number } | undefined {
    const view = asBuffer(from === 0 ? bytes : bytes.subarray(from));
    const whole = this.#pending === undefined ? view : Buffer.concat([this.#pending, view]);
    const end = whole.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (whole.byteLength > MAX_HEAD_BYTES) {
        throw new WireFault("malformed", "the head of the answer is too large");
      }
      // Copied: the owner may use the buffer again.
      this.#pending = this.#pending === undefined ? Buffer.from(view) : whole;
      return undefined;
    }
    this.#pending = undefined;
    const head = parseHead(whole.toString("latin1", 0, end), this.#method);
    if (head.status >= 200) {
      this.#head = head;
      if (this.#choose !== undefined) this.#sink = this.#choose(this);
      if (head.framing.kind === "chunked") this.#chunked = new ChunkedDecoder();
    }
    return { bytes: whole, at: end + END_OF_HEAD.length };
  }

  #readBody(bytes: Uint8Array, at: number, head: ResponseHead): void {
    const size = bytes.byteLength;
    let end = size;
    if (this.#chunked !== undefined) {
      end = this.#chunked.push(bytes, at, this.#sink);
      this.#done = this.#chunked.done;
    } else {
      if (head.framing.kind === "length") {
        end = Math.min(size, at + head.framing.length - this.#received);
      }
      if (end > at && this.#sink !== undefined) this.#sink(bytes.subarray(at, end));
      this.#received += end - at;
      this.#done = head.framing.kind === "length" && this.#received === head.framing.length;
    }
    if (this.#done && end < size) {
      throw new WireFault("malformed", "bytes came after the end of the answer");
    }
  }
}
