import type { Words } from "../remote/words.ts";

/** `broken` ends the examination with exit code 1; a `warning` will hurt somebody sooner or later. */
export type Level = "fine" | "note" | "warning" | "broken";

/** What a check has found, and what to do about it. */
export interface Finding {
  /** Stable, for programs: `tls.unknown_ca`. */
  readonly code: string;
  readonly level: Level;
  readonly words: Words;
  /** Steps, the likeliest first. */
  readonly advice: readonly Words[];
}

function finding(level: Level) {
  return (code: string, words: Words, ...advice: Words[]): Finding => ({
    code,
    level,
    words,
    advice,
  });
}

export const fine = finding("fine");
export const note = finding("note");
export const warning = finding("warning");
export const broken = finding("broken");

/** One subject that is looked at. */
export interface Check<P> {
  /** The first part of the codes of its findings. */
  readonly id: string;
  readonly title: Words;
  /** Without these being well its own findings would mean nothing. */
  readonly needs: readonly string[];
  /** Throws for nothing that a server or a machine can do. */
  run(patient: P): Promise<readonly Finding[]>;
}
