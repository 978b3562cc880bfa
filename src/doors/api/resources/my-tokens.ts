import { z } from "@hono/zod-openapi";
import type { Identity } from "../../../features/identity/service.ts";
import type { Token } from "../../../features/identity/tokens/token.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { personOf } from "./me.ts";
import { issuedShape, limitShape, tokenShape, viewToken } from "./token-view.ts";

interface TokenParts {
  readonly identity: Identity;
  readonly clock: Clock;
}

type CallOf<P extends z.ZodType> = Pick<Call<z.output<P>, unknown, unknown>, "actor" | "params">;

const one = z.strictObject({ token: idShape });
const KINDS = ["personal", "login", "refresh"] as const;
const TAG = "me";
const MILLISECONDS = 1_000;

/** The caller's own tokens, and the short-lived stand-in for a password. */
export function myTokenRoutes({ identity: { tokens }, clock }: TokenParts): AnyRoute[] {
  /** The caller's own token; anybody else's is unknown to them (A27). */
  async function own({ actor, params: { token: id } }: CallOf<typeof one>): Promise<Token> {
    const token = await tokens.get(id);
    if (token.principalId === personOf({ actor })) return token;
    throw failure("identity.unknown", { kind: "token", id });
  }

  return [
    route({
      method: "get",
      path: "/me/tokens",
      id: "listMyTokens",
      tag: TAG,
      summary: { en: "Your live tokens, without their secrets", zh: "自己的有效令牌（不含机密）" },
      action: "self:read",
      params: nothing,
      query: z.strictObject({ ...pageQuery, kind: z.enum(KINDS).default("personal") }),
      body: undefined,
      answer: pageOf(tokenShape, "MyTokens"),
      async handle(call) {
        const { query } = call;
        const page = await tokens.list({
          principalId: personOf(call),
          kinds: [query.kind],
          limit: query.limit,
          after: cursorFrom(query.cursor) ?? null,
        });
        return {
          body: { items: page.items.map(viewToken), next: cursorTo(page.next ?? undefined) },
        };
      },
    }),
    route({
      method: "post",
      path: "/me/tokens",
      id: "createToken",
      tag: TAG,
      summary: { en: "Make a personal access token", zh: "创建个人访问令牌" },
      action: "self:update",
      params: nothing,
      query: nothing,
      body: z.strictObject({
        name: z.string().min(1).max(64),
        limits: z.array(limitShape).min(1).max(32).nullable().optional(),
        addresses: z.array(z.string().max(64)).min(1).max(64).nullable().optional(),
        expiresAt: timeShape.optional(),
      }),
      answer: issuedShape,
      status: 201,
      isCreate: true,
      secrets: ["secret"],
      async handle(call) {
        personOf(call);
        const { expiresAt, name, ...rest } = call.body;
        const lifetime = expiresAt === undefined ? undefined : expiresAt - clock.now();
        const input = { name, ...present({ ...rest, lifetime }) };
        const made = await tokens.createPersonal(call.actor, call.presence.requestId ?? "", input);
        return {
          body: { ...viewToken(made.token), secret: made.secret },
          location: `/me/tokens/${made.token.id}`,
        };
      },
    }),
    route({
      method: "get",
      path: "/me/tokens/{token}",
      id: "getMyToken",
      tag: TAG,
      summary: {
        en: "Read a token of yours, without its secret",
        zh: "查看自己的令牌（不含机密）",
      },
      action: "self:read",
      params: one,
      query: nothing,
      body: undefined,
      answer: tokenShape,
      handle: async (call) => ({ body: viewToken(await own(call)) }),
    }),
    route({
      method: "delete",
      path: "/me/tokens/{token}",
      id: "revokeToken",
      tag: TAG,
      summary: { en: "Revoke a token of yours", zh: "吊销自己的令牌" },
      action: "self:update",
      params: one,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle(call) {
        await tokens.revoke(call.doer, (await own(call)).id);
        return { body: {} };
      },
    }),
    route({
      method: "post",
      path: "/login-passwords",
      id: "createLoginPassword",
      tag: TAG,
      summary: {
        en: "A short-lived password for `docker login`, with the rights of the caller's credential",
        zh: "用于 `docker login` 的短期密码，权限与调用者的凭据相同",
      },
      action: "self:login-password",
      params: nothing,
      query: nothing,
      body: z.strictObject({ ttlSeconds: z.number().int().min(60).max(43_200).optional() }),
      answer: z
        .object({
          name: z.string(),
          secret: z.string().nullable(),
          expiresAt: timeShape.nullable(),
        })
        .openapi("LoginPassword"),
      status: 201,
      isCreate: true,
      secrets: ["secret"],
      async handle({ actor, body, presence }) {
        const { ttlSeconds } = body;
        const lifetime = ttlSeconds === undefined ? undefined : ttlSeconds * MILLISECONDS;
        const input = present({ lifetime });
        const made = await tokens.createLogin(actor, presence.requestId ?? "", input);
        const { name } = actor.principal;
        return { body: { name, secret: made.secret, expiresAt: made.token.expiresAt } };
      },
    }),
  ];
}
