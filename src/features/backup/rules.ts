/** Values as a row has them; the same on both engines. */
export type Value = string | number | null | Uint8Array;

/**
 * What no snapshot has, by table. Searching builds its index anew, and so does whoever looks at the
 * files of a layer; the others speak of this machine or of this moment.
 */
export const LEFT_OUT: ReadonlyMap<string, "derived" | "momentary"> = new Map([
  ["search_projects", "derived"],
  ["search_repositories", "derived"],
  ["search_texts", "derived"],
  ["search_terms", "derived"],
  ["search_holders", "derived"],
  ["search_artifacts", "derived"],
  ["search_attributes", "derived"],
  ["layer_indexes", "derived"],
  ["layer_index_chunks", "derived"],
  ["uploads", "momentary"],
  ["sessions", "momentary"],
  ["displaced_copies", "momentary"],
  ["holds", "momentary"],
  ["hold_gate", "momentary"],
  ["in_use_lanes", "momentary"],
]);

/** Marks that what is derived is complete: they are not true of a database without it. */
const MARKS: ReadonlySet<Value> = new Set(["search.version"]);

/** Whether a snapshot has this row. */
export function isKept(table: string, columns: readonly string[], row: readonly Value[]): boolean {
  if (LEFT_OUT.has(table)) return false;
  return table !== "settings" || !MARKS.has(row[columns.indexOf("name")] ?? null);
}

/** A row as a line: a JSON list in the order of the columns, bytes as `{"b":"<base64>"}`. */
export function encodeRow(row: readonly Value[]): string {
  return JSON.stringify(
    row.map((value) =>
      value instanceof Uint8Array ? { b: Buffer.from(value).toString("base64") } : value,
    ),
  );
}

function decodeValue(value: unknown): Value {
  if (value === null || typeof value === "string" || Number.isSafeInteger(value)) {
    return value as Value;
  }
  const bytes = typeof value === "object" && value !== null ? Reflect.get(value, "b") : undefined;
  if (typeof bytes !== "string") throw new SyntaxError("not a value of a row");
  return new Uint8Array(Buffer.from(bytes, "base64"));
}

/** Throws SyntaxError for a line that is no row of so many columns. */
export function decodeRow(line: string, columns: number): Value[] {
  const row: unknown = JSON.parse(line);
  if (!Array.isArray(row) || row.length !== columns) throw new SyntaxError("not a row");
  return row.map(decodeValue);
}

/** Ids as all others, which sort by time. */
const ID = /^[0-9a-hjkmnp-tv-z]{26}$/;

/** Whether `text` may name a snapshot, and so a folder. */
export function isSnapshotId(text: string): boolean {
  return ID.test(text);
}

interface Made {
  readonly id: string;
  /** Whether nothing was damaged where it came from. */
  readonly isWhole: boolean;
}

/**
 * Which of the snapshots are more than are to be kept: whole ones but the newest; and of those that
 * lack what was damaged, what is older than the whole ones that stay, and more than are kept of
 * them. So however long content is damaged, what was sound before it is never pushed out.
 */
export function beyondKeep(all: readonly Made[], keep: number): string[] {
  const newest = (isWhole: boolean) =>
    all
      .filter((each) => each.isWhole === isWhole)
      .map(({ id }) => id)
      .sort()
      .reverse();
  const whole = newest(true);
  const lacking = newest(false);
  const oldest = whole[keep - 1] ?? "";
  const stale = lacking.filter((id, at) => at >= keep || id < oldest);
  return [...whole.slice(keep), ...stale];
}

/** How long a backup or a drill may take before the next one is missed. */
const PATIENCE = 6 * 3_600_000;

/**
 * Whether a backup should have been made since the last good one: the time for it has come, and
 * enough has passed for it to be done. `next` gives the time for one after a time, or null.
 */
export function isLate(
  lastGoodAt: number | null,
  next: (after: number) => number | null,
  now: number,
): boolean {
  if (lastGoodAt === null) return true;
  const due = next(lastGoodAt);
  return due !== null && now > due + PATIENCE;
}
