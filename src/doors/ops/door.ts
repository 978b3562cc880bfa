import { type Context, Hono } from "hono";
import { decide } from "../../features/access/rules.ts";
import { anonymous, everybody, type Principal } from "../../features/identity/principal.ts";
import type { Identity } from "../../features/identity/service.ts";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Handler } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import { Answered } from "../answered.ts";
import { basicCredentials } from "../basic.ts";
import { languageOf } from "../language.ts";
import type { RequestIds } from "../request-ids.ts";
import { type ReadinessCheck, readiness } from "./readiness.ts";

export interface OpsParts {
  readonly identity: Identity;
  readonly telemetry: Telemetry;
  readonly checks: readonly ReadinessCheck[];
  readonly open: boolean;
  readonly realm: string;
}

/** The classes that requests of this door are counted by. */
export const opsRoutes = ["healthz", "readyz", "metrics"] as const;

type OpsContext = Context<{ Bindings: { readonly answered: Answered } }>;

async function callerOf(request: Request, parts: OpsParts): Promise<Principal> {
  if (parts.open) return everybody;
  const header = request.headers.get("authorization");
  const given = header === null ? undefined : basicCredentials(header);
  return given === undefined ? anonymous : parts.identity.basic(given.name, given.password);
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

function found(c: OpsContext, kind: (typeof opsRoutes)[number], principal = anonymous): void {
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
  if (known.entry.retryAfter !== undefined) headers["retry-after"] = String(known.entry.retryAfter);
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
  const app = new Hono<{ Bindings: { readonly answered: Answered } }>();
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
    const caller = await callerOf(c.req.raw, parts);
    found(c, "metrics", caller);
    const decision = decide(caller, "registry:metrics", { kind: "registry" });
    if (decision.allowed) return exposition(parts.telemetry);
    if (decision.login) throw failure("access.unauthenticated");
    const refused = {
      principal: caller.name,
      action: "registry:metrics",
      resource: "the registry",
    };
    throw failure("access.denied", refused);
  });
  app.notFound(() => {
    throw failure("request.not_found");
  });
  app.onError((error, c) => refuse(c, error, parts));
  return async (request, connection) => {
    const answered = new Answered(request, connection, newRequestId);
    const response = await app.fetch(request, { answered });
    answered.finish(response);
    parts.telemetry.answered(answered);
    return response;
  };
}
