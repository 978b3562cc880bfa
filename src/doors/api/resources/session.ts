import { z } from "@hono/zod-openapi";
import type { Proof } from "../../../features/identity/factors/step-up.ts";
import type { Providers } from "../../../features/identity/providers/providers.ts";
import { forgottenCookie } from "../../../features/identity/sessions/cookie.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing } from "../shapes.ts";
import {
  describeSession,
  loginOf,
  replyOpened,
  type SignInParts,
  sessionShape,
} from "./session-view.ts";
import { passkeyAnswer, passkeyOptions } from "./sign-in.ts";

const TAG = "session";
const code = z.string().min(1).max(64);

const factorProof = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("totp"), code }),
  z.strictObject({ kind: z.literal("recovery"), code }),
  z.strictObject({ kind: z.literal("passkey"), ...passkeyAnswer }),
]);

const anyProof = z.discriminatedUnion("kind", [
  ...factorProof.options,
  z.strictObject({ kind: z.literal("password"), password: z.string().min(1).max(1_024) }),
]);

function proofOf(body: z.output<typeof anyProof>): Proof {
  switch (body.kind) {
    case "password":
      return { method: "password", password: body.password };
    case "passkey":
      return { method: "passkey", answer: { ticket: body.ticket, response: body.response } };
    default:
      return { method: body.kind, code: body.code };
  }
}

export interface SessionParts extends SignInParts {
  readonly providers: Pick<Providers, "oidc" | "options">;
}

/** The session that the browser has: how it stands, what it still owes, its end. */
export function sessionRoutes(parts: SessionParts): AnyRoute[] {
  const { identity, sessions, factors, providers } = parts;

  /** Where the provider's own session ends; null when it goes on, or when nobody can say. */
  async function elsewhere(provider: string, origin: string | undefined): Promise<string | null> {
    const isRedirect = providers.options.some(
      ({ name, kind }) => name === provider && kind === "redirect",
    );
    if (!isRedirect || origin === undefined) return null;
    try {
      return (await providers.oidc(provider).logoutUrl(`${origin}/sign-in`)) ?? null;
    } catch (error) {
      // The session here has ended all the same; a provider that is away changes nothing of it.
      if (error instanceof Failure) return null;
      throw error;
    }
  }

  return [
    route({
      method: "get",
      path: "/session",
      id: "getSession",
      tag: TAG,
      summary: { en: "How your session stands", zh: "当前会话状态" },
      action: "session",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: sessionShape,
      async handle(call) {
        const { session, cookie } = loginOf(call);
        return { body: await describeSession(parts, session, cookie) };
      },
    }),
    route({
      method: "delete",
      path: "/session",
      id: "logout",
      tag: TAG,
      summary: { en: "Sign out", zh: "退出登录" },
      action: "session",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z
        .object({ redirect: z.string().nullable() })
        .openapi("SignedOut", { description: "Where to go to sign out at the provider too." }),
      async handle(call) {
        const { session } = loginOf(call);
        await sessions.end(call.doer, session.principalId, session.id);
        const redirect = await elsewhere(session.provider, call.origin);
        return { body: { redirect }, cookies: [forgottenCookie(call.secure)] };
      },
    }),
    route({
      method: "post",
      path: "/session/factor",
      id: "showFactor",
      tag: TAG,
      summary: { en: "Show a second factor to finish signing in", zh: "出示第二因素以完成登录" },
      action: "session",
      params: nothing,
      query: nothing,
      body: factorProof,
      answer: sessionShape,
      async handle(call) {
        const { session } = loginOf(call);
        const opened = await factors.confirm(session, proofOf(call.body), call.presence);
        return replyOpened(parts, opened, call.secure);
      },
    }),
    route({
      method: "post",
      path: "/session/factor/passkey-options",
      id: "askOwnPasskey",
      tag: TAG,
      summary: { en: "Begin to show a passkey", zh: "开始出示通行密钥" },
      action: "session",
      params: nothing,
      query: nothing,
      body: nothing,
      answer: passkeyOptions,
      async handle(call) {
        const { options, ticket } = await factors.askPasskey(loginOf(call).session);
        return { body: { options: { ...options }, ticket } };
      },
    }),
    route({
      method: "post",
      path: "/session/confirm",
      id: "confirmSession",
      tag: TAG,
      summary: { en: "Confirm that it is still you (step-up)", zh: "重新验证身份" },
      action: "session",
      params: nothing,
      query: nothing,
      body: anyProof,
      answer: sessionShape,
      async handle(call) {
        const { session } = loginOf(call);
        const opened = await factors.confirm(session, proofOf(call.body), call.presence);
        return replyOpened(parts, opened, call.secure);
      },
    }),
    route({
      method: "post",
      path: "/session/password",
      id: "replacePassword",
      tag: TAG,
      summary: {
        en: "Choose the password that the account still owes",
        zh: "设置账户所需的新密码",
      },
      action: "session",
      params: nothing,
      query: nothing,
      body: z.strictObject({
        oldPassword: z.string().min(1).max(1_024),
        newPassword: z.string().min(1).max(1_024),
      }),
      answer: sessionShape,
      async handle(call) {
        const { session } = loginOf(call);
        if (session.state === "owes-factor") throw failure("session.factor_needed");
        const words = { old: call.body.oldPassword, new: call.body.newPassword };
        await identity.users.changePassword(call.doer, session.principalId, words, call.presence);
        // The change has ended every session of the account; this one alone goes on.
        const opened = await sessions.rotate(session, call.presence, { afterPassword: true });
        return replyOpened(parts, opened, call.secure);
      },
    }),
  ];
}
