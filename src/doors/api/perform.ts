import type { Resource } from "../../features/access/rules.ts";
import type { Doer } from "../../features/audit/entry.ts";
import { doerOf } from "../../features/identity/doer.ts";
import type { Presence } from "../../features/identity/presence.ts";
import type { Actor } from "../../features/identity/principal.ts";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Connection } from "../../platform/listen/handler.ts";
import type { Answered } from "../answered.ts";
import { languageOf } from "../language.ts";
import { type Caller, callerOf, newcomer } from "./authenticate.ts";
import { parseBody, readBody } from "./body.ts";
import { demand } from "./demand.ts";
import type { ApiParts } from "./parts.ts";
import type { AnyRoute, Call, Reply } from "./route.ts";
import { queryObject, validate, versionOf } from "./validate.ts";

export interface Performance {
  readonly request: Request;
  readonly connection: Connection;
  readonly answered: Answered;
  readonly parts: ApiParts;
}

/** What every answer that is no refusal says. */
export const ALWAYS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

async function refuse(
  spec: AnyRoute,
  resource: Resource,
  { actor, doer, parts }: { actor: Actor; doer: Doer; parts: ApiParts },
): Promise<void> {
  const { action } = spec;
  if (action === "public" || action === "visitor" || action === "session") return;
  await demand(parts, { actor, doer }, action, resource);
}

/** What a login still owes stands before everything but paying it. */
async function checkSession(
  spec: AnyRoute,
  { actor, login }: Caller,
  parts: ApiParts,
): Promise<void> {
  if (spec.action === "public") return;
  if (spec.action === "session") {
    if (login === undefined) throw failure("access.unauthenticated");
    return;
  }
  if (login === undefined) {
    if (actor.via !== "password" || spec.whileOwing === true) return;
    const standing = await parts.identity.standing(actor.principal.id);
    if (standing?.mustChangePassword === true) throw failure("session.password_change_needed");
    return;
  }
  parts.sessions.requireActive(login.session);
  if (spec.stepUp === true) await parts.factors.requireFresh(login.session);
}

function respond(spec: AnyRoute, reply: Reply<unknown>, requestId: string): Response {
  const headers = new Headers({ ...ALWAYS, "x-request-id": requestId });
  for (const cookie of reply.cookies ?? []) headers.append("set-cookie", cookie);
  if (reply.raw !== undefined) {
    for (const [name, value] of Object.entries(reply.raw.headers)) headers.set(name, value);
    return new Response(reply.raw.body, { status: reply.raw.status, headers });
  }
  const status = spec.status ?? 200;
  if (reply.version !== undefined) headers.set("etag", `"v${reply.version}"`);
  if (reply.location !== undefined) headers.set("location", `/api/v1${reply.location}`);
  if (status === 204) return new Response(null, { status, headers });
  // Through the schema: what it does not name never leaves the house.
  const bytes = new TextEncoder().encode(JSON.stringify(spec.answer.parse(reply.body)));
  headers.set("content-type", "application/json");
  headers.set("content-length", String(bytes.byteLength));
  return new Response(bytes, { status, headers });
}

function withoutSecrets(spec: AnyRoute, body: unknown): unknown {
  if (spec.secrets === undefined || typeof body !== "object" || body === null) return body;
  const secrets = new Set(spec.secrets);
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, secrets.has(name) ? null : value]),
  );
}

/**
 * The version that the change must find. RFC 9110 §13.1.1: "MUST NOT perform the requested method"
 * when it is another one, so what cannot be compared is refused instead of being overlooked.
 */
function demandedVersion(spec: AnyRoute, request: Request): number | undefined {
  const version = versionOf(request.headers.get("if-match"));
  if (version === undefined || spec.method === "get" || spec.isVersioned === true) return version;
  throw failure("api.invalid", { problems: "If-Match: this operation compares no versions" });
}

/** Asks everything that stood before the answer once more: who it is, and whether they may. */
async function mayStill(
  spec: AnyRoute,
  resource: Resource,
  { request, connection, parts }: Performance,
  presence: Presence,
): Promise<boolean> {
  try {
    const caller = await callerOf(request, connection, presence, parts);
    await checkSession(spec, caller, parts);
    const doer = doerOf(caller.actor, presence.requestId);
    await refuse(spec, resource, { actor: caller.actor, doer, parts });
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** Does a create once for each `Idempotency-Key`. */
async function once(
  spec: AnyRoute,
  text: string,
  { request, connection, answered, parts }: Performance,
  caller: Caller,
  work: () => Promise<Response>,
): Promise<Response> {
  const key = request.headers.get("idempotency-key");
  if (key === null || spec.isCreate !== true) return work();
  const claim = { principalId: caller.actor.principal.id, key };
  const asked = { ...claim, method: request.method, path: connection.path, body: text };
  const kept = await parts.idempotency.claim(asked);
  if (kept !== undefined) {
    const headers = new Headers({ ...ALWAYS, "x-request-id": answered.requestId });
    headers.set("content-type", "application/json");
    headers.set("idempotency-replayed", "true");
    if (kept.location !== null) headers.set("location", kept.location);
    return new Response(kept.body, { status: kept.status, headers });
  }
  let response: Response;
  try {
    response = await work();
  } catch (error) {
    await parts.idempotency.settle(claim, undefined);
    throw error;
  }
  const body = JSON.stringify(withoutSecrets(spec, await response.clone().json()));
  const location = response.headers.get("location");
  await parts.idempotency.settle(claim, { status: response.status, body, location });
  return response;
}

/** Runs one request through the checks that its route declares, and answers it. */
export async function perform(
  spec: AnyRoute,
  given: Record<string, string>,
  performance: Performance,
): Promise<Response> {
  const { request, connection, answered, parts } = performance;
  const presence: Presence = {
    address: connection.peer.address,
    requestId: answered.requestId,
    userAgent: request.headers.get("user-agent"),
  };
  const note = { route: { kind: `api-${spec.tag}` }, bytesIn: 0 };
  answered.exchange = { ...note, principal: { name: "anonymous" } };
  const params = validate(spec.params, given, "path");
  const query = validate(spec.query, queryObject(connection.query), "query");
  const caller =
    spec.action === "public"
      ? newcomer(request, connection, parts)
      : await callerOf(request, connection, presence, parts);
  const { actor, login } = caller;
  answered.exchange = { ...note, principal: actor.principal };
  await checkSession(spec, caller, parts);
  const doer = doerOf(actor, answered.requestId);
  const text = spec.body === undefined ? "" : await readBody(request);
  const decideFirst = spec.on === undefined || spec.on.length < 2;
  const where = (body: unknown): Resource => spec.on?.(params, body) ?? { kind: "registry" };
  if (decideFirst) await refuse(spec, where(undefined), { actor, doer, parts });
  const body =
    spec.body === undefined
      ? {}
      : validate(spec.body, parseBody(text, request.headers.get("content-type")), "body");
  if (!decideFirst) await refuse(spec, where(body), { actor, doer, parts });
  const call: Call<unknown, unknown, unknown> = {
    params,
    query,
    body,
    actor,
    login,
    doer,
    presence,
    language: languageOf(request.headers.get("accept-language")),
    origin: parts.originOf(connection.peer.origin),
    secure: connection.peer.secure,
    request,
    connection,
    path: connection.path.slice("/api/v1".length),
    version: demandedVersion(spec, request),
    stillMay: () => mayStill(spec, where(body), performance, presence),
  };
  return once(spec, text, performance, caller, async () =>
    respond(spec, await spec.handle(call), answered.requestId),
  );
}
