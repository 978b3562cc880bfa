import type { Bench } from "./bench.ts";
import type { Metric } from "./measure/metric.ts";

/** One row of the table of workloads. */
export interface Workload {
  /** `W1`, `W2` … as in the table. */
  readonly id: string;
  readonly title: string;
  /** Fills the registry with what the rounds need; not measured. */
  prepare(bench: Bench): Promise<void>;
  /** One round. Called several times after one `prepare`. */
  run(bench: Bench, round: number): Promise<readonly Metric[]>;
}

/** Makes a workload anew, so that two runs share nothing. */
export type WorkloadMaker = () => Workload;
