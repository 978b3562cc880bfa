import { createHash } from "node:crypto";
import { algorithmOf, type Digest } from "../../oci/digest.ts";

/** What all bytes of a blob hash to, wherever the reading of them was broken and begun again. */
export class BlobHash {
  readonly #digest: Digest;
  readonly #hash;
  #position = 0;

  constructor(digest: Digest) {
    this.#digest = digest;
    this.#hash = createHash(algorithmOf(digest));
  }

  /** How many bytes were taken. */
  get position(): number {
    return this.#position;
  }

  /** Takes the piece that stands at `offset`; what was taken before counts no second time. */
  take(piece: Uint8Array, offset: number): void {
    const known = Math.max(0, this.#position - offset);
    if (known >= piece.byteLength) return;
    this.#hash.update(known === 0 ? piece : piece.subarray(known));
    this.#position = offset + piece.byteLength;
  }

  /** Whether it is the digest; to be asked once, at the end. */
  matches(): boolean {
    return `${algorithmOf(this.#digest)}:${this.#hash.digest("hex")}` === this.#digest;
  }
}
