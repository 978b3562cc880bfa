import { type Context, Hono } from "hono";
import type { Resource } from "../../features/access/rules.ts";
import type { Access } from "../../features/access/service.ts";
import { doerOf } from "../../features/identity/doer.ts";
import type { Presence } from "../../features/identity/presence.ts";
import {
  type Actor,
  anonymousAt,
  everybodyAt,
  type Principal,
} from "../../features/identity/principal.ts";
import type { Identity } from "../../features/identity/service.ts";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Connection, Handler } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import { Answered } from "../answered.ts";
import { basicCredentials, bearerToken } from "../basic.ts";
import type { Denials } from "../denials.ts";
import { denied } from "../denied.ts";
import { languageOf } from "../language.ts";
import type { RequestIds } from "../request-ids.ts";
import { retryAfterOf } from "../retry-after.ts";
import { type ReadinessCheck, readiness } from "./readiness.ts";

export interface OpsParts {
  readonly identity: Pick<Identity, "basic" | "bearer">;
  readonly access: Pick<Access, "decide">;
  readonly denials: Denials;
  readonly telemetry: Telemetry;
  readonly checks: readonly ReadinessCheck[];
  readonly open: boolean;
  readonly realm: string;
}

/** The classes that requests of this door are counted by. */
export const opsRoutes = ["healthz", "readyz", "metrics"] as const;

interface Asked {
  readonly answered: Answered;
  readonly connection: Connection;
}

type OpsContext = Context<{ Bindings: Asked }>;

const REGISTRY: Resource = { kind: "registry" };
const nobody = anonymousAt(null).principal;

async function callerOf(c: OpsContext, { identity, open }: OpsParts): Promise<Actor> {
  const { answered } = c.env;
  const { headers } = c.req.raw;
  const { address } = c.env.connection.peer;
  if (open) return everybodyAt(address);
  const header = headers.get("authorization");
  if (header === null) return anonymousAt(address);
  const userAgent = headers.get("user-agent");
  const presence: Presence = { address, requestId: answered.requestId, userAgent };
  const secret = bearerToken(header);
  if (secret !== undefined) return identity.bearer(secret, presence);
  const given = basicCredentials(header);
  return given === undefined
    ? anonymousAt(address)
    : identity.basic(given.name, given.password, presence);
}

/** Throws unless the caller may read metrics; who may not is written down first. */
async function authorize(c: OpsContext, parts: OpsParts): Promise<void> {
  const caller = await callerOf(c, parts);
  found(c, "metrics", caller.principal);
  const action = "registry:metrics";
  const decision = await parts.access.decide(caller, action, REGISTRY);
  if (decision.allowed) return;
  if (decision.login) throw failure("access.unauthenticated");
  await parts.denials.record(doerOf(caller, c.env.answered.requestId), {
    action,
    object: { kind: "registry", id: null, name: null },
    project: null,
    reason: decision.reason,
  });
  throw denied(caller, action, REGISTRY, decision);
}

/** Its length is said and not left to the runtime, so that the access log knows it too. */
function sized(text: string, headers: Readonly<Record<string, string>>, status = 200): Response {
  const length = String(Buffer.byteLength(text));
  return new Response(text, { status, headers: { ...headers, "content-length": length } });
}

function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) {
  const type = { "content-type": "application/json" };
  return sized(JSON.stringify(value), { ...type, ...headers }, status);
}

/** Metrics as a response, for whoever may have them. */
export async function exposition(telemetry: Telemetry): Promise<Response> {
  const { contentType, text } = await telemetry.exposition();
  return sized(text, { "content-type": contentType });
}

function found(
  c: OpsContext,
  kind: (typeof opsRoutes)[number],
  principal: Principal = nobody,
): void {
  c.env.answered.exchange = { route: { kind }, bytesIn: 0, principal };
}

/** A refusal as `{code, message, help}`, in the language that the client asks for. */
function refuse(c: OpsContext, error: Error, { telemetry, realm }: OpsParts): Response {
  const { requestId } = c.env.answered;
  const known =
    error instanceof Failure ? error : failure("service.internal", { request: requestId }, error);
  if (known.status >= 500) {
    telemetry.logger.error({ err: error, request: requestId }, known.message);
  }
  const headers: Record<string, string> = { "x-request-id": requestId };
  const wait = retryAfterOf(known);
  if (wait !== undefined) headers["retry-after"] = String(wait);
  if (known.status === 401) headers["www-authenticate"] = `Basic realm="${realm}"`;
  const language = languageOf(c.req.raw.headers.get("accept-language"));
  const body = { code: known.code, message: known.words(language), help: known.help(language) };
  return json(body, known.status, headers);
}

/**
 * `/healthz`: the process lives. `/readyz`: it can do its work, part by part; 503 while it cannot
 * or is stopping. `/metrics`: in Prometheus' format, with a right.
 */
export function opsDoor(parts: OpsParts, newRequestId: RequestIds): Handler {
  const app = new Hono<{ Bindings: Asked }>();
  app.get("/healthz", (c) => {
    found(c, "healthz");
    return json({ alive: true });
  });
  app.get("/readyz", async (c) => {
    found(c, "readyz");
    const state = await readiness(parts.checks);
    return state.ready ? json(state) : json(state, 503, { "retry-after": "2" });
  });
  app.get("/metrics", async (c) => {
    found(c, "metrics");
    await authorize(c, parts);
    return exposition(parts.telemetry);
  });
  app.notFound(() => {
    throw failure("request.not_found");
  });
  app.onError((error, c) => refuse(c, error, parts));
  return async (request, connection) => {
    const answered = new Answered(request, connection, newRequestId);
    const response = await app.fetch(request, { answered, connection });
    answered.finish(response);
    parts.telemetry.answered(answered);
    return response;
  };
}
