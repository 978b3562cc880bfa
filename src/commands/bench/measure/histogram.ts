const PER_OCTAVE = 32;
/** 2^40 µs is twelve days. */
const OCTAVES = 40;

/** Latencies in buckets about 2 % wide: constant memory, whatever is recorded. */
export class Histogram {
  readonly #buckets = new Uint32Array(OCTAVES * PER_OCTAVE);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Records a latency in milliseconds. */
  record(milliseconds: number): void {
    const micros = milliseconds * 1_000;
    const index = micros <= 1 ? 0 : Math.floor(Math.log2(micros) * PER_OCTAVE);
    const bucket = Math.min(index, this.#buckets.length - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /** The latency in milliseconds that a share `q` (0…1) of the records does not exceed. */
  quantile(q: number): number {
    const wanted = Math.max(1, Math.ceil(this.#count * q));
    let seen = 0;
    for (let index = 0; index < this.#buckets.length; index += 1) {
      seen += this.#buckets[index] ?? 0;
      if (seen >= wanted) return 2 ** ((index + 1) / PER_OCTAVE) / 1_000;
    }
    return 0;
  }
}
