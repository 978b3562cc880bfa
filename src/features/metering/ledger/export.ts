import { csvCell } from "../../audit/export.ts";
import type { LedgerLine, MarkedLine } from "./ledger.ts";
import { type Period, periodName } from "./rules-period.ts";

type Cell = string | number | null;

const COLUMNS = [
  ["project", (line) => line.project],
  ["repository", (line) => line.repository],
  ["principal", (line) => line.principal],
  ["pulls", (line) => line.pulls],
  ["pushes", (line) => line.pushes],
  ["bytes_in", (line) => line.bytesIn],
  ["bytes_out", (line) => line.bytesOut],
  ["stored_bytes", (line) => line.stored],
] as const satisfies readonly (readonly [string, (line: LedgerLine) => Cell])[];

const row = (cells: readonly Cell[]) =>
  `${cells.map((cell) => csvCell(String(cell ?? ""))).join(",")}\r\n`;

/** Turns lines into CSV (RFC 4180) in which no cell is a formula (A60), with a line of names. */
export async function* ledgerCsv(
  period: Period,
  lines: AsyncIterable<MarkedLine>,
): AsyncGenerator<string> {
  yield row(["period", ...COLUMNS.map(([name]) => name)]);
  for await (const { line } of lines) {
    yield row([periodName(period, line.at), ...COLUMNS.map(([, read]) => read(line))]);
  }
}
