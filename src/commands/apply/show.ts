import { printable } from "../remote/printable.ts";
import type { Words } from "../remote/words.ts";
import { momentText } from "./file/moment.ts";
import { type Present, pathOf } from "./model.ts";
import type { Outcome, Result } from "./plan/carry-out.ts";
import type { Change, Plan } from "./plan/compare.ts";

type Language = "en" | "zh";

const SIGNS = { create: "+", update: "~", replace: "±", remove: "-" } as const;
const OUTCOMES: Readonly<Record<Outcome, Words>> = {
  done: { en: "done     ", zh: "已完成" },
  failed: { en: "FAILED   ", zh: "失败　" },
  untried: { en: "not tried", zh: "未尝试" },
  unknown: { en: "NOT KNOWN", zh: "未知　" },
};

/** A value on one line. */
function valueText(name: string, value: unknown): string {
  if (value === null || value === undefined) return "-";
  if (name === "expiresAt" && typeof value === "number") return momentText(value);
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}

/** What a change is done to: `projects/team/members: ada developer`. */
export function nameOf(change: Change): string {
  const { section, label } = change.verb === "create" ? change.wanted : change.present;
  return printable(`${pathOf(section)}: ${label}`);
}

function linesOf(change: Change): string[] {
  const head = `${SIGNS[change.verb]} ${nameOf(change)}`;
  if (change.verb === "remove") return [head];
  const { fields } = change.wanted;
  if (change.verb === "create") {
    const given = Object.entries(fields).filter(
      ([, value]) => value !== undefined && value !== null,
    );
    return [head, ...given.map(([name, value]) => `    ${name}: ${valueText(name, value)}`)];
  }
  const before = change.present.fields;
  const line = (name: string) =>
    `    ${name}: ${valueText(name, before[name])} → ${valueText(name, fields[name])}`;
  return [head, ...change.fields.map(line)];
}

/** The difference, for people. */
export function planText({ changes }: Plan): string {
  return changes
    .flatMap(linesOf)
    .map((line) => `${line}\n`)
    .join("");
}

/** What the file does not name. */
export function unnamedText(unnamed: readonly Present[]): string {
  const line = ({ section, label }: Present) => `? ${printable(`${pathOf(section)}: ${label}`)}\n`;
  return unnamed.map(line).join("");
}

export function resultText({ change, outcome, why }: Result, language: Language): string {
  const lines = (why?.[language] ?? "").split("\n").filter((line) => line !== "");
  const reason = lines.map((line) => `\n    ${printable(line)}`).join("");
  return `${OUTCOMES[outcome][language]} ${SIGNS[change.verb]} ${nameOf(change)}${reason}\n`;
}

/** How many changes of which sort. */
export function countsOf({ changes }: Plan): Words {
  const count = (...verbs: Change["verb"][]) =>
    changes.filter(({ verb }) => verbs.includes(verb)).length;
  const [made, changed, removed] = [count("create"), count("update", "replace"), count("remove")];
  return {
    en: `to make: ${made}, to change: ${changed}, to remove: ${removed}`,
    zh: `新建 ${made} 项，修改 ${changed} 项，删除 ${removed} 项`,
  };
}

function jsonOfPresent({ section, label }: Present) {
  return { section: pathOf(section), name: label };
}

/** A change and what became of it, for programs. */
export function jsonOfChange(change: Change, result?: Result, language: Language = "en") {
  const { verb } = change;
  const { section, label } = change.verb === "create" ? change.wanted : change.present;
  const names =
    change.verb === "remove"
      ? []
      : change.verb === "create"
        ? Object.keys(change.wanted.fields).filter(
            (name) => change.wanted.fields[name] !== undefined,
          )
        : change.fields;
  const fields = names.map((name) => ({
    name,
    from: change.verb === "create" ? null : (change.present.fields[name] ?? null),
    to: change.verb === "remove" ? null : (change.wanted.fields[name] ?? null),
  }));
  const told = { verb, section: pathOf(section), name: label, fields };
  if (result === undefined) return told;
  return { ...told, outcome: result.outcome, why: result.why?.[language] ?? null };
}

export function jsonOfPlan({ changes, unnamed }: Plan) {
  return {
    changes: changes.map((change) => jsonOfChange(change)),
    unnamed: unnamed.map(jsonOfPresent),
  };
}
