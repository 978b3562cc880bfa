import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { first, mostOf } from "./first.ts";
import { sizeText } from "./sizes.ts";
import { momentBefore, timeText } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { titles, view } from "./views.ts";

const bytes = z.number();

const spaceView = view(
  z.object({
    name: z.string(),
    deletedAt: z.number().nullable(),
    logical: bytes,
    unique: bytes,
    shared: bytes,
    growth: bytes.nullable(),
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Takes", zh: "占用" }, of: ({ unique }) => sizeText(unique) },
    { title: { en: "Shared", zh: "共享" }, of: ({ shared }) => sizeText(shared) },
    { title: { en: "Without sharing", zh: "去重前" }, of: ({ logical }) => sizeText(logical) },
    { title: { en: "Growth", zh: "增长" }, of: ({ growth }) => changeText(growth) },
    { title: { en: "Deleted", zh: "删除时间" }, of: ({ deletedAt }) => timeText(deletedAt) },
  ],
);

/** A number of bytes with its sign. */
function changeText(change: number | null): string | null {
  if (change === null) return null;
  return `${change < 0 ? "-" : "+"}${sizeText(Math.abs(change))}`;
}

const growthView = view(
  z.object({
    items: z.array(z.object({ at: z.number(), unique: bytes, free: bytes.optional() })),
    perDay: z.number().nullable(),
    outlook: z.string().optional(),
    fullAt: z.number().nullable().optional(),
  }),
  [
    { title: { en: "Days measured", zh: "已统计天数" }, of: ({ items }) => items.length },
    { title: { en: "Takes", zh: "占用" }, of: ({ items }) => sizeText(items.at(-1)?.unique) },
    { title: { en: "Free", zh: "剩余" }, of: ({ items }) => sizeText(items.at(-1)?.free) },
    { title: { en: "Growth per day", zh: "日均增长" }, of: ({ perDay }) => changeText(perDay) },
    {
      title: { en: "Outlook", zh: "预测" },
      of: ({ outlook }) => outlook ?? null,
      tone: ({ outlook }) => (outlook === "full" ? "bad" : undefined),
    },
    { title: { en: "Full at", zh: "预计写满" }, of: ({ fullAt }) => timeText(fullAt) },
  ],
);

const LIMIT: VerbOption = {
  flags: "--limit <count>",
  words: { en: "how many; else 50", zh: "条数；默认 50" },
};

/** `entrepot storage`: what is stored, as it was measured night by night. */
export function storageCommand(context: RemoteContext): Command {
  const words = { en: "space and its growth, day by day", zh: "按天统计的存储空间与增长" };
  const command = group("storage", words, context);
  addVerb<{ readonly from?: string }>(command, context, {
    usage: "growth [project]",
    words: {
      en: "how what is stored grows, and when the disk will be full",
      zh: "存储增长情况，以及磁盘写满的预计时间",
    },
    example: "entrepot storage growth --from 90d",
    options: [
      {
        flags: "--from <time>",
        words: { en: "not before: 90d ago, or 2027-01-31", zh: "起始时间：90d 前，或 2027-01-31" },
      },
    ],
    async run(remote, [project], { from }) {
      const target =
        project === undefined ? "/lens/growth" : path`/projects/${project}/lens/growth`;
      const query = { from: momentBefore(from, Date.now()) };
      await remote.show(growthView, await remote.rest.call("GET", target, { query }));
    },
  });
  addVerb<{ readonly limit?: string }>(command, context, {
    usage: "projects",
    words: { en: "projects by the space they take", zh: "按占用空间排列的项目" },
    example: "entrepot storage projects",
    options: [LIMIT],
    async run(remote, _, { limit }) {
      const most = mostOf(limit);
      const items = remote.rest.list("/lens/projects", { limit: Math.min(most, 200) });
      await remote.showAll(spaceView, first(items, most));
    },
  });
  addVerb<{ readonly limit?: string }>(command, context, {
    usage: "repositories [project]",
    words: {
      en: "repositories by the space they take, of all projects or of one",
      zh: "按占用空间排列的仓库（全部或某一项目）",
    },
    example: "entrepot storage repositories team",
    options: [LIMIT],
    async run(remote, [project], { limit }) {
      const most = mostOf(limit);
      const target =
        project === undefined ? "/lens/repositories" : path`/projects/${project}/lens/repositories`;
      const items = remote.rest.list(target, { limit: Math.min(most, 200) });
      await remote.showAll(spaceView, first(items, most));
    },
  });
  return command;
}
