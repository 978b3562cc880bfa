import { z } from "@hono/zod-openapi";
import { safePayload } from "../../../features/jobs/rules.ts";
import type { Jobs } from "../../../features/jobs/service.ts";
import type { JobNews } from "../../../features/jobs/watch.ts";
import type { JobView } from "../../../platform/jobs/port.ts";
import {
  EVENT_STREAM,
  EVENT_STREAM_HEADERS,
  eventStream,
  type ServerEvent,
} from "../event-stream.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const TAG = "jobs";
const state = z.enum(["waiting", "running", "done", "failed", "cancelled"]);
const kind = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9.:_-]*$/);

const members = {
  id: idShape,
  kind: z.string(),
  state,
  attempts: z.number().int(),
  maxAttempts: z.number().int(),
  runAt: timeShape,
  createdAt: timeShape,
  startedAt: timeShape.nullable(),
  finishedAt: timeShape.nullable(),
  progress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
  error: z.string().nullable(),
  cancelAsked: z.boolean(),
};

export const jobShape = z.object(members).openapi("Job");

const lineShape = z.object({
  at: timeShape,
  level: z.enum(["info", "warn", "error"]),
  message: z.string(),
});

const detailShape = z
  .object({
    ...members,
    payload: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .openapi({ description: "Ids, digests and figures; every other text is hidden." }),
    logs: z.array(lineShape),
  })
  .openapi("JobDetail");

/** A job without what it was given to do, which may hold people's data. */
export function jobView({ payload: _, ...job }: JobView): z.input<typeof jobShape> {
  return job;
}

function eventOf(news: JobNews): ServerEvent | undefined {
  if (news.kind === "beat") return undefined;
  const id = String(news.seq);
  if (news.kind === "job") return { event: "job", id, data: jobView(news.job) };
  const { at, level, message } = news.line;
  return { event: "log", id, data: { at, level, message } };
}

async function* eventsOf(news: AsyncIterable<JobNews>): AsyncGenerator<ServerEvent | undefined> {
  for await (const each of news) yield eventOf(each);
}

/** Where a client that comes back had got to; a value that is none of ours begins anew. */
function lastSeen(request: Request): number {
  const given = request.headers.get("last-event-id") ?? "";
  return /^\d{1,15}$/.test(given) ? Number(given) : 0;
}

/** `/jobs`: the work in the background. */
export function jobRoutes(jobs: Jobs): AnyRoute[] {
  const one = { tag: TAG, params: z.strictObject({ job: idShape }), query: nothing } as const;
  const read = { ...one, method: "get", action: "system:read", body: undefined } as const;
  const change = { ...one, method: "post", action: "system:update", body: undefined } as const;
  return [
    route({
      ...read,
      path: "/jobs",
      id: "listJobs",
      summary: { en: "List background jobs, newest first", zh: "列出后台任务（最新在前）" },
      params: nothing,
      query: z.strictObject({ ...pageQuery, state: state.optional(), kind: kind.optional() }),
      answer: pageOf(jobShape, "Jobs"),
      async handle({ query }) {
        const { limit, cursor, ...filter } = query;
        const after = cursorFrom(cursor) ?? null;
        const { items, next } = await jobs.list({ ...filter, limit, after });
        return { body: { items: items.map(jobView), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...read,
      path: "/job-counts",
      id: "countJobs",
      summary: { en: "How many jobs there are, by kind and state", zh: "按类型与状态统计任务数量" },
      params: nothing,
      answer: z
        .object({
          items: z.array(z.object({ kind: z.string(), state, count: z.number().int() })),
        })
        .openapi("JobCounts"),
      handle: async () => ({ body: { items: await jobs.counts() } }),
    }),
    route({
      ...read,
      path: "/jobs/{job}",
      id: "getJob",
      summary: { en: "Read a job and its log", zh: "查看任务及其日志" },
      answer: detailShape,
      async handle({ params }) {
        const job = await jobs.get(params.job);
        const logs = await jobs.logs(params.job);
        return { body: { ...jobView(job), payload: { ...safePayload(job.payload) }, logs } };
      },
    }),
    route({
      ...read,
      path: "/jobs/{job}/events",
      id: "watchJob",
      summary: {
        en: "Follow a job: `job` at each change, `log` for each line; ends with the job. `Last-Event-ID` goes on after the lines that are known",
        zh: "跟踪任务：状态变化为 `job` 事件，日志行为 `log` 事件，任务结束即止；`Last-Event-ID` 用于续传",
      },
      answer: z.string(),
      media: [EVENT_STREAM],
      async handle({ params, request, stillMay }) {
        const raw = { status: 200, headers: { ...EVENT_STREAM_HEADERS } };
        if (request.method === "HEAD") {
          // Nobody would read the news, or end them.
          await jobs.get(params.job);
          return { body: "", raw: { ...raw, body: null } };
        }
        const after = lastSeen(request);
        const { news, close } = await jobs.watch({ id: params.job, after, stillMay });
        return { body: "", raw: { ...raw, body: eventStream(eventsOf(news), request, close) } };
      },
    }),
    route({
      ...change,
      path: "/jobs/{job}/cancel",
      id: "cancelJob",
      summary: {
        en: "Cancel a job; one that runs ends a little later",
        zh: "取消任务；运行中的任务稍后结束",
      },
      answer: jobShape,
      async handle({ params, doer }) {
        return { body: jobView(await jobs.cancel(doer, params.job)) };
      },
    }),
    route({
      ...change,
      path: "/jobs/{job}/retry",
      id: "retryJob",
      summary: {
        en: "Try a job now that failed, was cancelled or waits for its next try",
        zh: "立即重试失败、已取消或等待重试的任务",
      },
      answer: jobShape,
      async handle({ params, doer }) {
        return { body: jobView(await jobs.retry(doer, params.job)) };
      },
    }),
  ];
}
