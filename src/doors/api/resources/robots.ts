import { z } from "@hono/zod-openapi";
import type { Robot } from "../../../features/identity/robots/robot.ts";
import type { Identity } from "../../../features/identity/service.ts";
import type { Projects } from "../../../features/projects/project.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject, type Scope, system } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { refuseStronger, type StrengthParts } from "../stronger.ts";
import { issuedShape, limitShape, tokenShape, viewToken } from "./token-view.ts";

const robotShape = z
  .object({
    id: idShape,
    name: z.string(),
    description: z.string().nullable(),
    projectId: z.string().nullable(),
    state: z.enum(["active", "disabled", "deleted"]),
    createdAt: timeShape,
    disabledAt: timeShape.nullable(),
    deletedAt: timeShape.nullable(),
    lastLoginAt: timeShape.nullable(),
    version: z.number().int(),
  })
  .openapi("Robot");

const seconds = z.number().int().min(0);
const lifetimeSeconds = seconds.optional().openapi({ description: "Left out: without an end." });
const description = z.string().max(256).nullable().optional();
const TAG = "robots";
const MILLISECONDS = 1_000;

function inMilliseconds(given: number | undefined): number | undefined {
  return given === undefined ? undefined : given * MILLISECONDS;
}

interface RobotParts extends StrengthParts {
  readonly identity: Identity;
  readonly projects: Projects;
}

function robotsIn(scope: Scope, parts: RobotParts): AnyRoute[] {
  const { identity, projects } = parts;
  const { robots } = identity;
  const { prefix, suffix, on } = scope;
  const path = `${prefix}/robots`;
  const one = scope.params({ robot: idShape });
  const common = { tag: TAG, on, query: nothing } as const;

  /** The robot, if it lives in the scope of the path: any other is unknown here (A27). */
  async function own(
    params: { readonly robot: string },
    { evenDeleted = false } = {},
  ): Promise<Robot> {
    const projectId = await scope.projectId(params);
    const robot = await robots.get(params.robot);
    const isGone = robot.state === "deleted" && !evenDeleted;
    if (robot.projectId !== projectId || isGone) {
      throw failure("identity.unknown", { kind: "robot", id: params.robot });
    }
    return robot;
  }

  return [
    route({
      ...common,
      method: "get",
      path,
      id: `listRobots${suffix}`,
      summary: { en: "List robots", zh: "列出机器人账户" },
      action: "robot:read",
      params: scope.params({}),
      query: z.strictObject({
        ...pageQuery,
        name: z.string().max(128).optional(),
        state: z.enum(["active", "disabled", "deleted"]).optional(),
      }),
      body: undefined,
      answer: pageOf(robotShape, "Robots"),
      async handle({ params, query }) {
        const { items, next } = await robots.list({
          projectId: await scope.projectId(params),
          limit: query.limit,
          after: cursorFrom(query.cursor) ?? null,
          ...(query.name === undefined ? {} : { prefix: query.name }),
          ...(query.state === undefined ? {} : { state: query.state }),
        });
        return { body: { items: [...items], next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path,
      id: `createRobot${suffix}`,
      summary: {
        en: "Make a robot; its secret is told once",
        zh: "创建机器人账户；机密仅告知一次",
      },
      action: "robot:write",
      params: scope.params({}),
      body: z.strictObject({
        name: z.string().max(64),
        description,
        limits: z.array(limitShape).max(32).nullable().optional(),
        addresses: z.array(z.string().max(64)).max(64).nullable().optional(),
        lifetimeSeconds,
      }),
      answer: robotShape.extend({ secret: z.string().nullable() }).openapi("CreatedRobot"),
      status: 201,
      isCreate: true,
      secrets: ["secret"],
      async handle({ params, body, doer, path: here }) {
        const id = await scope.projectId(params);
        const project = id === null ? null : await projects.get(id);
        const { name, lifetimeSeconds: life, ...rest } = body;
        const more = present({ ...rest, lifetime: inMilliseconds(life) });
        const { robot, secret } = await robots.create(doer, { name, project, ...more });
        return {
          body: { ...robot, secret: secret.secret },
          version: robot.version,
          location: `${here}/${robot.id}`,
        };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/{robot}`,
      id: `getRobot${suffix}`,
      summary: { en: "Read a robot", zh: "查看机器人账户" },
      action: "robot:read",
      params: one,
      body: undefined,
      answer: robotShape,
      async handle({ params }) {
        const robot = await own(params);
        return { body: robot, version: robot.version };
      },
    }),
    route({
      ...common,
      method: "patch",
      path: `${path}/{robot}`,
      id: `updateRobot${suffix}`,
      summary: { en: "Change a robot's description", zh: "修改机器人账户的说明" },
      action: "robot:write",
      params: one,
      body: z.strictObject({ description }),
      answer: robotShape,
      isVersioned: true,
      async handle({ params, body, doer, version }) {
        const { id } = await own(params);
        const robot = await robots.update(doer, id, present(body), version);
        return { body: robot, version: robot.version };
      },
    }),
    route({
      ...common,
      method: "delete",
      path: `${path}/{robot}`,
      id: `deleteRobot${suffix}`,
      summary: { en: "Delete a robot", zh: "删除机器人账户" },
      action: "robot:write",
      params: one,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params, doer }) {
        await robots.delete(doer, (await own(params)).id);
        return { body: {} };
      },
    }),
    ...(["disable", "enable", "restore"] as const).map((verb) =>
      route({
        ...common,
        method: "post",
        path: `${path}/{robot}/${verb}`,
        id: `${verb}Robot${suffix}`,
        summary: {
          disable: { en: "Disable a robot at once", zh: "立即停用机器人账户" },
          enable: { en: "Enable a robot again", zh: "重新启用机器人账户" },
          restore: { en: "Restore a deleted robot", zh: "恢复已删除的机器人账户" },
        }[verb],
        action: "robot:write",
        params: one,
        body: undefined,
        answer: robotShape,
        async handle({ params, doer }) {
          const { id } = await own(params, { evenDeleted: verb === "restore" });
          const robot = await robots[verb](doer, id);
          return { body: robot, version: robot.version };
        },
      }),
    ),
    route({
      ...common,
      method: "get",
      path: `${path}/{robot}/secrets`,
      id: `listRobotSecrets${suffix}`,
      summary: {
        en: "A robot's live secrets, without the secrets",
        zh: "查看有效机密（不含内容）",
      },
      action: "robot:read",
      params: one,
      body: undefined,
      answer: z.object({ items: z.array(tokenShape) }).openapi("RobotSecrets"),
      async handle({ params }) {
        const { id } = await own(params);
        return { body: { items: (await robots.secrets(id)).map(viewToken) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path: `${path}/{robot}/secrets`,
      id: `rotateRobotSecret${suffix}`,
      summary: {
        en: "Make a new secret; the one before stays valid for an overlap",
        zh: "生成新机密；旧机密在重叠期内仍有效",
      },
      action: "robot:write",
      params: one,
      body: z.strictObject({ overlapSeconds: seconds.optional(), lifetimeSeconds }),
      answer: issuedShape,
      status: 201,
      isCreate: true,
      secrets: ["secret"],
      async handle({ params, body, actor, doer }) {
        const { id } = await own(params);
        // Whoever knows its secret can be the robot.
        await refuseStronger(parts, actor, { kind: "principal", id });
        const overlap = inMilliseconds(body.overlapSeconds);
        const rotation = present({ overlap, lifetime: inMilliseconds(body.lifetimeSeconds) });
        const { token, secret } = await robots.rotate(doer, id, rotation);
        return { body: { ...viewToken(token), secret } };
      },
    }),
  ];
}

/** `/robots`, of the installation and of projects: the accounts of machines. */
export function robotRoutes(parts: RobotParts): AnyRoute[] {
  return [...robotsIn(system, parts), ...robotsIn(inProject(parts.projects), parts)];
}
