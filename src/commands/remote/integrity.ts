import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { first, mostOf } from "./first.ts";
import { read } from "./remote.ts";
import { timeText } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { titles, view } from "./views.ts";

const words = {
  digest: { en: "Digest", zh: "摘要" },
  bytes: { en: "Read", zh: "已读字节" },
  damaged: { en: "Damaged", zh: "损坏" },
  unreadable: { en: "Unreadable", zh: "无法读取" },
  started: { en: "Started", zh: "开始时间" },
  ended: { en: "Ended", zh: "结束时间" },
} as const;

const scrub = z.object({
  id: z.string(),
  scope: z.string(),
  repository: z.string().nullable(),
  digest: z.string().nullable(),
  state: z.string(),
  blobs: z.number(),
  manifests: z.number(),
  bytes: z.number(),
  totalBytes: z.number(),
  damaged: z.number(),
  unreadable: z.number(),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
});

const scrubView = view(
  scrub,
  [
    { title: titles.id, of: ({ id }) => id },
    {
      title: { en: "What", zh: "对象" },
      of: ({ scope, repository, digest }) => repository ?? digest ?? scope,
    },
    { title: titles.state, of: ({ state }) => state },
    { title: words.bytes, of: ({ bytes, totalBytes }) => `${bytes}/${totalBytes}` },
    { title: words.damaged, of: ({ damaged }) => damaged },
    { title: words.unreadable, of: ({ unreadable }) => unreadable },
    { title: words.started, of: ({ startedAt }) => timeText(startedAt) },
    { title: words.ended, of: ({ finishedAt }) => timeText(finishedAt) },
  ],
  [
    { title: { en: "Blobs", zh: "blob 数" }, of: ({ blobs }) => blobs },
    { title: { en: "Manifests", zh: "manifest 数" }, of: ({ manifests }) => manifests },
  ],
);

const findingView = view(
  z.object({
    id: z.string(),
    object: z.string(),
    kind: z.string(),
    digest: z.string(),
    repositories: z.array(z.string()),
    foundAt: z.number(),
    closedAt: z.number().nullable(),
    closedAs: z.string().nullable(),
  }),
  [
    { title: { en: "Kind", zh: "类型" }, of: ({ kind }) => kind },
    { title: { en: "Object", zh: "对象" }, of: ({ object }) => object },
    { title: words.digest, of: ({ digest }) => digest },
    { title: { en: "Repositories", zh: "仓库" }, of: ({ repositories }) => repositories },
    { title: { en: "Found", zh: "发现时间" }, of: ({ foundAt }) => timeText(foundAt) },
    { title: words.ended, of: ({ closedAt }) => timeText(closedAt) },
    { title: { en: "As", zh: "结果" }, of: ({ closedAs }) => closedAs },
  ],
);

const stateView = view(
  z.object({
    schedule: z.string().nullable(),
    bytesPerSecond: z.number().nullable(),
    current: scrub.nullable(),
    last: scrub.nullable(),
    open: z.object({
      missing: z.number(),
      wrong_size: z.number(),
      corrupt: z.number(),
      unreadable: z.number(),
    }),
  }),
  [
    { title: { en: "Schedule", zh: "时间表" }, of: ({ schedule }) => schedule },
    { title: { en: "Bytes a second", zh: "每秒字节数" }, of: (each) => each.bytesPerSecond },
    { title: { en: "Scrub under way", zh: "进行中的校验" }, of: ({ current }) => current?.id },
    {
      title: { en: "Everything checked", zh: "上次全量校验" },
      of: ({ last }) => timeText(last?.finishedAt ?? null),
    },
    { title: { en: "Missing", zh: "缺失" }, of: ({ open }) => open.missing },
    { title: { en: "Wrong size", zh: "大小不符" }, of: ({ open }) => open.wrong_size },
    { title: { en: "Corrupt", zh: "损坏" }, of: ({ open }) => open.corrupt },
    { title: words.unreadable, of: ({ open }) => open.unreadable },
  ],
);

const STEPS = {
  pause: { en: "pause a scrub", zh: "暂停校验" },
  resume: { en: "resume a scrub where it was", zh: "从中断处继续校验" },
  cancel: { en: "cancel a scrub", zh: "取消校验" },
} as const;

interface ListOptions {
  readonly all?: boolean;
  readonly limit?: string;
}

const LIMIT = { flags: "--limit <count>", words: { en: "how many; else 50", zh: "条数；默认 50" } };

/** `entrepot integrity`: whether stored content is what was pushed. */
export function integrityCommand(context: RemoteContext): Command {
  const about = { en: "whether stored content is what was pushed", zh: "校验存储内容的完整性" };
  const command = group("integrity", about, context);
  addVerb(command, context, {
    usage: "show",
    words: {
      en: "what is open, and when everything was checked",
      zh: "查看未解决的问题与上次校验",
    },
    example: "entrepot integrity show",
    async run(remote) {
      await remote.show(stateView, await remote.rest.call("GET", "/integrity"));
    },
  });
  addVerb<ListOptions>(command, context, {
    usage: "findings",
    words: {
      en: "list damaged, missing and unreadable content",
      zh: "列出损坏、缺失及无法读取的内容",
    },
    example: "entrepot integrity findings",
    options: [{ flags: "--all", words: { en: "those that ended too", zh: "包括已结束的" } }, LIMIT],
    async run(remote, _, { all, limit }) {
      const most = mostOf(limit);
      const open = all === true ? undefined : "true";
      const list = remote.rest.list("/integrity/findings", { open, limit: Math.min(most, 200) });
      await remote.showAll(findingView, first(list, most));
    },
  });
  addVerb<ListOptions>(command, context, {
    usage: "scrubs",
    words: { en: "list scrubs, newest first", zh: "列出校验记录（最新在前）" },
    example: "entrepot integrity scrubs",
    options: [LIMIT],
    async run(remote, _, { limit }) {
      const most = mostOf(limit);
      const list = remote.rest.list("/integrity/scrubs", { limit: Math.min(most, 200) });
      await remote.showAll(scrubView, first(list, most));
    },
  });
  addVerb<{ readonly repository?: string; readonly digest?: string }>(command, context, {
    usage: "scrub",
    words: {
      en: "read and hash all content, that of one repository, or one digest",
      zh: "读取并校验全部内容、单个仓库或单个摘要",
    },
    example: ["entrepot integrity scrub", "entrepot integrity scrub --repository team/web/api"],
    options: [
      {
        flags: "--repository <name>",
        words: { en: "only what this one has, by its full name", zh: "仅校验此仓库（完整名称）" },
      },
      { flags: "--digest <digest>", words: { en: "only this content", zh: "仅校验此内容" } },
    ],
    async run(remote, _, { repository, digest }) {
      const body = {
        ...(repository === undefined ? {} : { repository }),
        ...(digest === undefined ? {} : { digest }),
      };
      await remote.show(scrubView, await remote.rest.ask("startScrub", { body }));
    },
  });
  addVerb(command, context, {
    usage: "scrub-show <id>",
    words: { en: "show a scrub", zh: "查看校验" },
    example: "entrepot integrity scrub-show 01kn3rv1t8h7yqk9w2m4c6x0za",
    async run(remote, [id = ""]) {
      const answer = await remote.rest.call("GET", path`/integrity/scrubs/${id}`);
      await remote.show(scrubView, read(scrub, answer));
    },
  });
  for (const step of ["pause", "resume", "cancel"] as const) {
    addVerb(command, context, {
      usage: `${step} <id>`,
      words: STEPS[step],
      example: `entrepot integrity ${step} 01kn3rv1t8h7yqk9w2m4c6x0za`,
      async run(remote, [id = ""]) {
        const target = `${path`/integrity/scrubs/${id}`}/${step}`;
        await remote.show(scrubView, await remote.rest.call("POST", target));
      },
    });
  }
  return command;
}
