import type { Command } from "commander";
import { z } from "zod";
import { path, type RestClient } from "../../client/rest.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { pick, under } from "./find.ts";
import { type Remote, read } from "./remote.ts";
import {
  foreignView,
  importedShape,
  itemView,
  policyView,
  runState,
  runView,
} from "./retention-views.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";

const FILE: VerbOption = {
  flags: "--file <file>",
  words: {
    en: "what it says as JSON, with `repositories`, `rules` and `schedule`; `-` for standard input",
    zh: "策略内容（JSON，含 `repositories`、`rules`、`schedule`）；`-` 表示标准输入",
  },
};
const OUTCOME: VerbOption = {
  flags: "--outcome <outcome>",
  words: { en: "only these", zh: "仅列出此类" },
  choices: ["going", "gone", "left", "spared", "kept"],
};

const FOREIGN = {
  en: "the JSON as it was exported; `-` for standard input",
  zh: "导出的 JSON；`-` 表示标准输入",
};

interface Given {
  readonly file?: string;
}

const policies = (project: string) => `${under(project)}/retention-policies`;
const runs = (project: string) => `${under(project)}/retention-runs`;

async function idOf(rest: RestClient, project: string, name: string): Promise<string> {
  return await pick(rest.list(policies(project)), name, "retention");
}

async function at(rest: RestClient, project: string, name: string): Promise<string> {
  return `${policies(project)}${path`/${await idOf(rest, project, name)}`}`;
}

/** What a file says of a policy. Throws `Complaint`. */
async function fileOf(remote: Remote, file: string): Promise<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await remote.inputs.text(file)));
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw misuse(`${file} holds no JSON object`, `${file} 不是 JSON 对象`);
  }
}

/** How often a run that is under way is looked at, in milliseconds. */
const LOOK = 300;

/** Waits for a run to end. Throws `Complaint` when it did not do its work. */
async function ended(remote: Remote, project: string, begun: unknown): Promise<unknown> {
  const { id } = read(runState, begun);
  const target = `${runs(project)}${path`/${id}`}`;
  for (;;) {
    const run = await remote.rest.call("GET", target);
    const { state, error } = read(runState, run);
    if (state === "done") return run;
    if (state === "failed" || state === "cancelled") {
      const why = error ?? state;
      const words = { en: `run ${id}: ${why}`, zh: `运行 ${id}：${why}` };
      throw new Complaint(EXIT.refused, words);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

function addPolicyVerbs(command: Command, context: RemoteContext): void {
  addVerb(command, context, {
    usage: "list <project>",
    words: { en: "list the policies of a project", zh: "列出项目的策略" },
    example: "entrepot retention list team",
    async run(remote, [project = ""]) {
      await remote.showAll(policyView, remote.rest.list(policies(project)));
    },
  });
  addVerb(command, context, {
    usage: "show <project> <policy>",
    words: { en: "show a policy and its rules", zh: "查看策略及其规则" },
    example: "entrepot retention show team releases",
    async run(remote, [project = "", name = ""]) {
      const { rest } = remote;
      await remote.show(policyView, await rest.call("GET", await at(rest, project, name)));
    },
  });
  addVerb<Required<Given>>(command, context, {
    usage: "create <project> <policy>",
    words: { en: "make a policy", zh: "新建策略" },
    example: "entrepot retention create team releases --file policy.json",
    options: [{ ...FILE, isNeeded: true }],
    async run(remote, [project = "", name = ""], { file }) {
      const body = { ...(await fileOf(remote, file)), name };
      await remote.show(policyView, await remote.rest.call("POST", policies(project), { body }));
    },
  });
  addVerb<Required<Given>>(command, context, {
    usage: "update <project> <policy>",
    words: {
      en: "change a policy; what the file leaves out stays",
      zh: "修改策略；文件未给出的部分保持不变",
    },
    example: "entrepot retention update team releases --file policy.json",
    options: [{ ...FILE, isNeeded: true }],
    async run(remote, [project = "", name = ""], { file }) {
      const { rest } = remote;
      const body = await fileOf(remote, file);
      const target = await at(rest, project, name);
      await remote.show(policyView, await rest.call("PATCH", target, { body }));
    },
  });
  addVerb(command, context, {
    usage: "delete <project> <policy>",
    words: {
      en: "delete a policy; what it has deleted stays so",
      zh: "删除策略；已被其删除的内容不受影响",
    },
    example: "entrepot retention delete team releases",
    async run(remote, [project = "", name = ""]) {
      const { rest } = remote;
      await rest.call("DELETE", await at(rest, project, name));
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
    },
  });
}

function addRunVerbs(command: Command, context: RemoteContext): void {
  addVerb<Given>(command, context, {
    usage: "preview <project> [policy]",
    words: {
      en: "tell what a policy would delete: a saved one, or one in a file",
      zh: "预览策略将删除的内容：已保存的策略或文件中的策略",
    },
    example: [
      "entrepot retention preview team releases",
      "entrepot retention preview team --file policy.json",
    ],
    options: [FILE],
    async run(remote, [project = "", name], { file }) {
      const { rest } = remote;
      if (name === undefined && file === undefined) {
        throw misuse(
          "name a policy, or give one with --file",
          "请指定策略名，或以 --file 提供策略",
        );
      }
      const policyId = name === undefined ? null : await idOf(rest, project, name);
      const given = file === undefined ? undefined : await fileOf(remote, file);
      const terms =
        given === undefined
          ? {}
          : { terms: { repositories: given.repositories, rules: given.rules } };
      const body = { policyId, ...terms };
      const begun = await rest.call("POST", `${under(project)}/retention-previews`, { body });
      const run = await ended(remote, project, begun);
      if (remote.isData) return await remote.show(runView, run);
      await remote.show(runView, run);
      const items = `${runs(project)}${path`/${read(runState, run).id}`}/items`;
      await remote.showAll(itemView, rest.list(items, { outcome: "going" }));
    },
  });
  addVerb<Required<Given> & { readonly create?: boolean; readonly name?: string }>(
    command,
    context,
    {
      usage: "import <project> <format>",
      words: {
        en: "turn a policy of another registry into policies, and tell what cannot be carried over",
        zh: "将其他仓库的策略转换为本系统的策略，并列出无法转换的部分",
      },
      example: [
        "entrepot retention import team ecr --file lifecycle.json",
        "entrepot retention import team harbor --file retention.json --name harbor --create",
      ],
      options: [
        { ...FILE, words: FOREIGN, isNeeded: true },
        { flags: "--name <text>", words: { en: "what to call it", zh: "策略名称" } },
        { flags: "--create", words: { en: "make the policies", zh: "创建这些策略" } },
      ],
      async run(remote, [project = "", format = ""], { file, name, create = false }) {
        const { rest } = remote;
        const document = await fileOf(remote, file);
        const body = { format, document, ...(name === undefined ? {} : { name }) };
        const target = `${under(project)}/retention-imports`;
        const imported = read(importedShape, await rest.call("POST", target, { body }));
        for (const { at: where, why } of imported.notCarried) {
          await remote.note({ en: `{where}: ${why.en}`, zh: `{where}：${why.zh}` }, { where });
        }
        if (!create) return await remote.showAll(foreignView, imported.policies);
        const made: unknown[] = [];
        for (const policy of imported.policies) {
          made.push(await rest.call("POST", policies(project), { body: policy }));
        }
        await remote.showAll(policyView, made);
      },
    },
  );
  addVerb<{ readonly wait?: boolean }>(command, context, {
    usage: "run <project> <policy>",
    words: { en: "run a policy now", zh: "立即运行策略" },
    example: "entrepot retention run team releases --wait",
    options: [{ flags: "--wait", words: { en: "until it has ended", zh: "等待其结束" } }],
    async run(remote, [project = "", name = ""], { wait = false }) {
      const { rest } = remote;
      const begun = await rest.call("POST", `${await at(rest, project, name)}/run`);
      await remote.show(runView, wait ? await ended(remote, project, begun) : begun);
    },
  });
  addVerb(command, context, {
    usage: "runs <project>",
    words: { en: "list the runs of a project's policies", zh: "列出项目策略的运行记录" },
    example: "entrepot retention runs team",
    async run(remote, [project = ""]) {
      await remote.showAll(runView, remote.rest.list(runs(project)));
    },
  });
  addVerb<{ readonly outcome?: string }>(command, context, {
    usage: "report <project> <run>",
    words: { en: "tell what a run deleted, and why", zh: "查看运行删除的内容及原因" },
    example: "entrepot retention report team 01kn3rv1t8h7yqk9w2m4c6x0za --outcome gone",
    options: [OUTCOME],
    async run(remote, [project = "", id = ""], { outcome }) {
      const items = `${runs(project)}${path`/${id}`}/items`;
      await remote.showAll(itemView, remote.rest.list(items, { outcome }));
    },
  });
  addVerb(command, context, {
    usage: "cancel <project> <run>",
    words: { en: "end a run that is under way", zh: "取消正在进行的运行" },
    example: "entrepot retention cancel team 01kn3rv1t8h7yqk9w2m4c6x0za",
    async run(remote, [project = "", id = ""]) {
      const target = `${runs(project)}${path`/${id}`}/cancel`;
      await remote.show(runView, await remote.rest.call("POST", target));
    },
  });
}

/** `entrepot retention`: what of a project is kept, and what goes when. */
export function retentionCommand(context: RemoteContext): Command {
  const words = { en: "what is kept, and what goes when", zh: "管理保留策略" };
  const command = group("retention", words, context);
  addPolicyVerbs(command, context);
  addRunVerbs(command, context);
  return command;
}
