import type { Better, Metric } from "../src/commands/bench/measure/metric.ts";
import { type Summary, summarise } from "../src/commands/bench/measure/statistics.ts";
import { figure as format, percent } from "../src/commands/bench/report/figure.ts";

/** All rounds of one metric of one subject. */
export interface Cell extends Summary {
  readonly subject: string;
  /** Ours over theirs, turned so that above 1 we are better; undefined for ourselves. */
  readonly ratio: number | undefined;
}

export interface ComparisonRow {
  readonly figure: string;
  readonly title: string;
  readonly variant: string;
  readonly name: string;
  readonly unit: string;
  readonly better: Better;
  readonly cells: readonly Cell[];
}

interface Gathered {
  readonly figure: string;
  readonly title: string;
  readonly metric: Metric;
  readonly values: Map<string, number[]>;
}

/** Collects the metrics of all rounds and subjects and sets them side by side. */
export class Comparison {
  readonly #ours: string;
  readonly #rows = new Map<string, Gathered>();

  constructor(ours: string) {
    this.#ours = ours;
  }

  add(figure: string, title: string, subject: string, metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      const key = `${figure} ${metric.variant} ${metric.name}`;
      const row = this.#rows.get(key) ?? { figure, title, metric, values: new Map() };
      this.#rows.set(key, row);
      row.values.set(subject, [...(row.values.get(subject) ?? []), metric.value]);
    }
  }

  rows(): readonly ComparisonRow[] {
    return [...this.#rows.values()].map(({ figure, title, metric, values }) => {
      const own = values.get(this.#ours);
      const ours = own === undefined ? undefined : summarise(own).median;
      return {
        figure,
        title,
        variant: metric.variant,
        name: metric.name,
        unit: metric.unit,
        better: metric.better,
        cells: [...values].map(([subject, rounds]) => {
          const summary = summarise(rounds);
          const ratio =
            subject === this.#ours || ours === undefined
              ? undefined
              : ratioOf(metric.better, ours, summary.median);
          return { subject, ratio, ...summary };
        }),
      };
    });
  }
}

/** Above 1 means that ours is better: ours / theirs for throughput, theirs / ours for cost. */
export function ratioOf(better: Better, ours: number, theirs: number): number {
  return better === "higher" ? ours / theirs : theirs / ours;
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const spread = cell.rounds.length > 1 ? ` ± ${percent(cell.spread / 2)}` : "";
  const known = cell.ratio !== undefined && Number.isFinite(cell.ratio);
  const ratio = !known ? "" : ` (**${format(cell.ratio ?? 0)}×**)`;
  return `${format(cell.median)}${spread}${ratio}`;
}

/** A Markdown table: a row a metric, a column a subject; in bold how much better ours is. */
export function renderComparison(
  rows: readonly ComparisonRow[],
  subjects: readonly string[],
): string {
  const lines = [
    `| what | figure | unit | ${subjects.join(" | ")} |`,
    `|---|---|---|${subjects.map(() => "---:|").join("")}`,
  ];
  for (const row of rows) {
    const cells = subjects.map((subject) =>
      cellText(row.cells.find((cell) => cell.subject === subject)),
    );
    lines.push(
      `| ${row.title}, ${row.variant} | ${row.name} | ${row.unit} | ${cells.join(" | ")} |`,
    );
  }
  return `${lines.join("\n")}\n`;
}
