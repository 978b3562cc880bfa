import type { Metric } from "../src/commands/bench/measure/metric.ts";
import { type Summary, summarise } from "../src/commands/bench/measure/statistics.ts";
import { figure, percent } from "../src/commands/bench/report/figure.ts";

/** What a figure may be at the least or at the most. */
export interface Target {
  readonly what: string;
  /** As in `Measured.name`. */
  readonly metric: string;
  readonly subject: string;
  /** The subject that it is set against; undefined for a figure that stands for itself. */
  readonly against?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One metric of one subject over all rounds. */
export interface Measured extends Summary {
  readonly subject: string;
  readonly name: string;
  readonly variant: string;
  readonly unit: string;
}

/** Gathers the rounds of several servers. */
export class AccessReport {
  readonly #values = new Map<string, { subject: string; metric: Metric; values: number[] }>();

  add(subject: string, metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      const key = `${subject} ${metric.variant} ${metric.name}`;
      const known = this.#values.get(key);
      if (known === undefined) this.#values.set(key, { subject, metric, values: [metric.value] });
      else known.values.push(metric.value);
    }
  }

  rows(): readonly Measured[] {
    return [...this.#values.values()].map(({ subject, metric, values }) => {
      const { name, variant, unit } = metric;
      return { subject, name, variant, unit, ...summarise(values) };
    });
  }

  /** The median of a metric, or of its ratio to the same of another subject. */
  value({ subject, against, metric }: Target): number | undefined {
    const of = (wanted: string) =>
      this.rows().find((row) => row.subject === wanted && row.name === metric)?.median;
    const own = of(subject);
    if (against === undefined || own === undefined) return own;
    const other = of(against);
    return other === undefined ? undefined : own / other;
  }
}

/** Whether a value keeps to a target; what was not measured keeps to none. */
export function isMet({ atLeast, atMost }: Target, value: number | undefined): boolean {
  if (value === undefined || !Number.isFinite(value)) return false;
  return (
    value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY)
  );
}

function boundOf({ atLeast, atMost, against }: Target): string {
  const show = (bound: number) => (against === undefined ? figure(bound) : percent(bound));
  if (atLeast !== undefined) return `≥ ${show(atLeast)}`;
  return atMost === undefined ? "" : `≤ ${show(atMost)}`;
}

/** Two Markdown tables: every figure with its spread; every target with what came of it. */
export function renderAccess(report: AccessReport, targets: readonly Target[]): string {
  const figures = report
    .rows()
    .map(
      (row) =>
        `| ${row.subject} | ${row.variant} | ${row.name} | ${figure(row.median)} | ${row.unit} | ± ${percent(row.spread / 2)} |`,
    );
  const kept = targets.map((target) => {
    const value = report.value(target);
    const shown =
      value === undefined ? "–" : target.against === undefined ? figure(value) : percent(value);
    const verdict = boundOf(target) === "" ? "" : isMet(target, value) ? "met" : "**missed**";
    return `| ${target.what} | ${shown} | ${boundOf(target)} | ${verdict} |`;
  });
  return [
    "| server | load | figure | median | unit | spread |",
    "|---|---|---|---:|---|---:|",
    ...figures,
    "",
    "| what | value | target | |",
    "|---|---:|---:|---|",
    ...kept,
    "",
  ].join("\n");
}
