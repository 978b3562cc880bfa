import type { BenchReport, Result } from "../run.ts";
import { figure, percent } from "./figure.ts";

type Row = readonly string[];

const HEAD: Row = ["what", "figure", "median", "unit", "min", "max", "spread"];
const NUMERIC = new Set([2, 4, 5, 6]);

/** Lays rows out in columns: text to the left, numbers to the right. */
export function columns(rows: readonly Row[], numeric: ReadonlySet<number>): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return numeric.has(index) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function rowOf(result: Result): Row {
  return [
    result.variant,
    result.name,
    figure(result.median),
    result.unit,
    figure(result.min),
    figure(result.max),
    percent(result.spread),
  ];
}

/** The report for a terminal: a table for each workload, and why the run is void if it is. */
export function renderTable(report: BenchReport): string {
  const lines = columns([HEAD, ...report.results.map(rowOf)], NUMERIC);
  const out = [
    `${report.url}, HTTP/${report.http}, scale ${report.scale}, ${report.rounds} rounds, seed ${report.seed}`,
  ];
  let workload = "";
  report.results.forEach((result, index) => {
    if (result.workload !== workload) {
      workload = result.workload;
      out.push("", `${workload}  ${result.title}`, lines[0] ?? "");
    }
    out.push(lines[index + 1] ?? "");
  });
  if (report.voidReasons.length > 0) {
    out.push("", "This run is void:", ...report.voidReasons.map((reason) => `  ${reason}`));
  }
  return `${out.join("\n")}\n`;
}
