import type { Command } from "commander";
import { Complaint, EXIT, misuse } from "../remote/complaint.ts";
import type { RemoteContext } from "../remote/connection.ts";
import type { Remote } from "../remote/remote.ts";
import { addVerb } from "../remote/verb.ts";
import { readDocuments } from "./file/document.ts";
import { complaintOver, type Problem } from "./file/problems.ts";
import { readSources } from "./file/sources.ts";
import { type Statements, statementsOf } from "./file/statements.ts";
import { PRUNABLE, type Prunable } from "./model.ts";
import { carryOut, type Result } from "./plan/carry-out.ts";
import { compare, type Plan } from "./plan/compare.ts";
import { observe } from "./plan/observe.ts";
import { SecretFolder } from "./secret-folder.ts";
import { countsOf, jsonOfChange, jsonOfPlan, planText, resultText, unnamedText } from "./show.ts";

/** `--dry-run` and `--check`: what is there is not what the file says. */
export const DIFFERS = 6;

interface Flags {
  readonly file: readonly string[];
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly prune?: true | readonly string[];
  readonly writeSecrets?: string;
}

const SAME = { en: "nothing to do: all is as the file says", zh: "无需更改：现状与文件一致" };

function pruned(given: Flags["prune"]): ReadonlySet<Prunable> {
  if (given === undefined) return new Set();
  if (given === true) return new Set(PRUNABLE);
  const kinds = given.flatMap((each) => each.split(","));
  return new Set(
    kinds.map((each) => {
      const found = PRUNABLE.find((kind) => kind === each);
      const known = PRUNABLE.join(", ");
      if (found !== undefined) return found;
      throw misuse(
        `${each} is nothing that can be removed: ${known}`,
        `${each} 不可清理，可选：${known}`,
      );
    }),
  );
}

async function statementsFrom(remote: Remote, files: readonly string[]): Promise<Statements> {
  const problems: Problem[] = [];
  const documents = (await readSources(files, remote.inputs)).flatMap(({ name, text }) =>
    readDocuments(text, name, problems),
  );
  const statements = statementsOf(documents, problems);
  if (problems.length > 0) throw complaintOver(problems);
  return statements;
}

async function isAgreed(context: RemoteContext, flags: Flags, remote: Remote): Promise<boolean> {
  if (flags.yes === true) return true;
  const question = { en: "Do this? [y/N] ", zh: "确认执行？[y/N] " };
  const answer = remote.isData
    ? undefined
    : await context.streams.ask?.(question[context.language]);
  if (answer === undefined) {
    throw misuse(
      "nobody can be asked here: give --yes, or --dry-run to see the difference only",
      "当前无法询问：请给出 --yes，或用 --dry-run 仅查看差异",
    );
  }
  return /^(?:y|yes|是)$/i.test(answer.trim());
}

async function showPlan(remote: Remote, plan: Plan, flags: Flags): Promise<void> {
  const isLook = flags.dryRun === true || flags.check === true;
  if (remote.isData) {
    if (isLook) await remote.print(remote.dataText(jsonOfPlan(plan)));
    return;
  }
  await remote.print(planText(plan));
  if (flags.check === true) await remote.print(unnamedText(plan.unnamed));
  if (plan.changes.length > 0) await remote.note(countsOf(plan));
}

async function run(remote: Remote, plan: Plan, flags: Flags): Promise<void> {
  const folder = flags.writeSecrets;
  const secrets = folder === undefined ? undefined : new SecretFolder(folder);
  const results: Result[] = [];
  for await (const result of carryOut({ rest: remote.rest, secrets }, plan.changes)) {
    results.push(result);
    if (!remote.isData) await remote.print(resultText(result, remote.language));
  }
  if (remote.isData) {
    const changes = results.map((each) => jsonOfChange(each.change, each, remote.language));
    await remote.print(remote.dataText({ changes }));
  }
  const isNewRobot = results.some(
    ({ outcome, change }) =>
      outcome === "done" && change.verb === "create" && change.wanted.section.kind === "robots",
  );
  if (isNewRobot && secrets === undefined) {
    await remote.note({
      en: "The secrets of the new robots were not kept: `entrepot robot rotate` makes others, and --write-secrets would keep the next.",
      zh: "新机器人账户的机密未保存：可用 `entrepot robot rotate` 重新生成；下次可用 --write-secrets 保存。",
    });
  }
  const done = results.filter(({ outcome }) => outcome === "done").length;
  const counts = { done, all: results.length };
  await remote.note({ en: "{done} of {all} done", zh: "完成 {done}/{all} 项" }, counts);
  if (done === results.length) return;
  throw new Complaint(EXIT.failed, {
    en: "not all was done; what is done stays, and applying again does the rest",
    zh: "未全部完成；已完成的保留，再次执行会继续其余部分",
  });
}

async function apply(remote: Remote, flags: Flags, context: RemoteContext): Promise<void> {
  const prune = pruned(flags.prune);
  const statements = await statementsFrom(remote, flags.file);
  const present = await observe(remote.rest, statements);
  const plan = compare(statements.wanted, present, prune);
  const isDrift = plan.changes.length > 0 || (flags.check === true && plan.unnamed.length > 0);
  await showPlan(remote, plan, flags);
  if (flags.check === true || flags.dryRun === true) {
    if (!isDrift) return await remote.note(SAME);
    throw new Complaint(DIFFERS, {
      en: "what is there differs from the file",
      zh: "现状与文件不一致",
    });
  }
  if (plan.changes.length === 0) {
    if (remote.isData) await remote.print(remote.dataText({ changes: [] }));
    return await remote.note(SAME);
  }
  if (!(await isAgreed(context, flags, remote))) {
    throw new Complaint(EXIT.failed, { en: "nothing was changed", zh: "未做任何更改" });
  }
  await run(remote, plan, flags);
}

/** Hangs `entrepot apply` into the program. */
export function addApply(program: Command, context: RemoteContext): void {
  addVerb<Flags>(program, context, {
    usage: "apply",
    words: {
      en: "make a registry what files say: shows the difference, asks, and changes only what differs",
      zh: "使仓库与文件描述一致：先显示差异并询问，仅更改不同之处",
    },
    example: "entrepot apply -f team.yaml",
    options: [
      {
        flags: "-f, --file <path...>",
        words: {
          en: "a YAML file, a folder of them, or `-` for standard input",
          zh: "YAML 文件、目录，或 `-` 表示标准输入",
        },
        isNeeded: true,
      },
      { flags: "-y, --yes", words: { en: "do not ask", zh: "不询问" } },
      {
        flags: "--dry-run",
        words: { en: "only show what would be done", zh: "仅显示将执行的更改" },
      },
      {
        flags: "--check",
        words: {
          en: "only report drift, and what the written lists have besides",
          zh: "仅报告偏差，以及已写列表中的多余项",
        },
      },
      {
        flags: "--prune [kind...]",
        words: {
          en: `remove what the written lists of its projects and groups do not name (${PRUNABLE.join(", ")}; else all of these)`,
          zh: `删除文件中各项目与用户组的列表未列出的对象（${PRUNABLE.join("、")}；未给出时为全部）`,
        },
      },
      {
        flags: "--write-secrets <folder>",
        words: {
          en: "keep the secrets of new robots there, a file each (mode 0600)",
          zh: "将新机器人账户的机密写入该目录，每个一个文件（权限 0600）",
        },
      },
    ],
    async run(remote, _, flags) {
      await apply(remote, flags, context);
    },
  });
}
