import { z } from "@hono/zod-openapi";
import type { Identity } from "../../../features/identity/service.ts";
import type { Projects } from "../../../features/projects/project.ts";
import type { Workload } from "../../../features/workload/service.ts";
import type { TrustRule, TrustScope } from "../../../features/workload/trust/rule.ts";
import { trustTemplates } from "../../../features/workload/trust/templates.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject, type Scope, system } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { refuseStronger, type StrengthParts } from "../stronger.ts";
import { limitShape } from "./token-view.ts";

const ruleShape = z
  .object({
    id: idShape,
    name: z.string(),
    projectId: z.string().nullable(),
    robot: z.object({ id: idShape, name: z.string() }),
    issuer: z.string(),
    jwksUrl: z.string().nullable(),
    audience: z.string(),
    subject: z.string(),
    condition: z.string().nullable(),
    enabled: z.boolean(),
    createdAt: timeShape,
    lastUsedAt: timeShape.nullable(),
    version: z.number().int(),
  })
  .openapi("TrustRule");

const url = z.string().min(1).max(1_024);
const terms = {
  name: z.string().min(1).max(64),
  issuer: url,
  jwksUrl: url.nullable().optional(),
  audience: z.string().min(1).max(256),
  subject: z.string().min(1).max(512).openapi({ description: "A glob over `sub`." }),
  condition: z.string().min(1).max(4_096).nullable().optional().openapi({ description: "CEL." }),
};
const TAG = "workload";
const MILLISECONDS = 1_000;

function view(rule: TrustRule): z.input<typeof ruleShape> {
  return { ...rule, robot: { ...rule.robot } };
}

interface TrustParts extends StrengthParts {
  readonly identity: Pick<Identity, "groups" | "users" | "robots">;
  readonly workload: Workload;
  readonly projects: Projects;
}

function rulesIn(scope: Scope, parts: TrustParts): AnyRoute[] {
  const { projects } = parts;
  const { rules } = parts.workload;
  const { prefix, suffix, on } = scope;
  const path = `${prefix}/trust-rules`;
  const one = scope.params({ rule: idShape });
  const common = { tag: TAG, on, query: nothing } as const;

  async function where(params: object): Promise<TrustScope> {
    const id = await scope.projectId(params);
    return id === null ? null : projects.get(id);
  }

  /** Of a robot from elsewhere nothing is told, not even which rights it has (A27). */
  async function ownRobot(params: object, id: string): Promise<string> {
    const projectId = await scope.projectId(params);
    try {
      if ((await parts.identity.robots.get(id)).projectId === projectId) return id;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "identity.unknown") throw error;
    }
    throw failure("trust.robot_unknown", { id });
  }

  return [
    route({
      ...common,
      method: "get",
      path,
      id: `listTrustRules${suffix}`,
      summary: { en: "List trust rules", zh: "列出信任规则" },
      action: "trust:read",
      params: scope.params({}),
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(ruleShape, "TrustRules"),
      async handle({ params, query }) {
        const ask = { limit: query.limit, after: cursorFrom(query.cursor) ?? null };
        const { items, next } = await rules.list(await where(params), ask);
        return { body: { items: items.map(view), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path,
      id: `createTrustRule${suffix}`,
      summary: {
        en: "Trust an outside issuer: its workloads become a robot without a stored secret",
        zh: "信任外部签发方：其工作负载无需存储机密即可成为机器人账户",
      },
      action: "trust:write",
      params: scope.params({}),
      body: z.strictObject({ robotId: idShape, ...terms }),
      answer: ruleShape,
      status: 201,
      isCreate: true,
      async handle({ params, body, actor, doer, path: here }) {
        const { name, issuer, audience, subject, robotId, ...rest } = body;
        // Whoever says whose tokens count can be the robot.
        const id = await ownRobot(params, robotId);
        await refuseStronger(parts, actor, { kind: "principal", id });
        const input = { name, issuer, audience, subject, robotId, ...present(rest) };
        const rule = await rules.create({ actor, doer }, await where(params), input);
        return { body: view(rule), version: rule.version, location: `${here}/${rule.id}` };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/{rule}`,
      id: `getTrustRule${suffix}`,
      summary: { en: "Read a trust rule", zh: "查看信任规则" },
      action: "trust:read",
      params: one,
      body: undefined,
      answer: ruleShape,
      async handle({ params }) {
        const rule = await rules.get(await where(params), params.rule);
        return { body: view(rule), version: rule.version };
      },
    }),
    route({
      ...common,
      method: "patch",
      path: `${path}/{rule}`,
      id: `updateTrustRule${suffix}`,
      summary: { en: "Change a trust rule, or switch it off", zh: "修改或停用信任规则" },
      action: "trust:write",
      params: one,
      body: z.strictObject({ ...terms, enabled: z.boolean() }).partial(),
      answer: ruleShape,
      isVersioned: true,
      async handle({ params, body, actor, doer, version }) {
        const by = { actor, doer };
        const here = await where(params);
        const { robot } = await rules.get(here, params.rule);
        await refuseStronger(parts, actor, { kind: "principal", id: robot.id });
        const rule = await rules.update(by, here, params.rule, present(body), version);
        return { body: view(rule), version: rule.version };
      },
    }),
    route({
      ...common,
      method: "delete",
      path: `${path}/{rule}`,
      id: `deleteTrustRule${suffix}`,
      summary: { en: "Delete a trust rule", zh: "删除信任规则" },
      action: "trust:write",
      params: one,
      body: undefined,
      answer: nothing,
      status: 204,
      isVersioned: true,
      async handle({ params, actor, doer, version }) {
        await rules.delete({ actor, doer }, await where(params), params.rule, version);
        return { body: {} };
      },
    }),
  ];
}

const words = z.object({ en: z.string(), zh: z.string() });

const templateShape = z
  .object({
    id: z.string(),
    title: words,
    description: words,
    issuer: z.string(),
    jwksUrl: z.string().nullable(),
    audience: z.string(),
    subject: z.string(),
    condition: z.string().nullable(),
    blanks: z.array(z.object({ name: z.string(), title: words, example: z.string() })),
    claims: z.array(z.object({ name: z.string(), title: words })),
  })
  .openapi("TrustTemplate");

/** Workload identity: whom to trust, and the exchange itself. */
export function trustRoutes(parts: TrustParts): AnyRoute[] {
  return [
    ...rulesIn(system, parts),
    ...rulesIn(inProject(parts.projects), parts),
    route({
      method: "get",
      path: "/trust-rule-templates",
      id: "listTrustTemplates",
      tag: TAG,
      summary: { en: "Trust rules to begin with", zh: "信任规则模板" },
      action: "self:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z.object({ items: z.array(templateShape) }).openapi("TrustTemplates"),
      handle: () => ({
        body: {
          items: trustTemplates.map((each) => ({
            ...each,
            blanks: [...each.blanks],
            claims: [...each.claims],
          })),
        },
      }),
    }),
    route({
      method: "post",
      path: "/workload/exchange",
      id: "exchangeWorkloadToken",
      tag: TAG,
      summary: {
        en: "Exchange an outside token for a short password of a robot",
        zh: "用外部令牌换取机器人账户的短期密码",
      },
      action: "public",
      params: nothing,
      query: nothing,
      body: z.strictObject({
        token: z.string().min(1).max(16_384),
        robot: z.string().max(200).optional(),
        rule: z.string().max(64).optional(),
        limits: z.array(limitShape).max(32).optional(),
        ttlSeconds: z.number().int().min(60).max(3_600).optional(),
      }),
      answer: z
        .object({ name: z.string(), secret: z.string(), expiresAt: timeShape, rule: z.string() })
        .openapi("WorkloadPassword"),
      status: 201,
      async handle({ body, presence }) {
        const { token, ttlSeconds, ...wish } = body;
        const lifetime = ttlSeconds === undefined ? undefined : ttlSeconds * MILLISECONDS;
        const asked = present({ ...wish, lifetime });
        const made = await parts.workload.exchange(token, presence, asked);
        const { name, secret, expiresAt } = made;
        return { body: { name, secret, expiresAt, rule: made.rule.name } };
      },
    }),
  ];
}
