import type { PolicyInput } from "../policy.ts";

/** Something of a foreign document that our policies cannot say, and why. */
export interface NotCarried {
  /** Where it stands: `rules[2]`. */
  readonly at: string;
  readonly en: string;
  readonly zh: string;
}

/** What became of a foreign document. */
export interface Imported {
  readonly policies: readonly PolicyInput[];
  readonly notCarried: readonly NotCarried[];
}
