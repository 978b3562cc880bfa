import type { BenchReport, Result } from "../run.ts";
import { figure } from "./figure.ts";

const WIDTH = 960;
const LABEL = 380;
const BAR = 420;
const ROW = 22;
const HEADING = 40;
const MARGIN = 20;

export function escapeXml(text: string): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      // XML 1.0 has no way to write control characters.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd")
  );
}

function text(x: number, y: number, content: string, style: string): string {
  return `<text x="${x}" y="${y}" ${style}>${escapeXml(content)}</text>`;
}

/** Bars of one workload and one figure share a scale; figures of different units do not. */
function largest(results: readonly Result[], like: Result): number {
  return Math.max(
    ...results
      .filter((one) => one.workload === like.workload && one.name === like.name)
      .map((one) => Math.max(one.max, 0)),
  );
}

function bar(results: readonly Result[], result: Result, y: number): string[] {
  const scale = largest(results, result);
  const at = (value: number) => (scale === 0 ? 0 : (Math.max(value, 0) / scale) * BAR);
  const fill = result.better === "higher" ? "#2f7d5b" : "#8a5a2b";
  const middle = y + ROW / 2;
  const whisker = (value: number) => (LABEL + at(value)).toFixed(1);
  return [
    text(LABEL - 8, middle + 4, `${result.variant}: ${result.name}`, 'text-anchor="end"'),
    `<rect x="${LABEL}" y="${y + 3}" width="${at(result.median).toFixed(1)}" height="${ROW - 8}" fill="${fill}"/>`,
    `<path d="M${whisker(result.min)} ${middle - 1}H${whisker(result.max)}" stroke="#111" stroke-width="1.5"/>`,
    text(
      LABEL + BAR + 10,
      middle + 4,
      `${figure(result.median)} ${result.unit}`,
      'font-weight="600"',
    ),
  ];
}

/**
 * A bar chart: the bar is the median, the line on it reaches from the lowest to the highest round;
 * green where more is better, brown where less is.
 */
export function renderSvg(report: BenchReport): string {
  const parts: string[] = [];
  let y = MARGIN + 20;
  const valid = report.voidReasons.length === 0 ? "" : " (void)";
  parts.push(
    text(
      MARGIN,
      y,
      `${report.url}, HTTP/${report.http}, ${report.rounds} rounds${valid}`,
      'font-size="16" font-weight="600"',
    ),
  );
  let workload = "";
  for (const result of report.results) {
    if (result.workload !== workload) {
      workload = result.workload;
      y += HEADING;
      parts.push(
        text(MARGIN, y, `${workload}  ${result.title}`, 'font-size="14" font-weight="600"'),
      );
      y += 8;
    }
    parts.push(...bar(report.results, result, y));
    y += ROW;
  }
  const height = y + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
