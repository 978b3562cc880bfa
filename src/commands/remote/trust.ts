import type { Command } from "commander";
import { z } from "zod";
import { path, type RestClient } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { pick, robot, under } from "./find.ts";
import type { View } from "./remote.ts";
import { type Terms, templateShape, termsFrom } from "./trust-template.ts";
import { timeText } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { titles, view } from "./views.ts";

const ruleView = view(
  z.object({
    id: z.string(),
    name: z.string(),
    robot: z.object({ name: z.string() }),
    issuer: z.string(),
    jwksUrl: z.string().nullable(),
    audience: z.string(),
    subject: z.string(),
    condition: z.string().nullable(),
    enabled: z.boolean(),
    lastUsedAt: z.number().nullable(),
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Robot", zh: "机器人账户" }, of: (rule) => rule.robot.name },
    { title: { en: "Enabled", zh: "启用" }, of: ({ enabled }) => enabled },
    { title: { en: "Issuer", zh: "签发者" }, of: ({ issuer }) => issuer },
    { title: { en: "Subject", zh: "主体" }, of: ({ subject }) => subject },
    { title: titles.lastUsed, of: ({ lastUsedAt }) => timeText(lastUsedAt) },
  ],
  [
    { title: { en: "Audience", zh: "受众" }, of: ({ audience }) => audience },
    { title: titles.condition, of: ({ condition }) => condition },
    { title: { en: "Keys from", zh: "密钥来源" }, of: ({ jwksUrl }) => jwksUrl },
    { title: titles.id, of: ({ id }) => id },
  ],
);

function templateView(language: "en" | "zh"): View<z.output<typeof templateShape>> {
  return view(templateShape, [
    { title: { en: "Template", zh: "模板" }, of: ({ id }) => id },
    { title: { en: "For", zh: "适用于" }, of: ({ title }) => title[language] },
    {
      title: { en: "Blanks", zh: "待填项" },
      of: ({ blanks }) => blanks.map(({ name, example }) => `${name}=${example}`),
    },
  ]);
}

const PROJECT: VerbOption = {
  flags: "--project <name>",
  words: { en: "of this project; else of the installation", zh: "所属项目；未给出时为系统规则" },
};

interface Where {
  readonly project?: string;
}

interface NewRule extends Where, Terms {
  readonly robot: string;
  readonly template?: string;
  readonly set?: string[];
}

async function at(rest: RestClient, name: string, project: string | undefined): Promise<string> {
  const list = `${under(project)}/trust-rules`;
  return `${list}${path`/${await pick(rest.list(list), name, "trust")}`}`;
}

const SWITCHES = {
  enable: { en: "switch a trust rule on again", zh: "重新启用信任规则" },
  disable: { en: "switch a trust rule off", zh: "停用信任规则" },
} as const;

const TERMS: readonly VerbOption[] = [
  { flags: "--issuer <url>", words: { en: "`iss` of its tokens", zh: "令牌的 `iss`" } },
  { flags: "--audience <text>", words: { en: "`aud` of its tokens", zh: "令牌的 `aud`" } },
  { flags: "--subject <glob>", words: { en: "a glob over `sub`", zh: "匹配 `sub` 的通配模式" } },
  {
    flags: "--condition <cel>",
    words: { en: "what must hold of `claims` (CEL)", zh: "`claims` 须满足的条件（CEL）" },
  },
  {
    flags: "--jwks-url <url>",
    words: { en: "its keys, where discovery does not tell", zh: "密钥地址（无法自动发现时）" },
  },
];

/** `entrepot trust`: outside issuers whose workloads become robots without a stored secret. */
export function trustCommand(context: RemoteContext): Command {
  const command = group(
    "trust",
    {
      en: "outside issuers that are trusted (workload identity)",
      zh: "管理受信任的外部签发方（工作负载身份）",
    },
    context,
  );
  addVerb<Where>(command, context, {
    usage: "list",
    words: { en: "list trust rules", zh: "列出信任规则" },
    example: "entrepot trust list --project team",
    options: [PROJECT],
    async run(remote, _, { project }) {
      await remote.showAll(ruleView, remote.rest.list(`${under(project)}/trust-rules`));
    },
  });
  addVerb<Where>(command, context, {
    usage: "show <name>",
    words: { en: "show a trust rule", zh: "查看信任规则" },
    example: "entrepot trust show main-branch --project team",
    options: [PROJECT],
    async run(remote, [name = ""], { project }) {
      const { rest } = remote;
      await remote.show(ruleView, await rest.call("GET", await at(rest, name, project)));
    },
  });
  addVerb<NewRule>(command, context, {
    usage: "create <name>",
    words: {
      en: "trust an outside issuer, by a template or by terms of your own",
      zh: "信任外部签发方，可使用模板或自定义条款",
    },
    example:
      "entrepot trust create main --project team --robot ci --template github-actions --set registry=registry.example.com owner=octo-org repository=octo-repo branch=main owner_id=65",
    options: [
      PROJECT,
      {
        flags: "--robot <name>",
        words: { en: "the robot that its workloads become", zh: "其工作负载所使用的机器人账户" },
        isNeeded: true,
      },
      {
        flags: "--template <id>",
        words: { en: "one of `trust templates`", zh: "模板（见 `trust templates`）" },
      },
      {
        flags: "--set <blank=text...>",
        words: { en: "fill the template's blanks", zh: "填写模板的待填项" },
      },
      ...TERMS,
    ],
    async run(remote, [name = ""], { project, template, set = [], ...given }) {
      const { rest } = remote;
      const base = template === undefined ? {} : await termsFrom(rest, template, set);
      const { issuer, audience, subject, condition, jwksUrl } = given;
      const own = Object.entries({ issuer, audience, subject, condition, jwksUrl });
      const terms: Partial<Terms> = {
        ...base,
        ...Object.fromEntries(own.filter(([, value]) => value !== undefined)),
      };
      for (const needed of ["issuer", "audience", "subject"] as const) {
        if (terms[needed] === undefined) {
          throw misuse(`give --${needed}, or a --template`, `请给出 --${needed} 或 --template`);
        }
      }
      const { id } = await robot(rest, given.robot, project);
      const body = { name, robotId: id, ...terms };
      const list = `${under(project)}/trust-rules`;
      await remote.show(ruleView, await rest.call("POST", list, { body }));
    },
  });
  for (const verb of ["enable", "disable"] as const) {
    addVerb<Where>(command, context, {
      usage: `${verb} <name>`,
      words: SWITCHES[verb],
      example: `entrepot trust ${verb} main --project team`,
      options: [PROJECT],
      async run(remote, [name = ""], { project }) {
        const { rest } = remote;
        const target = await at(rest, name, project);
        const body = { enabled: verb === "enable" };
        await remote.show(ruleView, await rest.call("PATCH", target, { body }));
      },
    });
  }
  addVerb<Where>(command, context, {
    usage: "delete <name>",
    words: { en: "delete a trust rule", zh: "删除信任规则" },
    example: "entrepot trust delete main --project team",
    options: [PROJECT],
    async run(remote, [name = ""], { project }) {
      const { rest } = remote;
      await rest.call("DELETE", await at(rest, name, project));
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
    },
  });
  addVerb(command, context, {
    usage: "templates",
    words: { en: "list templates for common issuers", zh: "列出常用签发方的模板" },
    example: "entrepot trust templates",
    async run(remote) {
      const templates = remote.rest.list("/trust-rule-templates", { limit: undefined });
      await remote.showAll(templateView(remote.language), templates);
    },
  });
  return command;
}
