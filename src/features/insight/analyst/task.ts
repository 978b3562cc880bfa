/** What the isolated process is asked to do; it travels as JSON in an argument. */
export type Task =
  | { readonly do: "index"; readonly limits: TaskLimits }
  | { readonly do: "chart"; readonly limits: TaskLimits }
  | {
      readonly do: "extract";
      readonly limits: TaskLimits;
      readonly offset: number;
      readonly size: number;
    };

export interface TaskLimits {
  readonly entries: number;
  readonly unpacked: number;
  readonly ratio: number;
  /** Of processor time. */
  readonly seconds: number;
}

/** What is known of a layer when it was read to its end. */
export interface LayerSummary {
  readonly entries: number;
  readonly files: number;
  readonly bytesOfFiles: number;
  /** Of the archive, unpacked. */
  readonly unpacked: number;
  /** Entries that would lie outside of the root. */
  readonly outside: number;
}

/** The texts of a chart. */
export interface ChartTexts {
  readonly values: string | null;
  readonly readme: string | null;
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Checks what the process said at its end; undefined for what it cannot have said. */
export function summaryOf(said: unknown): LayerSummary | undefined {
  if (typeof said !== "object" || said === null) return undefined;
  const { entries, files, bytesOfFiles, unpacked, outside } = said as Record<string, unknown>;
  const all = [entries, files, bytesOfFiles, unpacked, outside];
  if (!all.every(isWhole)) return undefined;
  return said as LayerSummary;
}

export function chartTextsOf(said: unknown): ChartTexts | undefined {
  if (typeof said !== "object" || said === null) return undefined;
  const { values, readme } = said as Record<string, unknown>;
  const isText = (text: unknown) => text === null || typeof text === "string";
  return isText(values) && isText(readme) ? (said as ChartTexts) : undefined;
}
