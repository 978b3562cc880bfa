import { z } from "@hono/zod-openapi";
import { readSessionCookie } from "../../../features/identity/sessions/cookie.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing } from "../shapes.ts";
import { replyOpened, type SignInParts, sessionShape } from "./session-view.ts";

/** A way to log in, as people see it. */
export interface LoginWay {
  readonly name: string;
  readonly label: string;
  readonly type: "local" | "htpasswd" | "ldap" | "oidc";
}

const TAG = "session";

export const passkeyOptions = z
  .object({ options: z.record(z.string(), z.unknown()), ticket: z.string() })
  .openapi("PasskeyOptions");

export const passkeyAnswer = {
  ticket: z.string().max(2_048),
  response: z.record(z.string(), z.unknown()),
};

/** Signing in with name and password, or with a passkey alone. */
export function signInRoutes(parts: SignInParts, ways: readonly LoginWay[]): AnyRoute[] {
  const { identity, sessions, factors } = parts;
  return [
    route({
      method: "get",
      path: "/auth/providers",
      id: "listLoginProviders",
      tag: TAG,
      summary: { en: "The ways to sign in, in order", zh: "登录方式（按顺序）" },
      action: "public",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z
        .object({
          items: z.array(
            z.object({
              name: z.string(),
              label: z.string(),
              type: z.enum(["local", "htpasswd", "ldap", "oidc"]),
            }),
          ),
        })
        .openapi("LoginProviders"),
      handle: () => ({ body: { items: [...ways] } }),
    }),
    route({
      method: "post",
      path: "/auth/login",
      id: "login",
      tag: TAG,
      summary: { en: "Sign in with name and password", zh: "使用用户名与密码登录" },
      action: "public",
      params: nothing,
      query: nothing,
      body: z.strictObject({
        provider: z.string().max(64).optional(),
        name: z.string().min(1).max(256),
        password: z.string().min(1).max(1_024),
      }),
      answer: sessionShape,
      async handle({ body, presence, secure, request }) {
        const vouched = await identity.checkPassword(body.name, body.password, presence);
        // Whoever names a provider wants that one and no other.
        if (body.provider !== undefined && vouched.provider !== body.provider) {
          throw failure("access.bad_credentials");
        }
        const user = await identity.users.get(vouched.principalId);
        const replaces = readSessionCookie(request.headers.get("cookie"), secure);
        const of = { ...vouched, principalName: user.name, secondFactorAt: null, replaces };
        return replyOpened(parts, await sessions.open(of, presence), secure);
      },
    }),
    route({
      method: "post",
      path: "/auth/passkey/options",
      id: "askPasskey",
      tag: TAG,
      summary: { en: "Begin to sign in with a passkey", zh: "开始使用通行密钥登录" },
      action: "public",
      params: nothing,
      query: nothing,
      body: nothing,
      answer: passkeyOptions,
      async handle() {
        const { options, ticket } = await factors.askSignIn();
        return { body: { options: { ...options }, ticket } };
      },
    }),
    route({
      method: "post",
      path: "/auth/passkey",
      id: "loginWithPasskey",
      tag: TAG,
      summary: { en: "Sign in with a passkey", zh: "使用通行密钥登录" },
      action: "public",
      params: nothing,
      query: nothing,
      body: z.strictObject(passkeyAnswer),
      answer: sessionShape,
      async handle({ body, presence, secure, request }) {
        const replaces = readSessionCookie(request.headers.get("cookie"), secure);
        return replyOpened(parts, await factors.signIn(body, presence, replaces), secure);
      },
    }),
  ];
}
