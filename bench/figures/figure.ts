import type { Bench } from "../../src/commands/bench/bench.ts";
import type { Metric } from "../../src/commands/bench/measure/metric.ts";

/** One thing that is compared. */
export interface Figure {
  /** What `--only` takes. */
  readonly id: string;
  readonly title: string;
  /** Measured for Entrepôt alone. */
  readonly oursOnly?: boolean;
  /** What takes long and hardly varies is measured in so many rounds at most. */
  readonly maxRounds?: number;
  /** On a server that has just started with empty storage. */
  measure(bench: Bench): Promise<readonly Metric[]>;
}
