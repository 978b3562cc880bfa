import { z } from "@hono/zod-openapi";
import type { Jobs } from "../../../features/jobs/service.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing, timeShape } from "../shapes.ts";
import { jobShape, jobView } from "./jobs.ts";

const TAG = "jobs";

const scheduleShape = z
  .object({
    name: z.string(),
    kind: z.string(),
    cron: z.string(),
    timeZone: z.string(),
    nextAt: timeShape,
    lastAt: timeShape.nullable(),
  })
  .openapi("JobSchedule");

const scheduleName = z
  .string()
  .max(128)
  .regex(/^[a-z0-9][a-z0-9.:_-]*$/)
  .openapi({ example: "jobs.purge" });

/** `/job-schedules`: what comes back by the clock. */
export function jobScheduleRoutes(jobs: Jobs): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/job-schedules",
      id: "listJobSchedules",
      tag: TAG,
      summary: { en: "What runs by the clock, and when next", zh: "列出定时任务及其下次运行时间" },
      action: "system:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z.object({ items: z.array(scheduleShape) }).openapi("JobSchedules"),
      handle: async () => ({ body: { items: await jobs.schedules() } }),
    }),
    route({
      method: "post",
      path: "/job-schedules/{name}/run",
      id: "runJobSchedule",
      tag: TAG,
      summary: {
        en: "Run the job of a schedule now; gives the one that is there where it waits or runs already",
        zh: "立即运行定时任务；若已在等待或运行，则返回该任务",
      },
      action: "system:update",
      params: z.strictObject({ name: scheduleName }),
      query: nothing,
      body: undefined,
      answer: jobShape,
      status: 202,
      async handle({ params, doer }) {
        return { body: jobView(await jobs.runSchedule(doer, params.name)) };
      },
    }),
  ];
}
