/** Whether a larger figure is the better one. */
export type Better = "higher" | "lower";

/** One figure of one round. */
export interface Metric {
  /** What was done, and with how many clients: `GET by tag, c=32`. */
  readonly variant: string;
  /** What was counted: `rate`, `p99`, `cpu per GB`. */
  readonly name: string;
  readonly unit: string;
  readonly better: Better;
  readonly value: number;
}

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

export function higher(variant: string, name: string, unit: string, value: number): Metric {
  return { variant, name, unit, better: "higher", value };
}

export function lower(variant: string, name: string, unit: string, value: number): Metric {
  return { variant, name, unit, better: "lower", value };
}
