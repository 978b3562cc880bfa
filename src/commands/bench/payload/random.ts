import { createCipheriv, createHash } from "node:crypto";

/**
 * Numbers and bytes that look random and are the same for the same seed. The bytes are a cipher's
 * key stream: incompressible, and made at gigabytes a second.
 */
export class SeededRandom {
  readonly #seed: string;
  #state: number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = createHash("sha256").update(seed).digest().readUInt32LE(0) | 1;
  }

  /** A number of the range [0, 1) (xorshift32: quick, good enough to spread load). */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 2 ** 32;
  }

  /** An integer of the range [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** `size` bytes that belong to `label`; other labels and seeds give other bytes. */
  bytes(label: string, size: number): Buffer {
    const key = createHash("sha256").update(`${this.#seed}\0${label}`).digest();
    const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
    const unit = Buffer.alloc(Math.min(size, 1024 * 1024));
    const out = Buffer.allocUnsafe(size);
    for (let at = 0; at < size; at += unit.byteLength) {
      cipher.update(unit.subarray(0, Math.min(unit.byteLength, size - at))).copy(out, at);
    }
    return out;
  }
}

/** Picks ranks 0…n-1 with the odds of Zipf's law (exponent 1): a few are asked for most often. */
export class Zipf {
  readonly #cumulative: Float64Array;

  constructor(n: number) {
    this.#cumulative = new Float64Array(n);
    let sum = 0;
    for (let rank = 0; rank < n; rank += 1) {
      sum += 1 / (rank + 1);
      this.#cumulative[rank] = sum;
    }
  }

  pick(random: SeededRandom): number {
    const total = this.#cumulative.at(-1) ?? 0;
    const wanted = random.next() * total;
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulative[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
