import type { Environment } from "../../config/env-source.ts";
import { misuse } from "./complaint.ts";
import { jsonLine, jsonText, yamlText } from "./printable.ts";

/** What an answer is printed as: for people, or for programs. */
export type Format = "table" | "json" | "yaml";

export const FORMATS: readonly Format[] = ["table", "json", "yaml"];

export interface OutputFlags {
  readonly output?: Format;
  readonly json?: boolean;
}

/** Throws `Complaint` for two formats at once. */
export function formatOf({ output, json }: OutputFlags): Format {
  if (json !== true) return output ?? "table";
  if (output === undefined || output === "json") return "json";
  throw misuse("give either --json or --output", "--json 与 --output 只能二选一");
}

/** An answer for programs. */
export function dataText(value: unknown, format: Format): string {
  return format === "yaml" ? yamlText(value) : jsonText(value);
}

/** One of several answers: a line of JSON, or a document of YAML. */
export function recordText(value: unknown, format: Format): string {
  return format === "yaml" ? `---\n${yamlText(value)}` : jsonLine(value);
}

/** How a text is set apart from others. */
export type Tone = "head" | "good" | "bad" | "faint";

/** Puts a text in a tone; what it is given has no escape sequence in it. */
export type Paint = (text: string, tone: Tone | undefined) => string;

const CODES: Readonly<Record<Tone, string>> = { head: "1", good: "32", bad: "31", faint: "2" };

export const plain: Paint = (text) => text;

const coloured: Paint = (text, tone) =>
  tone === undefined || text === "" ? text : `\u001b[${CODES[tone]}m${text}\u001b[0m`;

/** Colours, where a terminal shows them and nobody asked for none (https://no-color.org). */
export function paintFor(isTerminal: boolean, env: Environment): Paint {
  const isUnwanted = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  return isTerminal && !isUnwanted ? coloured : plain;
}
