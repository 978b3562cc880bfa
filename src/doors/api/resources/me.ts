import { z } from "@hono/zod-openapi";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { idShape, nothing } from "../shapes.ts";
import { cookieOf, type SignInParts } from "./session-view.ts";

const meShape = z
  .object({
    id: idShape,
    kind: z.enum(["user", "robot"]),
    name: z.string(),
    displayName: z.string().nullable(),
    email: z.string().nullable(),
    administrator: z.boolean(),
    origin: z.string(),
    groups: z.array(z.object({ id: idShape, name: z.string() })),
    via: z.string(),
    secondFactor: z.boolean(),
  })
  .openapi("Me");

const text = z.string().max(256).nullable().optional();
const password = z.string().min(1).max(1_024);
const TAG = "me";

/** Refuses whoever is no person: robots have no password, factors or tokens of their own. */
export function personOf({ actor }: Pick<Call<unknown, unknown, unknown>, "actor">): string {
  const { id, kind, name } = actor.principal;
  if (kind === "user") return id;
  const resource = "an account of a person";
  throw failure("access.denied", { principal: name, action: "self:update", resource, why: "" });
}

/** The caller's own account. */
export function meRoutes(parts: SignInParts): AnyRoute[] {
  const { identity, sessions } = parts;
  const { users, groups, robots } = identity;

  async function describe({ actor }: Pick<Call<unknown, unknown, unknown>, "actor">) {
    const { id, kind, name, administrator } = actor.principal;
    if (kind === "anonymous") throw failure("access.unauthenticated");
    const mine = (await groups.of(id)).map((group) => ({ id: group.id, name: group.name }));
    const common = { id, kind, name, administrator, groups: mine, via: actor.via };
    const { secondFactor } = actor;
    if (kind === "robot") {
      await robots.get(id);
      const none = { displayName: null, email: null };
      return { body: { ...common, ...none, origin: "local", secondFactor } };
    }
    const { displayName, email, origin, version } = await users.get(id);
    return { body: { ...common, displayName, email, origin, secondFactor }, version };
  }

  return [
    route({
      method: "get",
      path: "/me",
      id: "getMe",
      tag: TAG,
      summary: { en: "Who you are", zh: "查看自己的账户" },
      action: "self:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: meShape,
      handle: (call) => describe(call),
    }),
    route({
      method: "patch",
      path: "/me",
      id: "updateMe",
      tag: TAG,
      summary: { en: "Change your own details", zh: "修改自己的资料" },
      action: "self:update",
      params: nothing,
      query: nothing,
      body: z.strictObject({ displayName: text, email: text }),
      answer: meShape,
      isVersioned: true,
      async handle(call) {
        await users.update(call.doer, personOf(call), present(call.body), call.version);
        return describe(call);
      },
    }),
    route({
      method: "put",
      path: "/me/password",
      id: "changePassword",
      tag: TAG,
      summary: {
        en: "Change your password; every other session ends",
        zh: "修改密码；其他会话全部结束",
      },
      action: "self:update",
      whileOwing: true,
      params: nothing,
      query: nothing,
      body: z.strictObject({ oldPassword: password, newPassword: password }),
      answer: nothing,
      status: 204,
      async handle(call) {
        const { body, doer, presence, login } = call;
        const words = { old: body.oldPassword, new: body.newPassword };
        await users.changePassword(doer, personOf(call), words, presence);
        if (login === undefined) return { body: {} };
        // The change has ended every session of the account; this one alone goes on.
        const opened = await sessions.rotate(login.session, presence, { afterPassword: true });
        return { body: {}, cookies: [cookieOf(opened, call.secure, parts.clock)] };
      },
    }),
  ];
}
