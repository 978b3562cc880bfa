import { z } from "@hono/zod-openapi";
import type { Providers } from "../../../features/identity/providers/providers.ts";
import { readCookie, readSessionCookie } from "../../../features/identity/sessions/cookie.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing } from "../shapes.ts";
import { cookieOf, type SignInParts } from "./session-view.ts";

export interface OidcRouteParts extends SignInParts {
  readonly providers: Providers;
}

const TAG = "session";
const PATH = "/api/v1/auth";
const TEN_MINUTES = 600;

const nameOf = (secure: boolean) => (secure ? "__Secure-entrepot-login" : "entrepot_login");

/** What the browser keeps while it is away; it comes back by a link, which `Lax` lets through. */
function stateCookie(value: string, secure: boolean, maxAge: number): string {
  const flags = `Path=${PATH}; HttpOnly; ${secure ? "Secure; " : ""}SameSite=Lax`;
  return `${nameOf(secure)}=${value}; Max-Age=${maxAge}; ${flags}`;
}

const given = z.string().max(4_096);
const one = z.strictObject({ provider: z.string().max(64) });

/** A person stands there with a browser: the sign-in page says what went wrong. */
function signInPage(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return `/sign-in?error=${encodeURIComponent(error.code)}`;
}

/** Single sign-on: to the provider and back (OpenID Connect, code flow with PKCE). */
export function oidcRoutes(parts: OidcRouteParts): AnyRoute[] {
  const { identity, sessions, providers, clock } = parts;
  const redirect = (location: string) => ({
    body: {},
    raw: { status: 302, headers: { location, "content-length": "0" }, body: null },
  });
  return [
    route({
      method: "get",
      path: "/auth/oidc/{provider}/begin",
      id: "beginSingleSignOn",
      tag: TAG,
      summary: { en: "Go to a provider to sign in", zh: "前往身份提供方登录" },
      action: "public",
      params: one,
      query: z.strictObject({
        returnTo: z.string().max(2_048).optional(),
        fresh: z
          .enum(["true", "false"])
          .default("false")
          .openapi({ description: "Whether to show who one is anew although the provider knows." }),
      }),
      body: undefined,
      answer: nothing,
      status: 302,
      async handle({ params, query, origin, secure }) {
        try {
          // Where the provider sends the browser back to is never an unlisted host (A08).
          if (origin === undefined) throw failure("api.no_origin");
          const login = providers.oidc(params.provider);
          const { url, sealedState } = await login.begin({
            returnTo: query.returnTo ?? "/",
            origin,
            isFresh: query.fresh === "true",
          });
          return { ...redirect(url), cookies: [stateCookie(sealedState, secure, TEN_MINUTES)] };
        } catch (error) {
          return redirect(signInPage(error));
        }
      },
    }),
    route({
      method: "get",
      path: "/auth/oidc/{provider}/callback",
      id: "finishSingleSignOn",
      tag: TAG,
      summary: { en: "Come back from a provider", zh: "从身份提供方返回" },
      action: "public",
      params: one,
      // Whatever the provider adds is the library's to judge.
      query: z
        .object({ code: given.optional(), state: given.optional(), error: given.optional() })
        .catchall(given),
      body: undefined,
      answer: nothing,
      status: 302,
      async handle({ params, query, origin, secure, presence, request }) {
        const spent = stateCookie("", secure, 0);
        const header = request.headers.get("cookie");
        try {
          if (origin === undefined) throw failure("api.no_origin");
          const login = providers.oidc(params.provider);
          const callback = new URL(
            `${PATH}/oidc/${encodeURIComponent(params.provider)}/callback`,
            origin,
          );
          for (const [name, value] of Object.entries(query)) {
            if (value !== undefined) callback.searchParams.set(name, value);
          }
          const state = readCookie(header, nameOf(secure));
          const { returnTo, isFresh, ...vouched } = await login.finish(callback, state, presence);
          const user = await identity.users.get(vouched.principalId);
          const replaces = readSessionCookie(header, secure);
          const of = { ...vouched, principalName: user.name, secondFactorAt: null };
          const opened = await sessions.open({ ...of, replaces, isConfirmed: isFresh }, presence);
          return { ...redirect(returnTo), cookies: [spent, cookieOf(opened, secure, clock)] };
        } catch (error) {
          return { ...redirect(signInPage(error)), cookies: [spent] };
        }
      },
    }),
  ];
}
