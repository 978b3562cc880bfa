import { z } from "@hono/zod-openapi";
import type { Identity } from "../../../features/identity/service.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

export const userShape = z
  .object({
    id: idShape,
    name: z.string(),
    displayName: z.string().nullable(),
    email: z.string().nullable(),
    description: z.string().nullable(),
    origin: z.string(),
    administrator: z.boolean(),
    mustChangePassword: z.boolean(),
    state: z.enum(["active", "disabled", "deleted"]),
    createdAt: timeShape,
    disabledAt: timeShape.nullable(),
    deletedAt: timeShape.nullable(),
    lastLoginAt: timeShape.nullable(),
    version: z.number().int(),
  })
  .openapi("User");

const one = z.strictObject({ user: idShape });
const text = z.string().max(256).nullable();
const password = z.string().min(1).max(1_024);
const TAG = "users";

/** `/users`: the accounts of people. */
export function userRoutes({ users }: Identity): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/users",
      id: "listUsers",
      tag: TAG,
      summary: { en: "List users", zh: "列出用户" },
      action: "user:read",
      params: nothing,
      query: z.strictObject({
        ...pageQuery,
        sort: z.enum(["id", "name"]).default("name"),
        name: z.string().max(64).optional().openapi({ description: "What the name begins with." }),
        origin: z.string().max(64).optional(),
        administrator: z.enum(["true", "false"]).optional(),
        state: z.enum(["active", "disabled", "deleted"]).optional(),
      }),
      body: undefined,
      answer: pageOf(userShape, "Users"),
      async handle({ query }) {
        const { items, next } = await users.list({
          limit: query.limit,
          after: cursorFrom(query.cursor) ?? null,
          order: query.sort,
          ...(query.name === undefined ? {} : { prefix: query.name }),
          ...(query.origin === undefined ? {} : { origin: query.origin }),
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.administrator === undefined
            ? {}
            : { administrator: query.administrator === "true" }),
        });
        return { body: { items: [...items], next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      method: "post",
      path: "/users",
      id: "createUser",
      tag: TAG,
      summary: {
        en: "Make a local user; without a password a random one is told once",
        zh: "创建本地用户；未给出密码时随机生成并仅告知一次",
      },
      action: "user:create",
      params: nothing,
      query: nothing,
      body: z.strictObject({
        name: z.string().max(64),
        password: password.optional(),
        mustChangePassword: z.boolean().optional(),
        displayName: text.optional(),
        email: text.optional(),
        description: text.optional(),
      }),
      answer: userShape.extend({ password: z.string().nullable() }).openapi("CreatedUser"),
      status: 201,
      isCreate: true,
      secrets: ["password"],
      async handle({ body, doer }) {
        const { name, ...rest } = body;
        const made = await users.create(doer, { name, ...present(rest) });
        const { user } = made;
        return {
          body: { ...user, password: made.password },
          version: user.version,
          location: `/users/${user.id}`,
        };
      },
    }),
    route({
      method: "get",
      path: "/users/{user}",
      id: "getUser",
      tag: TAG,
      summary: { en: "Read a user", zh: "查看用户" },
      action: "user:read",
      params: one,
      query: nothing,
      body: undefined,
      answer: userShape,
      async handle({ params }) {
        const user = await users.get(params.user);
        return { body: user, version: user.version };
      },
    }),
    route({
      method: "patch",
      path: "/users/{user}",
      id: "updateUser",
      tag: TAG,
      summary: { en: "Change a user's details", zh: "修改用户资料" },
      action: "user:update",
      params: one,
      query: nothing,
      body: z.strictObject({
        displayName: text.optional(),
        email: text.optional(),
        description: text.optional(),
      }),
      answer: userShape,
      isVersioned: true,
      async handle({ params, body, doer, version }) {
        const user = await users.update(doer, params.user, present(body), version);
        return { body: user, version: user.version };
      },
    }),
    route({
      method: "delete",
      path: "/users/{user}",
      id: "deleteUser",
      tag: TAG,
      summary: { en: "Delete a user; the account can be restored", zh: "删除用户；账户可恢复" },
      action: "user:delete",
      params: one,
      query: nothing,
      body: undefined,
      answer: userShape,
      stepUp: true,
      async handle({ params, doer }) {
        return { body: await users.delete(doer, params.user) };
      },
    }),
    ...(["disable", "enable", "restore"] as const).map((verb) =>
      route({
        method: "post",
        path: `/users/{user}/${verb}`,
        id: `${verb}User`,
        tag: TAG,
        summary: {
          disable: { en: "Disable a user at once", zh: "立即停用用户" },
          enable: { en: "Enable a user again", zh: "重新启用用户" },
          restore: { en: "Restore a deleted user", zh: "恢复已删除的用户" },
        }[verb],
        action: verb === "restore" ? "user:delete" : "user:update",
        params: one,
        query: nothing,
        body: undefined,
        answer: userShape,
        async handle({ params, doer }) {
          const user = await users[verb](doer, params.user);
          return { body: user, version: user.version };
        },
      }),
    ),
    route({
      method: "put",
      path: "/users/{user}/administrator",
      id: "setAdministrator",
      tag: TAG,
      summary: {
        en: "Make somebody an administrator of the installation, or no longer one",
        zh: "授予或取消系统管理员身份",
      },
      // Who may do this could give themselves everything: only administrators hold it.
      action: "system:update",
      params: one,
      query: nothing,
      body: z.strictObject({ administrator: z.boolean() }),
      answer: userShape,
      stepUp: true,
      isVersioned: true,
      async handle({ params, body, doer, actor, version }) {
        if (!actor.principal.administrator) {
          const { name } = actor.principal;
          const refused = { principal: name, action: "system:update", resource: "the registry" };
          throw failure("access.denied", { ...refused, why: "" });
        }
        const user = await users.setAdministrator(doer, params.user, body.administrator, version);
        return { body: user, version: user.version };
      },
    }),
  ];
}
