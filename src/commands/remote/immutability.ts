import type { Command } from "commander";
import { z } from "zod";
import { path, type RestClient } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { pick, under } from "./find.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { titles, view } from "./views.ts";

const ruleView = view(
  z.object({
    id: z.string(),
    name: z.string(),
    repositories: z.string(),
    tags: z.string(),
    exceptTags: z.array(z.string()),
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Repositories", zh: "仓库" }, of: ({ repositories }) => repositories },
    { title: { en: "Tags", zh: "标签" }, of: ({ tags }) => tags },
    { title: { en: "Except", zh: "例外" }, of: ({ exceptTags }) => exceptTags.join(", ") },
  ],
  [{ title: titles.id, of: ({ id }) => id }],
);

const tagView = view(z.object({ repository: z.string(), tag: z.string() }), [
  { title: { en: "Repository", zh: "仓库" }, of: ({ repository }) => repository },
  { title: { en: "Tag", zh: "标签" }, of: ({ tag }) => tag },
]);

const PATTERNS: readonly VerbOption[] = [
  {
    flags: "--repositories <glob>",
    words: {
      en: "a glob over what follows `project/`; else every repository",
      zh: "匹配 `项目/` 之后部分的通配模式；默认所有仓库",
    },
  },
  {
    flags: "--tags <glob>",
    words: { en: "a glob over tags; else every tag", zh: "匹配标签的通配模式；默认所有标签" },
  },
  {
    flags: "--except <glob...>",
    words: { en: "tags that stay as free as they were", zh: "不受此规则约束的标签" },
  },
];

interface Patterns {
  readonly repositories?: string;
  readonly tags?: string;
  readonly except?: string[];
}

function bodyOf({ repositories, tags, except }: Patterns) {
  const given = Object.entries({ repositories, tags, exceptTags: except });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

async function at(rest: RestClient, project: string, name: string): Promise<string> {
  const list = `${under(project)}/immutability-rules`;
  return `${list}${path`/${await pick(rest.list(list), name, "immutability")}`}`;
}

/** `entrepot immutability`: tags that can be neither moved nor removed. */
export function immutabilityCommand(context: RemoteContext): Command {
  const words = {
    en: "tags that can be neither moved nor removed",
    zh: "管理不可移动、不可删除的标签",
  };
  const command = group("immutability", words, context);
  addVerb(command, context, {
    usage: "list <project>",
    words: { en: "list the rules of a project", zh: "列出项目的规则" },
    example: "entrepot immutability list team",
    async run(remote, [project = ""]) {
      await remote.showAll(ruleView, remote.rest.list(`${under(project)}/immutability-rules`));
    },
  });
  addVerb(command, context, {
    usage: "show <project> <rule>",
    words: { en: "show a rule", zh: "查看规则" },
    example: "entrepot immutability show team releases",
    async run(remote, [project = "", name = ""]) {
      const { rest } = remote;
      await remote.show(ruleView, await rest.call("GET", await at(rest, project, name)));
    },
  });
  addVerb<Patterns>(command, context, {
    usage: "create <project> <rule>",
    words: {
      en: "make tags immutable, those there are and those to come",
      zh: "使现有及将来的匹配标签不可变",
    },
    example: "entrepot immutability create team releases --tags 'v*' --except '*-rc*' '*-dev'",
    options: PATTERNS,
    async run(remote, [project = "", name = ""], given) {
      const body = { name, ...bodyOf(given) };
      const list = `${under(project)}/immutability-rules`;
      await remote.show(ruleView, await remote.rest.call("POST", list, { body }));
    },
  });
  addVerb<Patterns & { readonly name?: string }>(command, context, {
    usage: "update <project> <rule>",
    words: { en: "change a rule; what is not given stays", zh: "修改规则；未给出的部分保持不变" },
    example: "entrepot immutability update team releases --except '*-rc*'",
    options: [{ flags: "--name <text>", words: { en: "another name", zh: "新名称" } }, ...PATTERNS],
    async run(remote, [project = "", rule = ""], { name, ...given }) {
      const { rest } = remote;
      const body = { ...(name === undefined ? {} : { name }), ...bodyOf(given) };
      const target = await at(rest, project, rule);
      await remote.show(ruleView, await rest.call("PATCH", target, { body }));
    },
  });
  addVerb(command, context, {
    usage: "delete <project> <rule>",
    words: { en: "delete a rule; its tags can move again", zh: "删除规则，其标签恢复可变" },
    example: "entrepot immutability delete team releases",
    async run(remote, [project = "", name = ""]) {
      const { rest } = remote;
      await rest.call("DELETE", await at(rest, project, name));
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
    },
  });
  addVerb<Patterns>(command, context, {
    usage: "preview <project>",
    words: {
      en: "tags there are that such a rule would make immutable",
      zh: "预览此类规则将使哪些现有标签不可变",
    },
    example: "entrepot immutability preview team --tags 'v*'",
    options: PATTERNS,
    async run(remote, [project = ""], { repositories, tags, except }) {
      const query = { repositories, tags, exceptTags: except?.join(",") };
      const list = remote.rest.list(`${under(project)}/immutable-tags`, query);
      await remote.showAll(tagView, list);
    },
  });
  return command;
}
