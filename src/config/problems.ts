import type { Words } from "./kinds.ts";

/** Where a value came from, in words: `entrepot.yaml:12`, `ENTREPOT_DATA`, `--listen`. */
export type Origin = string;

/** One thing that is wrong with the configuration. */
export interface Problem extends Words {
  /** The key as a person writes it; empty when the problem is the file as a whole. */
  readonly key: string;
  readonly origin: Origin;
}

/** The configuration cannot be used. Names every problem at once, so that one look mends all. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(listProblems(problems, "en"));
    this.name = "ConfigError";
    this.problems = problems;
  }

  words(language: keyof Words): string {
    return listProblems(this.problems, language);
  }
}

function listProblems(problems: readonly Problem[], language: keyof Words): string {
  const head = { en: "the configuration cannot be used:", zh: "配置无法使用：" }[language];
  const lines = problems.map((each) => {
    const where = language === "zh" ? `（${each.origin}）` : ` (${each.origin})`;
    return `  ${each.key === "" ? "" : `${each.key}: `}${each[language]}${where}`;
  });
  return [head, ...lines].join("\n");
}
