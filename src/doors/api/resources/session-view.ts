import { z } from "@hono/zod-openapi";
import type { Factors } from "../../../features/identity/factors/service.ts";
import type { Identity } from "../../../features/identity/service.ts";
import { sessionCookie } from "../../../features/identity/sessions/cookie.ts";
import type { Sessions } from "../../../features/identity/sessions/service.ts";
import type { Opened, Session } from "../../../features/identity/sessions/session.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Call, Reply, SessionOfCall } from "../route.ts";
import { idShape, timeShape } from "../shapes.ts";

/** What the routes of signing in stand on. */
export interface SignInParts {
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly factors: Factors;
  readonly clock: Clock;
}

export const sessionShape = z
  .object({
    state: z.enum(["active", "owes-factor", "owes-password", "owes-enrolment"]),
    user: z.object({
      id: idShape,
      name: z.string(),
      displayName: z.string().nullable(),
      administrator: z.boolean(),
    }),
    factors: z.object({
      totp: z.boolean(),
      passkeys: z.number().int(),
      recoveryCodesLeft: z.number().int(),
    }),
    /** What can be shown to confirm that it is still the same person. */
    methods: z.array(z.string()),
    /** Who vouched for the login. */
    provider: z.string(),
    csrfToken: z.string(),
    expiresAt: timeShape,
    secondFactor: z.boolean(),
    confirmedAt: timeShape,
  })
  .openapi("SessionState");

type SessionBody = z.input<typeof sessionShape>;

/** The session of a call to a route of action `session`, which has one. */
export function loginOf(call: Pick<Call<unknown, unknown, unknown>, "login">): SessionOfCall {
  if (call.login === undefined) throw failure("access.unauthenticated");
  return call.login;
}

/** How a session stands, for the console. */
export async function describeSession(
  { identity, sessions, factors }: SignInParts,
  session: Session,
  cookie: string,
): Promise<SessionBody> {
  const [user, { factors: all, recoveryLeft }, methods] = await Promise.all([
    identity.users.get(session.principalId),
    factors.list(session.principalId),
    factors.methods(session),
  ]);
  // Whoever has shown only a password is told no more than what to do next.
  const { name, displayName, administrator } = user;
  return {
    state: session.state,
    user: { id: user.id, name, displayName, administrator },
    factors: {
      totp: all.some(({ kind }) => kind === "totp"),
      passkeys: all.filter(({ kind }) => kind === "passkey").length,
      recoveryCodesLeft: recoveryLeft,
    },
    methods,
    provider: session.provider,
    csrfToken: sessions.csrfToken(cookie),
    expiresAt: session.expiresAt,
    secondFactor: session.secondFactorAt !== null,
    confirmedAt: session.confirmedAt,
  };
}

/** The `Set-Cookie` of a session that was just opened or rotated. */
export function cookieOf({ cookie, session }: Opened, secure: boolean, clock: Clock): string {
  const maxAge = (session.expiresAt - clock.now()) / 1_000;
  return sessionCookie(cookie.reveal(), { secure, maxAge });
}

/** Answers with the session as it stands now, under its new cookie. */
export async function replyOpened(
  parts: SignInParts,
  opened: Opened,
  secure: boolean,
): Promise<Reply<SessionBody>> {
  const body = await describeSession(parts, opened.session, opened.cookie.reveal());
  return { body, cookies: [cookieOf(opened, secure, parts.clock)] };
}
