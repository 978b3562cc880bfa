import { Complaint, EXIT } from "../../remote/complaint.ts";
import { printable } from "../../remote/printable.ts";
import type { Words } from "../../remote/words.ts";

/** Something wrong in a file, and where: `file:line:column`. */
export interface Problem {
  readonly at: string;
  readonly words: Words;
}

const MOST_SHOWN = 20;

/** All that is wrong, as one complaint. */
export function complaintOver(problems: readonly Problem[]): Complaint {
  const told = (language: "en" | "zh") => {
    const lines = problems
      .slice(0, MOST_SHOWN)
      .map(({ at, words }) => `${printable(at)}: ${printable(words[language])}`);
    const left = problems.length - lines.length;
    if (left > 0) lines.push(language === "en" ? `… and ${left} more` : `……另有 ${left} 处`);
    return lines.join("\n");
  };
  return new Complaint(EXIT.usage, { en: told("en"), zh: told("zh") });
}
