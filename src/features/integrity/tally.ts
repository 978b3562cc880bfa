import type { FindingKind } from "../../platform/database/schema/integrity.ts";

/** What this node's scrubs did since it started: for the metrics. */
export class ScrubTally {
  #bytes = 0;
  readonly #found: Partial<Record<FindingKind, number>> = {};

  read(bytes: number): void {
    this.#bytes += bytes;
  }

  found(kind: FindingKind): void {
    this.#found[kind] = (this.#found[kind] ?? 0) + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get findings(): Readonly<Record<string, number>> {
    return this.#found;
  }
}
