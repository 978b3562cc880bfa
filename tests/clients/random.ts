import { createCipheriv, createHash } from "node:crypto";

/**
 * Bytes that look random, cannot be compressed and are the same for the same seed: the key stream
 * of AES in counter mode, at some gigabytes a second.
 */
export class SeededBytes {
  readonly #cipher;

  constructor(seed: string) {
    const key = createHash("sha256").update(seed).digest();
    this.#cipher = createCipheriv("aes-128-ctr", key.subarray(0, 16), key.subarray(16));
  }

  /** The next `length` bytes of the stream. */
  next(length: number): Buffer<ArrayBuffer> {
    return this.#cipher.update(Buffer.alloc(length));
  }
}

/** A small seeded generator of numbers (mulberry32): the same seed takes the same decisions. */
export class SeededNumbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.integer(0, from.length - 1)];
  }

  /** One of the keys, in proportion to its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.fraction() * entries.reduce((total, [, weight]) => total + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    throw new Error("no weights were given");
  }

  /** A generator of its own for a part of the work, so that parts do not disturb each other. */
  fork(): SeededNumbers {
    return new SeededNumbers(this.integer(0, 2 ** 32 - 1));
  }
}
