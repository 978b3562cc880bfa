import { type Context, Hono } from "hono";
import type { Presence } from "../../features/identity/presence.ts";
import { type Actor, anonymousAt, everybodyAt } from "../../features/identity/principal.ts";
import { JWKS_MAX_AGE } from "../../features/registry-tokens/keys/service.ts";
import type { RegistryTokens } from "../../features/registry-tokens/service.ts";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Connection, Handler } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import { Answered } from "../answered.ts";
import { languageOf } from "../language.ts";
import type { RequestIds } from "../request-ids.ts";
import { given, keySet, type Method, refuse } from "./answers.ts";
import { readGrant, readQuery, type Shown, type TokenAsk } from "./ask.ts";
import { readForm } from "./form.ts";

/** What this door needs of identity. */
export interface TokenIdentity {
  /** Throws `access.bad_credentials`, `access.throttled`; writes both down. */
  basic(name: string, secret: string, presence: Presence): Promise<Actor>;
  readonly tokens: {
    issueRefresh(
      actor: Actor,
      requestId: string | null,
      client: string,
    ): Promise<{ readonly secret: string }>;
    /** Throws as `basic` does, and writes down as it does. */
    refresh(secret: string, presence: Presence): Promise<Actor>;
  };
}

/** Who an outside issuer's token stands for. Throws 401 alike for every reason; writes it down. */
export type Exchange = (
  subjectToken: string,
  presence: Presence,
  wanted: { readonly rule?: string; readonly robot?: string },
) => Promise<{ readonly actor: Actor }>;

export interface TokenParts {
  readonly identity: TokenIdentity;
  readonly tokens: Pick<RegistryTokens, "issue" | "keys">;
  /** Left out where there are no trust rules: the grant is then not supported. */
  readonly exchange?: Exchange | undefined;
  readonly telemetry: Telemetry;
  /** What the challenge of a 401 calls this registry. */
  readonly realm: string;
  /** Everybody may do everything (`--insecure-no-auth`). */
  readonly open: boolean;
}

/** The classes that requests of this door are counted by. */
export const tokenRoutes = ["token", "jwks"] as const;

type TokenContext = Context<{
  Bindings: { readonly answered: Answered; readonly connection: Connection };
}>;

function found(
  c: TokenContext,
  kind: (typeof tokenRoutes)[number],
  bytesIn = 0,
  name = "anonymous",
) {
  c.env.answered.exchange = { route: { kind }, bytesIn, principal: { name } };
}

function presenceOf(c: TokenContext): Presence {
  const { answered, connection } = c.env;
  const { address } = connection.peer;
  return { address, requestId: answered.requestId, userAgent: answered.userAgent };
}

/** Who shows it. Nothing is nobody, and wrong is never nobody. */
async function whoShows(shown: Shown, presence: Presence, parts: TokenParts): Promise<Actor> {
  const { identity, exchange, open } = parts;
  if (open) return everybodyAt(presence.address);
  switch (shown.kind) {
    case "nothing":
      return anonymousAt(presence.address);
    case "password":
      return identity.basic(shown.name, shown.password, presence);
    case "refresh":
      return identity.tokens.refresh(shown.secret, presence);
    case "outside": {
      if (exchange === undefined) throw failure("access.bad_credentials");
      const { token, rule, robot } = shown;
      const wanted = { ...(rule && { rule }), ...(robot && { robot }) };
      return (await exchange(token, presence, wanted)).actor;
    }
  }
}

async function answer(
  c: TokenContext,
  { method, bytesIn, ask }: { method: Method; bytesIn: number; ask: TokenAsk },
  parts: TokenParts,
): Promise<Response> {
  const presence = presenceOf(c);
  const actor = await whoShows(ask.shown, presence, parts);
  found(c, "token", bytesIn, actor.principal.name);
  const token = await parts.tokens.issue(actor, ask.scopes);
  // One who shows a refresh token has one, and another would outlive it (A38).
  const wantsRefresh = ask.offline && ask.shown.kind === "password" && !parts.open;
  const refresh = wantsRefresh
    ? (await parts.identity.tokens.issueRefresh(actor, presence.requestId, ask.client)).secret
    : undefined;
  return given(method, { token, refresh, exchanged: ask.shown.kind === "outside" });
}

function asFailure(error: Error, c: TokenContext, { logger }: Telemetry): Failure {
  const { requestId } = c.env.answered;
  if (error instanceof Failure && error.status < 500) return error;
  if (error.name === "AbortError") {
    // The client left: nobody reads the answer, and it is no fault of ours.
    return failure("request.malformed", { reason: "it ended before its body did" }, error);
  }
  logger.error({ err: error, request: requestId }, error.message);
  return error instanceof Failure
    ? error
    : failure("service.internal", { request: requestId }, error);
}

/**
 * `/token`: Docker's token service, by GET and by POST; `/token/jwks`: the keys that its tokens
 * are checked with. Asking for too much gives less; only wrong credentials are refused.
 */
export function tokenDoor(parts: TokenParts, newRequestId: RequestIds): Handler {
  const app = new Hono<{
    Bindings: { readonly answered: Answered; readonly connection: Connection };
  }>();
  app.get("/token", (c) => {
    found(c, "token");
    const authorization = parts.open ? null : c.req.raw.headers.get("authorization");
    const ask = readQuery(c.env.connection.query, authorization);
    return answer(c, { method: "GET", bytesIn: 0, ask }, parts);
  });
  app.post("/token", async (c) => {
    found(c, "token");
    const form = await readForm(c.req.raw);
    found(c, "token", form.size);
    const ask = readGrant(form, parts.exchange !== undefined);
    return answer(c, { method: "POST", bytesIn: form.size, ask }, parts);
  });
  app.get("/token/jwks", async (c) => {
    found(c, "jwks");
    return keySet(await parts.tokens.keys.jwks(), JWKS_MAX_AGE);
  });
  const methods = { "/token": ["GET", "HEAD", "POST"], "/token/jwks": ["GET", "HEAD"] };
  for (const [path, allowed] of Object.entries(methods)) {
    app.all(path, (c) => {
      throw failure("request.method", { method: c.req.method, allowed });
    });
  }
  app.notFound(() => {
    throw failure("request.not_found");
  });
  app.onError((error, c) =>
    refuse(asFailure(error, c, parts.telemetry), {
      method: c.req.method,
      language: languageOf(c.req.raw.headers.get("accept-language")),
      requestId: c.env.answered.requestId,
      realm: parts.realm,
    }),
  );
  return async (request, connection) => {
    const answered = new Answered(request, connection, newRequestId);
    const response = await app.fetch(request, { answered, connection });
    answered.finish(response);
    parts.telemetry.answered(answered);
    return response;
  };
}
