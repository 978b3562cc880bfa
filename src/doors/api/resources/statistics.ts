import { z } from "@hono/zod-openapi";
import type { Metering } from "../../../features/metering/service.ts";
import type { Projects } from "../../../features/projects/project.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { RouteFigures } from "../../../platform/telemetry/telemetry.ts";
import { present } from "../present.ts";
import { fullName, IN_REPOSITORY, place, resourceOf } from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

/** What the figures are taken from. */
export interface StatisticsParts {
  readonly metering: Metering;
  readonly projects: Projects;
  readonly capacity: () => Promise<{ readonly total: number; readonly free: number }>;
  readonly uploadsOpen: () => Promise<number>;
  readonly routes: () => readonly RouteFigures[];
  readonly node: string;
  /** When this process started: from then on requests are counted. */
  readonly since: number;
}

const TAG = "statistics";
const LATEST = 8_640_000_000_000_000;

const figures = {
  pulls: z.number().int(),
  pushes: z.number().int(),
  bytesIn: z.number().int(),
  bytesOut: z.number().int(),
};
const logins = { logins: z.number().int(), loginsDenied: z.number().int() };
const count = z.number().int();

const moment = z.coerce.number().int().min(0).max(LATEST).optional();
const period = {
  from: moment.openapi({ description: "Not before: milliseconds since the epoch." }),
  to: moment.openapi({ description: "Before: milliseconds since the epoch; now when left out." }),
};

const trafficShape = z.object({ at: timeShape, ...figures }).openapi("TrafficPoint");

const overviewShape = z
  .object({
    at: timeShape.openapi({ description: "When `counts`, `stored` and `logical` were counted." }),
    storage: z.object({
      total: z.number(),
      free: z.number(),
      used: z.number(),
      stored: z.number().openapi({ description: "Bytes of the blobs that are there." }),
      logical: z.number().openapi({ description: "What they would take if nothing were shared." }),
    }),
    counts: z.object({
      projects: count,
      repositories: count,
      tags: count,
      manifests: count,
      blobs: count,
      users: count,
      robots: count,
      groups: count,
    }),
    uploadsOpen: count,
    today: z.object({ ...figures, ...logins }),
  })
  .openapi("StatisticsOverview");

const SORTS = { "-pulls": "pulls", "-bytesOut": "bytesOut", "-pushes": "pushes" } as const;

/** Where a page of the ranking ended: a figure and a name. */
function rankFrom(cursor: string | undefined) {
  const text = cursorFrom(cursor);
  if (text === undefined) return null;
  const [, figure, name] = /^(\d{1,16}) ([\x21-\x7e]+)$/.exec(text) ?? [];
  if (figure === undefined || name === undefined) {
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  }
  return { figure: Number(figure), name };
}

function ofInstallation(parts: StatisticsParts): AnyRoute[] {
  const { metering } = parts;
  const asked = { method: "get", action: "system:read", body: undefined } as const;
  const common = { ...asked, tag: TAG, params: nothing } as const;
  return [
    route({
      ...common,
      path: "/statistics/overview",
      id: "getStatisticsOverview",
      summary: {
        en: "How much there is, and what was done today (UTC)",
        zh: "总量概览与今日（UTC）活动",
      },
      query: nothing,
      answer: overviewShape,
      async handle() {
        const [{ total, free }, stock, uploadsOpen, { at: _, ...today }] = await Promise.all([
          parts.capacity(),
          metering.stock(),
          parts.uploadsOpen(),
          metering.today(),
        ]);
        const { at, stored, logical, ...counts } = stock;
        const storage = { total, free, used: total - free, stored, logical };
        return { body: { at, storage, counts, uploadsOpen, today } };
      },
    }),
    route({
      ...common,
      path: "/statistics/traffic",
      id: "getTraffic",
      summary: {
        en: "Pulls, pushes, bytes and logins of the installation, by the hour or day (UTC)",
        zh: "按小时或天（UTC）统计整个系统的拉取、推送、流量与登录",
      },
      query: z.strictObject({ ...period, step: z.enum(["hour", "day"]).default("day") }),
      answer: z
        .object({ items: z.array(z.object({ at: timeShape, ...figures, ...logins })) })
        .openapi("InstallationTraffic"),
      async handle({ query: { step, ...asked } }) {
        return { body: { items: await metering.traffic({ step, ...present(asked) }) } };
      },
    }),
    route({
      ...common,
      path: "/statistics/repositories",
      id: "rankRepositories",
      summary: { en: "The repositories that are used most", zh: "使用最多的仓库" },
      query: z.strictObject({
        ...pageQuery,
        ...period,
        sort: z.enum(["-pulls", "-bytesOut", "-pushes"]).default("-pulls"),
      }),
      answer: pageOf(
        z
          .object({
            id: idShape,
            repository: z.string(),
            project: z.string(),
            ...figures,
            lastPulledAt: timeShape.nullable(),
          })
          .openapi("RepositoryUsage"),
        "RepositoryRanking",
      ),
      async handle({ query: { limit, cursor, sort, ...asked } }) {
        const by = SORTS[sort];
        const ranking = { ...present(asked), by, after: rankFrom(cursor), limit: limit + 1 };
        const found = await metering.ranking(ranking);
        const items = found.slice(0, limit);
        const last = found.length > limit ? items.at(-1) : undefined;
        const next = last === undefined ? undefined : `${last[by]} ${last.repository}`;
        return { body: { items, next: cursorTo(next) } };
      },
    }),
    route({
      ...common,
      path: "/statistics/routes",
      id: "getRouteStatistics",
      summary: {
        en: "How this node answers, by class of request, the slowest first",
        zh: "本节点各类请求的响应情况（最慢在前）",
      },
      query: nothing,
      answer: z
        .object({
          since: timeShape,
          node: z.string(),
          items: z.array(
            z.object({
              route: z.string(),
              requests: count,
              errors: count.openapi({ description: "Answers with a status of 500 and above." }),
              meanMs: z.number(),
              p50Ms: z.number(),
              p99Ms: z.number(),
            }),
          ),
        })
        .openapi("RouteStatistics"),
      handle() {
        const items = parts.routes().toSorted((a, b) => b.p99Ms - a.p99Ms);
        return { body: { since: parts.since, node: parts.node, items } };
      },
    }),
  ];
}

/** `/statistics`, and those of a project and of a repository. */
export function statisticsRoutes(parts: StatisticsParts): AnyRoute[] {
  const { metering, projects } = parts;
  const { on, params, projectId } = inProject(projects);
  return [
    ...ofInstallation(parts),
    route({
      method: "get",
      path: "/projects/{project}/statistics/traffic",
      id: "getProjectTraffic",
      tag: TAG,
      summary: {
        en: "Pulls, pushes and bytes of a project, by the day (UTC)",
        zh: "按天（UTC）统计项目的拉取、推送与流量",
      },
      action: "project:read",
      on,
      params: params({}),
      query: z.strictObject({ ...period, step: z.enum(["day"]).default("day") }),
      body: undefined,
      answer: z.object({ items: z.array(trafficShape) }).openapi("ProjectTraffic"),
      async handle({ params: given, query: { step: _, ...asked } }) {
        const id = (await projectId(given)) ?? "";
        return { body: { items: await metering.ofProject(id, present(asked)) } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/statistics`,
      id: "getRepositoryStatistics",
      tag: TAG,
      summary: {
        en: "Pulls and pushes of a repository, in a time and in all",
        zh: "仓库的拉取与推送统计",
      },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: z.strictObject(period),
      body: undefined,
      answer: z
        .object({
          pulls: count.openapi({ description: "In the time that was asked for." }),
          pushes: count,
          lastPulledAt: timeShape.nullable(),
          lastPushedAt: timeShape.nullable(),
          ever: z.object(figures).openapi({ description: "Since the repository was made." }),
          days: z.array(trafficShape),
        })
        .openapi("RepositoryStatistics"),
      async handle({ params: given, query }) {
        const usage = await metering.ofRepository(fullName(given), present(query));
        const { lastPulledAt, lastPushedAt, ...ever } = usage.ever;
        const sum = (of: "pulls" | "pushes") => usage.days.reduce((all, day) => all + day[of], 0);
        const days = [...usage.days];
        const [pulls, pushes] = [sum("pulls"), sum("pushes")];
        return { body: { pulls, pushes, lastPulledAt, lastPushedAt, ever, days } };
      },
    }),
  ];
}
