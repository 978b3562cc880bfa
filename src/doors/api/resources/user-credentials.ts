import { z } from "@hono/zod-openapi";
import type { Factors } from "../../../features/identity/factors/service.ts";
import type { Identity } from "../../../features/identity/service.ts";
import type { Sessions } from "../../../features/identity/sessions/service.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery } from "../shapes.ts";
import { refuseStrongerUser, type StrengthParts } from "../stronger.ts";
import { tokenShape, viewToken } from "./token-view.ts";

export interface PeopleParts extends StrengthParts {
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly factors: Factors;
}

const one = z.strictObject({ user: idShape });
const password = z.string().min(1).max(1_024);
const told = z.object({ password: z.string().nullable() }).openapi("NewPassword");
const TAG = "users";

/** What an administrator can do about somebody else's passwords, tokens, sessions and factors. */
export function userCredentialRoutes(parts: PeopleParts): AnyRoute[] {
  const { identity, sessions, factors } = parts;
  const { users, tokens } = identity;
  return [
    route({
      method: "put",
      path: "/users/{user}/password",
      id: "setPassword",
      tag: TAG,
      summary: {
        en: "Set a user's password; without one a random one is told once",
        zh: "设置用户密码；未给出时随机生成并仅告知一次",
      },
      action: "user:update",
      params: one,
      query: nothing,
      body: z.strictObject({
        password: password.optional(),
        mustChange: z.boolean().optional(),
      }),
      answer: told,
      stepUp: true,
      async handle({ params, body, doer, actor }) {
        // Whoever sets somebody's password can be them.
        await refuseStrongerUser(parts, actor, params.user);
        return { body: await users.setPassword(doer, params.user, present(body)) };
      },
    }),
    route({
      method: "get",
      path: "/users/{user}/tokens",
      id: "listUserTokens",
      tag: TAG,
      summary: {
        en: "List a user's tokens, without their secrets",
        zh: "列出用户的令牌（不含机密）",
      },
      action: "user:read",
      params: one,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(tokenShape, "Tokens"),
      async handle({ params, query }) {
        const { id } = await users.get(params.user);
        const after = cursorFrom(query.cursor) ?? null;
        const page = await tokens.list({ principalId: id, after, limit: query.limit });
        return {
          body: { items: page.items.map(viewToken), next: cursorTo(page.next ?? undefined) },
        };
      },
    }),
    route({
      method: "delete",
      path: "/users/{user}/tokens/{token}",
      id: "revokeUserToken",
      tag: TAG,
      summary: { en: "Revoke a user's token", zh: "吊销用户的令牌" },
      action: "user:update",
      params: z.strictObject({ user: idShape, token: idShape }),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params, doer }) {
        const token = await tokens.get(params.token);
        // The token must be of the user in the path (A27).
        if (token.principalId !== params.user) {
          throw failure("identity.unknown", { kind: "token", id: params.token });
        }
        await tokens.revoke(doer, params.token);
        return { body: {} };
      },
    }),
    route({
      method: "delete",
      path: "/users/{user}/sessions",
      id: "endUserSessions",
      tag: TAG,
      summary: { en: "End all sessions of a user", zh: "结束用户的全部会话" },
      action: "user:update",
      params: one,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params, doer }) {
        const { id } = await users.get(params.user);
        await sessions.endAll(doer, id);
        return { body: {} };
      },
    }),
    route({
      method: "delete",
      path: "/users/{user}/factors",
      id: "resetUserFactors",
      tag: TAG,
      summary: {
        en: "Remove all second factors of a user who has lost them",
        zh: "清除用户丢失的全部第二验证因素",
      },
      action: "user:update",
      params: one,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ params, doer, actor }) {
        await refuseStrongerUser(parts, actor, params.user);
        await factors.reset(doer, params.user);
        return { body: {} };
      },
    }),
  ];
}
