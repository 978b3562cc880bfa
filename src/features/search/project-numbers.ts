import { BoundedCache } from "../../kernel/bounded-cache.ts";
import type { SearchReads } from "./store/read.ts";

/** How many are kept in memory. */
const MOST_KEPT = 50_000;

/** The numbers of projects in the index, which never change while it is not made anew. */
export class ProjectNumbers {
  readonly #reads: SearchReads;
  readonly #kept = new BoundedCache<number>(MOST_KEPT);

  constructor(reads: SearchReads) {
    this.#reads = reads;
  }

  /** Those of projects that are indexed. */
  async of(ids: readonly string[]): Promise<number[]> {
    const missing = ids.filter((id) => this.#kept.get(id) === undefined);
    const read = await this.#reads.projectNumbers(missing);
    for (const [id, number] of read) this.#kept.set(id, number, 1);
    return ids.flatMap((id) => this.#kept.get(id) ?? read.get(id) ?? []);
  }
}
