import { type Paint, plain, type Tone } from "./output.ts";
import { printable } from "./printable.ts";
import type { Words } from "./words.ts";

export type Cell = string | number | boolean | null | undefined | readonly string[];

/** A column of a table, or a line of a single thing. */
export interface Column<T> {
  readonly title: Words;
  readonly of: (item: T) => Cell;
  /** How it is set apart, where there are colours. */
  readonly tone?: (item: T) => Tone | undefined;
}

/** A text in its place. */
interface Laid {
  readonly text: string;
  readonly tone?: Tone | undefined;
}

const GAP = 2;

/** Characters that take two places: East Asian wide and full-width ones, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that take none: marks upon the one before, and joiners. */
const MARK = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** The places that a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (WIDE.test(character)) width += 2;
    else if (!MARK.test(character)) width += 1;
  }
  return width;
}

const YES_NO: Readonly<Record<string, Words>> = {
  true: { en: "yes", zh: "是" },
  false: { en: "no", zh: "否" },
};

/** A value as people read it; nothing is `-`. */
export function cellText(cell: Cell, language: "en" | "zh"): string {
  if (cell === null || cell === undefined || cell === "") return "-";
  if (typeof cell === "boolean") return YES_NO[String(cell)]?.[language] ?? "";
  if (typeof cell === "object") return printable(cell.length === 0 ? "-" : cell.join(", "));
  return printable(String(cell));
}

/** Lays rows out in columns. The last one is left as long as it is. */
function layOut(rows: readonly (readonly Laid[])[], paint: Paint): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach(({ text }, at) => {
      widths[at] = Math.max(widths[at] ?? 0, widthOf(text));
    });
  }
  const line = (row: readonly Laid[]) =>
    row
      .map(({ text, tone }, at) => {
        const isLast = at === row.length - 1;
        const gap = (widths[at] ?? 0) + GAP - widthOf(text);
        return paint(text, tone) + (isLast ? "" : " ".repeat(gap));
      })
      .join("");
  return rows.map((row) => `${line(row)}\n`).join("");
}

function laid<T>(item: T, { of, tone }: Column<T>, language: "en" | "zh"): Laid {
  return { text: cellText(of(item), language), tone: tone?.(item) };
}

/** A table with a head. */
export function table<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  language: "en" | "zh",
  paint: Paint = plain,
): string {
  const head = columns.map(
    ({ title }): Laid => ({
      text: title[language].toUpperCase(),
      tone: "head",
    }),
  );
  const rows = items.map((item) => columns.map((column) => laid(item, column, language)));
  return layOut([head, ...rows], paint);
}

/** One thing: a line for each column. */
export function lines<T>(
  item: T,
  columns: readonly Column<T>[],
  language: "en" | "zh",
  paint: Paint = plain,
): string {
  const rows = columns.map((column): Laid[] => [
    { text: column.title[language], tone: "head" },
    laid(item, column, language),
  ]);
  return layOut(rows, paint);
}
