/** Why content was not, or not wholly, analysed: stored, shown, and counted by. */
export type Trouble =
  | "limit.entries"
  | "limit.name"
  | "limit.depth"
  | "limit.header"
  | "limit.unpacked"
  | "limit.ratio"
  | "limit.memory"
  | "limit.time"
  | "limit.output"
  | "limit.size"
  | "limit.layers"
  | "damaged"
  | "compression"
  | "config"
  | "missing"
  | "crashed";

export const troubles: readonly Trouble[] = [
  "limit.entries",
  "limit.name",
  "limit.depth",
  "limit.header",
  "limit.unpacked",
  "limit.ratio",
  "limit.memory",
  "limit.time",
  "limit.output",
  "limit.size",
  "limit.layers",
  "damaged",
  "compression",
  "config",
  "missing",
  "crashed",
];

export function isTrouble(text: string): text is Trouble {
  return troubles.some((each) => each === text);
}

/** Ends an analysis: the content is to blame, and trying again would not help. */
export class TroubleError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, options?: ErrorOptions) {
    super(trouble, options);
    this.trouble = trouble;
  }
}
