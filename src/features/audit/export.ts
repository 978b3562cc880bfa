import { asJson } from "./clean.ts";
import type { AuditView } from "./list.ts";

export type ExportFormat = "ndjson" | "csv";

/** Begins a formula in some spreadsheet: also after blanks, and in its full-width form. */
const FORMULA = /^[\s\u200b-\u200d\u2060\ufeff]*[=+\-@＝＋－＠]/;
const BEGINS_ODDLY = /^[\t\r\n]/;

/**
 * A cell of RFC 4180. One that a spreadsheet would take for a formula gets an apostrophe in front,
 * which makes it text (A60).
 */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) || BEGINS_ODDLY.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => csvCell(cell ?? "")).join(",")}\r\n`;
}

const COLUMNS = [
  ["time", (e) => new Date(e.at).toISOString()],
  ["id", (e) => e.id],
  ["actor_id", (e) => e.actor.id],
  ["actor_kind", (e) => e.actor.kind],
  ["actor_name", (e) => e.actor.name],
  ["via", (e) => e.via],
  ["credential_id", (e) => e.credentialId],
  ["address", (e) => e.address],
  ["request_id", (e) => e.requestId],
  ["action", (e) => e.action],
  ["object_kind", (e) => e.object.kind],
  ["object_id", (e) => e.object.id],
  ["object_name", (e) => e.object.name],
  ["project_id", (e) => e.project],
  ["result", (e) => e.result],
  ["reason", (e) => e.reason],
  ["details", (e) => asJson(e.details)],
  ["chain", (e) => String(e.chain)],
  ["seq", (e) => String(e.seq)],
  ["hash", (e) => e.hash],
] as const satisfies readonly (readonly [string, (entry: AuditView) => string | null])[];

/** Turns pages of entries into pieces of text: NDJSON, or CSV with a line of names. */
export async function* exported(
  format: ExportFormat,
  pages: AsyncIterable<readonly AuditView[]>,
): AsyncGenerator<string> {
  if (format === "csv") yield csvLine(COLUMNS.map(([name]) => name));
  for await (const page of pages) {
    yield page
      .map((entry) =>
        format === "csv" ? csvLine(COLUMNS.map(([, read]) => read(entry))) : `${asJson(entry)}\n`,
      )
      .join("");
  }
}
