import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { first, mostOf } from "./first.ts";
import { sizeText } from "./sizes.ts";
import { momentBefore, timeText } from "./values.ts";
import { addVerb } from "./verb.ts";
import { view } from "./views.ts";

const count = z.number();

const lineView = view(
  z.object({
    at: count,
    project: z.string(),
    repository: z.string().nullable(),
    principal: z.string().nullable(),
    pulls: count,
    pushes: count,
    bytesIn: count,
    bytesOut: count,
    stored: count.nullable(),
  }),
  [
    { title: { en: "From", zh: "起始" }, of: ({ at }) => timeText(at) },
    { title: { en: "Project", zh: "项目" }, of: ({ project }) => project },
    { title: { en: "Repository", zh: "仓库" }, of: ({ repository }) => repository },
    { title: { en: "Who", zh: "使用者" }, of: ({ principal }) => principal },
    { title: { en: "Pulls", zh: "拉取" }, of: ({ pulls }) => pulls },
    { title: { en: "Pushes", zh: "推送" }, of: ({ pushes }) => pushes },
    { title: { en: "In", zh: "流入" }, of: ({ bytesIn }) => sizeText(bytesIn) },
    { title: { en: "Out", zh: "流出" }, of: ({ bytesOut }) => sizeText(bytesOut) },
    { title: { en: "Stored", zh: "存储" }, of: ({ stored }) => sizeText(stored) },
  ],
);

interface Flags {
  readonly by?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly csv?: boolean;
  readonly limit?: string;
}

/** Adds `entrepot usage`. */
export function addUsage(program: Command, context: RemoteContext): void {
  addVerb<Flags>(program, context, {
    usage: "usage [project]",
    words: {
      en: "who used how much, by day or month (UTC): to read, or as CSV to charge for it",
      zh: "按天或按月（UTC）统计的用量；可导出 CSV 用于费用分摊",
    },
    example: [
      "entrepot usage --by repository --from 90d",
      "entrepot usage team --by principal --period day --csv > usage.csv",
    ],
    options: [
      {
        flags: "--by <whose>",
        words: { en: "whose use; else project", zh: "统计对象；默认 project" },
        choices: ["project", "repository", "principal"],
      },
      {
        flags: "--period <period>",
        words: { en: "else month", zh: "统计周期；默认 month" },
        choices: ["day", "month"],
      },
      {
        flags: "--from <time>",
        words: { en: "not before: 90d ago, or 2027-01-31", zh: "起始时间：90d 前，或 2027-01-31" },
      },
      { flags: "--to <time>", words: { en: "before", zh: "截止时间" } },
      { flags: "--csv", words: { en: "all lines, as CSV", zh: "以 CSV 输出全部数据" } },
      { flags: "--limit <count>", words: { en: "how many; else 50", zh: "条数；默认 50" } },
    ],
    async run(remote, [project], { csv = false, limit, by, period, from, to }) {
      const now = Date.now();
      const times = { from: momentBefore(from, now), to: momentBefore(to, now) };
      const query = { by, period, ...times };
      const under = project === undefined ? "" : path`/projects/${project}`;
      if (csv) {
        if (limit !== undefined) {
          throw misuse(
            "--csv gives all lines: leave out --limit",
            "--csv 输出全部数据，请勿使用 --limit",
          );
        }
        return await remote.pour(remote.rest.stream(`${under}/lens/usage/export`, query));
      }
      const most = mostOf(limit);
      const lines = remote.rest.list(`${under}/lens/usage`, {
        ...query,
        limit: Math.min(most, 200),
      });
      await remote.showAll(lineView, first(lines, most));
    },
  });
}
