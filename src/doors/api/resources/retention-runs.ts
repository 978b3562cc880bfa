import { z } from "@hono/zod-openapi";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { itemShape, itemView, OUTCOMES, runShape, runView } from "../retention-shape.ts";
import { type AnyRoute, route } from "../route.ts";
import { projectName } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery } from "../shapes.ts";
import { onProject, type RetentionRouteParts } from "./retention.ts";

const TAG = "retention";
const BASE = "/projects/{project}/retention-runs";
const ofProject = z.strictObject({ project: projectName });
const one = z.strictObject({ project: projectName, run: idShape });

/** Reads the place of an item out of a cursor. */
function placeFrom(cursor: string | undefined): number | undefined {
  const text = cursorFrom(cursor);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  }
  return Number(text);
}

/** `/projects/{project}/retention-runs`: what policies did, and what they would do. */
export function retentionRunRoutes({ retention, projects }: RetentionRouteParts): AnyRoute[] {
  const idOf = async (project: string) => (await projects.named(project)).id;
  const common = { tag: TAG, on: onProject, query: nothing, body: undefined } as const;
  return [
    route({
      ...common,
      method: "get",
      path: BASE,
      id: "listRetentionRuns",
      summary: {
        en: "List runs of retention policies, newest first",
        zh: "列出保留策略的运行记录，最新在前",
      },
      action: "retention:read",
      params: ofProject,
      query: z.strictObject({
        ...pageQuery,
        kind: z.enum(["run", "preview"]).default("run"),
        policy: idShape.optional(),
      }),
      answer: pageOf(runShape, "RetentionRuns"),
      async handle({ params, query: { kind, policy: policyId, limit, cursor } }) {
        const ask = { limit, after: cursorFrom(cursor) ?? null };
        const projectId = await idOf(params.project);
        const { items, next } = await retention.runs({ projectId, kind, policyId }, ask);
        return { body: { items: items.map(runView), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${BASE}/{run}`,
      id: "getRetentionRun",
      summary: { en: "Read a run or a preview", zh: "查看运行或预览" },
      action: "retention:read",
      params: one,
      answer: runShape,
      async handle({ params }) {
        const run = await retention.getRun(await idOf(params.project), params.run);
        return { body: runView(run) };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${BASE}/{run}/items`,
      id: "listRetentionItems",
      summary: {
        en: "List the tags and manifests of a run or a preview, and why each goes or stays",
        zh: "列出运行或预览涉及的标签与 manifest，及其去留原因",
      },
      action: "retention:read",
      params: one,
      query: z.strictObject({
        ...pageQuery,
        outcome: z.enum(OUTCOMES).optional(),
        kind: z.enum(["tag", "manifest"]).optional(),
      }),
      answer: pageOf(itemShape, "RetentionItems"),
      async handle({ params, query: { limit, cursor, outcome, kind } }) {
        const ask = { limit, outcome, kind, after: placeFrom(cursor) };
        const projectId = await idOf(params.project);
        const { items, next } = await retention.items(projectId, params.run, ask);
        const place = next === null ? undefined : String(next);
        return { body: { items: items.map(itemView), next: cursorTo(place) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path: `${BASE}/{run}/cancel`,
      id: "cancelRetentionRun",
      summary: {
        en: "End a run; what it has deleted stays deleted, and can be restored",
        zh: "取消运行；已删除的内容保持删除状态，可恢复",
      },
      action: "retention:run",
      params: one,
      answer: runShape,
      status: 202,
      async handle({ params, doer }) {
        const run = await retention.cancel(doer, await idOf(params.project), params.run);
        return { body: runView(run) };
      },
    }),
  ];
}
