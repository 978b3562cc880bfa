import type { Command } from "commander";
import { z } from "zod";
import { parseSize } from "../../config/units.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { under } from "./find.ts";
import { printable } from "./printable.ts";
import { read } from "./remote.ts";
import { sizeText } from "./sizes.ts";
import { timeText } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { view } from "./views.ts";

const limit = z.number().nullable();
const limitsShape = z.object({
  bytes: limit,
  bytesWarn: limit,
  repositories: limit,
  repositoriesWarn: limit,
  tags: limit,
  tagsWarn: limit,
});
type Limits = z.output<typeof limitsShape>;

const quotaShape = z.object({
  project: z.object({ name: z.string() }),
  limits: limitsShape,
  usage: z.object({ bytes: z.number(), repositories: z.number(), tags: z.number() }),
  level: z.string(),
  checkedAt: z.number().nullable(),
});
const reportShape = z.object({
  largest: z.array(z.object({ repository: z.string(), bytes: z.number() })),
  trash: z.number(),
  unnamed: z.number(),
  untagged: z.number(),
});

const words = {
  project: { en: "Project", zh: "项目" },
  level: { en: "Level", zh: "状态" },
  bytes: { en: "Bytes", zh: "字节" },
  repositories: { en: "Repositories", zh: "仓库" },
  tags: { en: "Tags of one", zh: "单仓库标签" },
} as const;

/** `12 of 20, warned from 15`: what is used, as far as there is a limit. */
function ofLimit(used: string, most: string | null, warn: string | null): string {
  const limited = most === null ? used : `${used} / ${most}`;
  return warn === null ? limited : `${limited} (! ${warn})`;
}

const text = (value: number | null) => (value === null ? null : String(value));

const tone = (level: string) => (level === "free" ? undefined : ("bad" as const));

const shownShape = quotaShape.extend({ report: reportShape });
const quotaView = view(
  shownShape,
  [
    { title: words.project, of: ({ project }) => project.name },
    { title: words.level, of: ({ level }) => level, tone: ({ level }) => tone(level) },
    {
      title: words.bytes,
      of: ({ usage, limits }) =>
        ofLimit(
          sizeText(usage.bytes) ?? "",
          sizeText(limits.bytes) ?? null,
          sizeText(limits.bytesWarn) ?? null,
        ),
    },
    {
      title: words.repositories,
      of: ({ usage, limits }) =>
        ofLimit(
          String(usage.repositories),
          text(limits.repositories),
          text(limits.repositoriesWarn),
        ),
    },
    {
      title: words.tags,
      of: ({ usage, limits }) =>
        ofLimit(String(usage.tags), text(limits.tags), text(limits.tagsWarn)),
    },
  ],
  [
    {
      title: { en: "Largest", zh: "占用最多" },
      of: ({ report }) =>
        report.largest.map(({ repository, bytes }) => `${repository} ${sizeText(bytes)}`),
    },
    { title: { en: "In the trash", zh: "回收站中" }, of: ({ report }) => sizeText(report.trash) },
    { title: { en: "Untagged", zh: "无标签" }, of: ({ report }) => sizeText(report.untagged) },
    {
      title: { en: "Named by nothing", zh: "未被引用" },
      of: ({ report }) => sizeText(report.unnamed),
    },
    { title: { en: "Checked", zh: "上次核对" }, of: ({ checkedAt }) => timeText(checkedAt) },
  ],
);

const lineView = view(
  z.object({
    name: z.string(),
    bytes: z.number(),
    limit,
    warn: limit,
    level: z.string(),
  }),
  [
    { title: words.project, of: ({ name }) => name },
    { title: { en: "Used", zh: "已用" }, of: ({ bytes }) => sizeText(bytes) },
    { title: { en: "Limit", zh: "上限" }, of: (line) => sizeText(line.limit) },
    { title: { en: "Warned from", zh: "警告值" }, of: ({ warn }) => sizeText(warn) },
    { title: words.level, of: ({ level }) => level, tone: ({ level }) => tone(level) },
  ],
);

const limitsView = view(limitsShape, [
  { title: words.bytes, of: ({ bytes }) => sizeText(bytes) },
  { title: { en: "Warned from", zh: "警告值" }, of: ({ bytesWarn }) => sizeText(bytesWarn) },
  { title: words.repositories, of: ({ repositories }) => repositories },
  { title: words.tags, of: ({ tags }) => tags },
]);

const checkView = view(z.object({ difference: z.number() }), [
  { title: { en: "Wrong by", zh: "偏差" }, of: ({ difference }) => `${difference} B` },
]);

const OPTIONS: readonly VerbOption[] = [
  {
    flags: "--bytes <size>",
    words: { en: "at most so much, such as 50GiB; or none", zh: "上限，例如 50GiB；或 none" },
  },
  { flags: "--bytes-warn <size>", words: { en: "warn from here on", zh: "达到时警告" } },
  { flags: "--repositories <count>", words: { en: "at most so many", zh: "仓库数上限" } },
  { flags: "--repositories-warn <count>", words: { en: "warn from here on", zh: "达到时警告" } },
  { flags: "--tags <count>", words: { en: "at most so many in one", zh: "单仓库标签数上限" } },
  { flags: "--tags-warn <count>", words: { en: "warn from here on", zh: "达到时警告" } },
];

type Given = { readonly [K in keyof Limits]?: string };

/** Reads what was typed: a size, a count, or `none`. */
function bodyOf(given: Given): Partial<Limits> {
  const body: Partial<Limits> = {};
  for (const field of Object.keys(limitsShape.shape) as (keyof Limits)[]) {
    const typed = given[field];
    if (typed === undefined) continue;
    const isSize = field.startsWith("bytes");
    const count = /^\d{1,15}$/.test(typed) ? Number(typed) : undefined;
    const value = typed === "none" ? null : isSize ? parseSize(typed) : count;
    if (value === undefined) {
      const shown = printable(typed);
      const what = isSize ? "50GiB" : "100";
      throw misuse(
        `${shown} is no limit: give ${what}, or none`,
        `${shown} 不是有效的限额，请给出 ${what} 或 none`,
      );
    }
    body[field] = value;
  }
  return body;
}

/** `entrepot quota`: what projects use, and what they may. */
export function quotaCommand(context: RemoteContext): Command {
  const command = group(
    "quota",
    { en: "what projects use, and what they may", zh: "管理项目的用量与配额" },
    context,
  );
  addVerb(command, context, {
    usage: "list",
    words: { en: "list projects by what they use", zh: "按用量列出项目" },
    example: "entrepot quota list",
    async run(remote) {
      await remote.showAll(lineView, remote.rest.list("/quotas"));
    },
  });
  addVerb(command, context, {
    usage: "show <project>",
    words: {
      en: "show what a project uses, what takes the space and what would free it",
      zh: "查看项目用量、空间由什么占用、如何释放",
    },
    example: "entrepot quota show team",
    async run(remote, [project = ""]) {
      const at = `${under(project)}/quota`;
      const [quota, report] = await Promise.all([
        remote.rest.call("GET", at),
        remote.rest.call("GET", `${at}/report`),
      ]);
      await remote.show(quotaView, { ...read(quotaShape, quota), report });
    },
  });
  addVerb<Given>(command, context, {
    usage: "set <project>",
    words: {
      en: "limit a project; what is not given stays",
      zh: "设置项目配额；未给出的部分保持不变",
    },
    example: "entrepot quota set team --bytes 50GiB --bytes-warn 40GiB",
    options: OPTIONS,
    async run(remote, [project = ""], given) {
      const at = `${under(project)}/quota`;
      const quota = await remote.rest.call("PATCH", at, { body: bodyOf(given) });
      const report = await remote.rest.call("GET", `${at}/report`);
      await remote.show(quotaView, { ...read(quotaShape, quota), report });
    },
  });
  addVerb<Given>(command, context, {
    usage: "defaults",
    words: {
      en: "show the limits of new projects, or change them",
      zh: "查看或修改新项目的默认配额",
    },
    example: "entrepot quota defaults --bytes 20GiB",
    options: OPTIONS,
    async run(remote, _, given) {
      const body = bodyOf(given);
      const isChange = Object.keys(body).length > 0;
      const answer = isChange
        ? await remote.rest.call("PATCH", "/quota-defaults", { body })
        : await remote.rest.call("GET", "/quota-defaults");
      await remote.show(limitsView, answer);
    },
  });
  addVerb(command, context, {
    usage: "check <project>",
    words: {
      en: "hold the counters against what is stored, and put them right",
      zh: "核对用量计数并予以更正",
    },
    example: "entrepot quota check team",
    async run(remote, [project = ""]) {
      await remote.show(checkView, await remote.rest.call("POST", `${under(project)}/quota/check`));
    },
  });
  return command;
}
