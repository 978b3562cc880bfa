import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { first, mostOf } from "./first.ts";
import { addJobWatch } from "./job-watch.ts";
import { read } from "./remote.ts";
import { timeText } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { titles, view } from "./views.ts";

const maybeTime = z.number().nullable();

const jobView = view(
  z.object({
    id: z.string(),
    kind: z.string(),
    state: z.string(),
    attempts: z.number(),
    maxAttempts: z.number(),
    runAt: z.number(),
    createdAt: z.number(),
    startedAt: maybeTime,
    finishedAt: maybeTime,
    progress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
    error: z.string().nullable(),
    cancelAsked: z.boolean(),
    logs: z.array(z.object({ at: z.number(), level: z.string(), message: z.string() })).optional(),
  }),
  [
    { title: titles.id, of: ({ id }) => id },
    { title: { en: "Kind", zh: "类型" }, of: ({ kind }) => kind },
    { title: titles.state, of: ({ state }) => state },
    {
      title: { en: "Runs", zh: "运行次数" },
      of: ({ attempts, maxAttempts }) => `${attempts}/${maxAttempts}`,
    },
    {
      title: { en: "Progress", zh: "进度" },
      of: ({ progress }) =>
        progress === null ? null : [progress.done, progress.total ?? "?"].join("/"),
    },
    { title: titles.created, of: ({ createdAt }) => timeText(createdAt) },
    { title: { en: "Ended", zh: "结束时间" }, of: ({ finishedAt }) => timeText(finishedAt) },
    { title: { en: "Error", zh: "错误" }, of: ({ error }) => error },
  ],
  [
    { title: { en: "Runs from", zh: "最早运行时间" }, of: ({ runAt }) => timeText(runAt) },
    { title: { en: "Started", zh: "开始时间" }, of: ({ startedAt }) => timeText(startedAt) },
    { title: { en: "To be cancelled", zh: "等待取消" }, of: ({ cancelAsked }) => cancelAsked },
  ],
);

const scheduleView = view(
  z.object({
    name: z.string(),
    kind: z.string(),
    cron: z.string(),
    timeZone: z.string(),
    nextAt: z.number(),
    lastAt: maybeTime,
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Pattern", zh: "时间表" }, of: ({ cron }) => cron },
    { title: { en: "Zone", zh: "时区" }, of: ({ timeZone }) => timeZone },
    { title: { en: "Next", zh: "下次运行" }, of: ({ nextAt }) => timeText(nextAt) },
    { title: { en: "Last", zh: "上次运行" }, of: ({ lastAt }) => timeText(lastAt) },
  ],
);

const CHANGES = {
  cancel: { en: "cancel a job", zh: "取消任务" },
  retry: {
    en: "try a job now that failed, was cancelled or waits",
    zh: "立即重试失败、已取消或等待中的任务",
  },
} as const;

interface Filters {
  readonly state?: string;
  readonly kind?: string;
  readonly limit?: string;
}

/** `entrepot job`: the work in the background. */
export function jobCommand(context: RemoteContext): Command {
  const command = group("job", { en: "background jobs", zh: "管理后台任务" }, context);
  addVerb<Filters>(command, context, {
    usage: "list",
    words: { en: "list jobs, newest first", zh: "列出任务（最新在前）" },
    example: "entrepot job list --state failed",
    options: [
      {
        flags: "--state <state>",
        words: { en: "only in this state", zh: "仅列出此状态" },
        choices: ["waiting", "running", "done", "failed", "cancelled"],
      },
      { flags: "--kind <kind>", words: { en: "only of this kind", zh: "仅列出此类型" } },
      { flags: "--limit <count>", words: { en: "how many; else 50", zh: "条数；默认 50" } },
    ],
    async run(remote, _, { limit, state, kind }) {
      const most = mostOf(limit);
      const query = { state, kind, limit: Math.min(most, 200) };
      await remote.showAll(jobView, first(remote.rest.list("/jobs", query), most));
    },
  });
  addVerb(command, context, {
    usage: "show <id>",
    words: { en: "show a job and its log", zh: "查看任务及其日志" },
    example: "entrepot job show 01kn3rv1t8h7yqk9w2m4c6x0za",
    async run(remote, [id = ""]) {
      const job = await remote.rest.call("GET", path`/jobs/${id}`);
      await remote.show(jobView, job);
      if (remote.isData) return;
      for (const line of read(jobView.shape, job).logs ?? []) await remote.line(line);
    },
  });
  for (const verb of ["cancel", "retry"] as const) {
    addVerb(command, context, {
      usage: `${verb} <id>`,
      words: CHANGES[verb],
      example: `entrepot job ${verb} 01kn3rv1t8h7yqk9w2m4c6x0za`,
      async run(remote, [id = ""]) {
        await remote.show(jobView, await remote.rest.call("POST", `${path`/jobs/${id}`}/${verb}`));
      },
    });
  }
  addJobWatch(command, context);
  addVerb(command, context, {
    usage: "schedules",
    words: { en: "what runs by the clock, and when next", zh: "列出定时任务" },
    example: "entrepot job schedules",
    async run(remote) {
      const answer = await remote.rest.call("GET", "/job-schedules");
      const { items } = read(z.object({ items: z.array(scheduleView.shape) }), answer);
      await remote.showAll(scheduleView, items);
    },
  });
  addVerb(command, context, {
    usage: "run <schedule>",
    words: { en: "run the job of a schedule now", zh: "立即运行定时任务" },
    example: "entrepot job run audit.purge",
    async run(remote, [name = ""]) {
      const target = path`/job-schedules/${name}/run`;
      await remote.show(jobView, await remote.rest.call("POST", target));
    },
  });
  return command;
}
