import type { Examined } from "./examine.ts";
import type { Finding, Level } from "./finding.ts";

type Language = "en" | "zh";

const LEVELS: Readonly<Record<Level, Readonly<Record<Language, string>>>> = {
  fine: { en: "fine   ", zh: "正常" },
  note: { en: "note   ", zh: "提示" },
  warning: { en: "warning", zh: "警告" },
  broken: { en: "BROKEN ", zh: "故障" },
};
const LEFT_OUT = { en: "-      ", zh: "跳过" };

function findingText({ level, code, words, advice }: Finding, language: Language): string {
  const told = words[language].replaceAll("\n", "\n        ");
  const steps = advice.map((each) => `        → ${each[language]}\n`).join("");
  const name = level === "fine" ? "" : ` [${code}]`;
  return `${LEVELS[level][language]} ${told}${name}\n${steps}`;
}

/** What one check came to, for people. */
export function examinedText(examined: Examined, language: Language): string {
  const { check, findings, because } = examined;
  const colon = language === "zh" ? "：" : ": ";
  const title = check.title[language];
  if (because !== undefined) {
    const cause = because.title[language];
    const why = language === "zh" ? `因“${cause}”有问题而跳过` : `left out because of: ${cause}`;
    return `${LEFT_OUT[language]} ${title}${colon}${why}\n`;
  }
  return findings
    .map((each) => {
      const { en, zh } = each.words;
      const words = { en: `${check.title.en}: ${en}`, zh: `${check.title.zh}：${zh}` };
      return findingText({ ...each, words }, language);
    })
    .join("");
}

/** The same for programs: codes are stable, words are in the language of the caller. */
export function examinedJson({ check, findings, because }: Examined, language: Language) {
  return {
    check: check.id,
    leftOutBecauseOf: because?.id ?? null,
    findings: findings.map(({ code, level, words, advice }) => ({
      code,
      level,
      words: words[language],
      advice: advice.map((each) => each[language]),
    })),
  };
}
