import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { first, mostOf } from "./first.ts";
import { read } from "./remote.ts";
import type { Column } from "./table.ts";
import { momentBefore, timeText } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { view } from "./views.ts";

const figure = z.number();
const figures = { pulls: figure, pushes: figure, bytesIn: figure, bytesOut: figure };
type Figures = { readonly [K in keyof typeof figures]: number };

const FIGURES: readonly Column<Figures>[] = [
  { title: { en: "Pulls", zh: "拉取" }, of: ({ pulls }) => pulls },
  { title: { en: "Pushes", zh: "推送" }, of: ({ pushes }) => pushes },
  { title: { en: "Bytes in", zh: "流入字节" }, of: ({ bytesIn }) => bytesIn },
  { title: { en: "Bytes out", zh: "流出字节" }, of: ({ bytesOut }) => bytesOut },
];

const counts = z.record(z.string(), z.number());

const overviewView = view(
  z.object({
    at: figure,
    storage: z.object({
      total: figure,
      free: figure,
      used: figure,
      stored: figure,
      logical: figure,
    }),
    counts,
    uploadsOpen: figure,
    today: z.object({ ...figures, logins: figure, loginsDenied: figure }),
  }),
  [
    { title: { en: "Counted at", zh: "统计时间" }, of: ({ at }) => timeText(at) },
    { title: { en: "Stored bytes", zh: "存储字节" }, of: ({ storage }) => storage.stored },
    {
      title: { en: "Without sharing", zh: "去重前字节" },
      of: ({ storage }) => storage.logical,
    },
    { title: { en: "Free bytes", zh: "剩余字节" }, of: ({ storage }) => storage.free },
    {
      title: { en: "There are", zh: "数量" },
      of: (all) => Object.entries(all.counts).map(([name, count]) => `${name} ${count}`),
    },
    { title: { en: "Open uploads", zh: "进行中的上传" }, of: (all) => all.uploadsOpen },
    { title: { en: "Pulls today", zh: "今日拉取" }, of: ({ today }) => today.pulls },
    { title: { en: "Pushes today", zh: "今日推送" }, of: ({ today }) => today.pushes },
    { title: { en: "Logins today", zh: "今日登录" }, of: ({ today }) => today.logins },
    { title: { en: "Denied today", zh: "今日拒绝登录" }, of: ({ today }) => today.loginsDenied },
  ],
);

const pointView = view(z.object({ at: figure, ...figures }), [
  { title: { en: "From", zh: "起始" }, of: ({ at }: { readonly at: number }) => timeText(at) },
  ...FIGURES,
]);

const rankView = view(
  z.object({
    repository: z.string(),
    ...figures,
    lastPulledAt: z.number().nullable(),
  }),
  [
    {
      title: { en: "Repository", zh: "仓库" },
      of: ({ repository }: { readonly repository: string }) => repository,
    },
    ...FIGURES,
    {
      title: { en: "Last pulled", zh: "上次拉取" },
      of: (each: { readonly lastPulledAt: number | null }) => timeText(each.lastPulledAt),
    },
  ],
);

const milliseconds = (value: number) => value.toFixed(1);

const routeView = view(
  z.object({
    route: z.string(),
    requests: figure,
    errors: figure,
    meanMs: figure,
    p50Ms: figure,
    p99Ms: figure,
  }),
  [
    { title: { en: "Requests of", zh: "请求类别" }, of: ({ route }) => route },
    { title: { en: "Count", zh: "数量" }, of: ({ requests }) => requests },
    { title: { en: "Failed", zh: "失败" }, of: ({ errors }) => errors },
    { title: { en: "Mean ms", zh: "平均毫秒" }, of: ({ meanMs }) => milliseconds(meanMs) },
    { title: { en: "P50 ms", zh: "P50 毫秒" }, of: ({ p50Ms }) => milliseconds(p50Ms) },
    { title: { en: "P99 ms", zh: "P99 毫秒" }, of: ({ p99Ms }) => milliseconds(p99Ms) },
  ],
);

interface Period {
  readonly from?: string;
  readonly to?: string;
}

const PERIOD: readonly VerbOption[] = [
  {
    flags: "--from <time>",
    words: { en: "not before: 7d ago, or 2027-01-31", zh: "起始时间：7d 前，或 2027-01-31" },
  },
  { flags: "--to <time>", words: { en: "before", zh: "截止时间" } },
];

function periodOf({ from, to }: Period) {
  const now = Date.now();
  return { from: momentBefore(from, now), to: momentBefore(to, now) };
}

/** The path of a project's or a repository's curve; that of the installation when none is named. */
function curveOf(of: string | undefined): { target: string; list: "items" | "days" } {
  if (of === undefined) return { target: "/statistics/traffic", list: "items" };
  const [project = "", ...rest] = of.split("/");
  if (rest.length === 0) {
    return { target: path`/projects/${project}/statistics/traffic`, list: "items" };
  }
  const repository = rest.join("/");
  const target = path`/projects/${project}/repositories/${repository}/statistics`;
  return { target, list: "days" };
}

/** `entrepot statistics`: who uses what, and how much there is. */
export function statisticsCommand(context: RemoteContext): Command {
  const words = { en: "how much there is, and how it is used", zh: "用量与活动统计" };
  const command = group("statistics", words, context);
  addVerb(command, context, {
    usage: "overview",
    words: { en: "how much there is, and what was done today", zh: "总量与今日活动" },
    example: "entrepot statistics overview",
    async run(remote) {
      await remote.show(overviewView, await remote.rest.call("GET", "/statistics/overview"));
    },
  });
  addVerb<Period & { readonly step?: string }>(command, context, {
    usage: "traffic [name]",
    words: {
      en: "pulls and pushes of the installation, a project or a repository (UTC)",
      zh: "整个系统、项目或仓库的拉取与推送（UTC）",
    },
    example: "entrepot statistics traffic team/web --from 7d",
    options: [
      ...PERIOD,
      {
        flags: "--step <step>",
        words: { en: "of the installation; else day", zh: "统计粒度（仅整个系统）；默认 day" },
        choices: ["hour", "day"],
      },
    ],
    async run(remote, [name], { step, ...period }) {
      if (step === "hour" && name !== undefined) {
        throw misuse("only the installation is counted by the hour", "仅整个系统可按小时统计");
      }
      const { target, list } = curveOf(name);
      const query = { ...periodOf(period), step };
      const answer = await remote.rest.call("GET", target, { query });
      const points = z.array(pointView.shape);
      const found = read(z.object({ items: points.optional(), days: points.optional() }), answer);
      await remote.showAll(pointView, found[list] ?? []);
    },
  });
  addVerb<Period & { readonly sort?: string; readonly limit?: string }>(command, context, {
    usage: "repositories",
    words: { en: "the repositories that are used most", zh: "使用最多的仓库" },
    example: "entrepot statistics repositories --from 30d --sort bytesOut",
    options: [
      ...PERIOD,
      {
        flags: "--sort <figure>",
        words: { en: "by what; else pulls", zh: "排序依据；默认 pulls" },
        choices: ["pulls", "bytesOut", "pushes"],
      },
      { flags: "--limit <count>", words: { en: "how many; else 50", zh: "条数；默认 50" } },
    ],
    async run(remote, _, { sort = "pulls", limit, ...period }) {
      const most = mostOf(limit);
      const query = { ...periodOf(period), sort: `-${sort}`, limit: Math.min(most, 200) };
      const items = remote.rest.list("/statistics/repositories", query);
      await remote.showAll(rankView, first(items, most));
    },
  });
  addVerb(command, context, {
    usage: "routes",
    words: { en: "how the server answers, the slowest first", zh: "各类请求的响应情况" },
    example: "entrepot statistics routes",
    async run(remote) {
      const answer = await remote.rest.call("GET", "/statistics/routes");
      const { items } = read(z.object({ items: z.array(routeView.shape) }), answer);
      await remote.showAll(routeView, items);
    },
  });
  return command;
}
