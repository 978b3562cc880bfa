import { Bench, type BenchSettings, type BenchTarget } from "./bench.ts";
import type { Metric } from "./measure/metric.ts";
import { type Summary, summarise } from "./measure/statistics.ts";
import type { Workload } from "./workload.ts";
import { WORKLOADS } from "./workloads/table.ts";

export interface BenchOptions extends BenchTarget, BenchSettings {
  /** Numbers such as `W1`; all when empty. */
  readonly workloads: readonly string[];
  readonly rounds: number;
  /** Told what is being done, a line at a time. */
  readonly progress?: (line: string) => void;
}

/** One figure over all rounds. */
export interface Result extends Omit<Metric, "value">, Summary {
  readonly workload: string;
  readonly title: string;
}

export interface BenchReport {
  readonly url: string;
  readonly http: string;
  readonly scale: string;
  readonly seed: string;
  readonly rounds: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly results: readonly Result[];
  /** Why the run says nothing; empty when it is valid. */
  readonly voidReasons: readonly string[];
}

/** The workloads of these numbers, in the order of the table. Throws for a number that is not there. */
export function chooseWorkloads(wanted: readonly string[]): readonly Workload[] {
  const numbers = wanted.map((number) => number.trim().toUpperCase()).filter((n) => n !== "");
  for (const number of numbers) {
    if (!WORKLOADS.has(number)) {
      throw new RangeError(
        `there is no workload ${number}; there are ${[...WORKLOADS.keys()].join(", ")}`,
      );
    }
  }
  return [...WORKLOADS]
    .filter(([number]) => numbers.length === 0 || numbers.includes(number))
    .map(([, make]) => make());
}

/** Runs workloads against a registry, round after round, and sums up. */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const startedAt = new Date().toISOString();
  const workloads = chooseWorkloads(options.workloads);
  const bench = new Bench(options, options);
  const tell = options.progress ?? (() => {});
  const gathered = new Map<string, { workload: Workload; first: Metric; values: number[] }>();
  try {
    for (const workload of workloads) {
      tell(`${workload.id} ${workload.title}: preparing`);
      await workload.prepare(bench);
      for (let round = 0; round < options.rounds && !bench.ledger.void; round += 1) {
        tell(`${workload.id} round ${round + 1} of ${options.rounds}`);
        for (const metric of await workload.run(bench, round)) {
          const key = `${workload.id} ${metric.variant} ${metric.name}`;
          const known = gathered.get(key);
          if (known === undefined) {
            gathered.set(key, { workload, first: metric, values: [metric.value] });
          } else {
            known.values.push(metric.value);
          }
        }
      }
      bench.closeCallers();
      if (bench.ledger.void) break;
    }
  } catch (fault) {
    // A run that broke off is void like any other that failed; what was measured is still shown.
    bench.blame(fault);
  } finally {
    bench.closeCallers();
  }
  return {
    url: bench.address.origin + bench.address.prefix,
    http: bench.http,
    scale: options.scale,
    seed: options.seed,
    rounds: options.rounds,
    startedAt,
    results: [...gathered.values()].map(({ workload, first, values }) => ({
      workload: workload.id,
      title: workload.title,
      variant: first.variant,
      name: first.name,
      unit: first.unit,
      better: first.better,
      ...summarise(values),
    })),
    voidReasons: bench.ledger.reasons,
  };
}
