import { createHash } from "node:crypto";
import type { BlobSource } from "../../../client/registry/blobs.ts";
import { SeededRandom } from "./random.ts";

const STAMP = 64;
/** Large enough that windows taken from it at random do not look alike to a compressor. */
const MAX_BASE = 1024 * 1024 * 1024;

export function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return `sha256:${hash.digest("hex")}`;
}

/** A blob of exactly these bytes. */
export function blobOf(bytes: Uint8Array): BlobSource {
  return { digest: sha256([bytes]), size: bytes.byteLength, parts: [bytes] };
}

/**
 * Makes blobs that are unique and incompressible without a gigabyte of fresh random bytes for each:
 * a stamp of its own in front of a window into one shared random buffer. All hashing happens here,
 * before a clock starts.
 */
export class BlobMaker {
  readonly #random: SeededRandom;
  #base: Buffer = Buffer.alloc(0);
  #made = 0;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
  }

  make(size: number): BlobSource {
    this.#made += 1;
    const stamp = this.#random.bytes(`stamp ${this.#made}`, Math.min(STAMP, size));
    const rest = size - stamp.byteLength;
    if (rest > MAX_BASE) throw new RangeError("payloads are limited to one GiB");
    const base = this.#atLeast(rest);
    const from = this.#random.below(base.byteLength - rest + 1);
    const parts = rest === 0 ? [stamp] : [stamp, base.subarray(from, from + rest)];
    return { digest: sha256(parts), size, parts };
  }

  #atLeast(size: number): Buffer {
    if (this.#base.byteLength < size) {
      const wanted = Math.min(MAX_BASE, Math.max(4 * 1024 * 1024, 2 ** Math.ceil(Math.log2(size))));
      this.#base = this.#random.bytes(`base ${wanted}`, Math.max(wanted, size));
    }
    return this.#base;
  }
}
