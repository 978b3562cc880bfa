import { Hono } from "hono";
import { decide } from "../../features/access/rules.ts";
import { anonymous, everybody, type Principal } from "../../features/identity/principal.ts";
import type { Identity } from "../../features/identity/service.ts";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Handler } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import { basicCredentials } from "../basic.ts";

/** A part of the service whose failing makes it unready. */
export interface ReadinessCheck {
  readonly name: string;
  /** Throws when the part cannot do its work. */
  check(): Promise<void>;
}

export interface OpsParts {
  readonly identity: Identity;
  readonly telemetry: Telemetry;
  readonly checks: readonly ReadinessCheck[];
  readonly open: boolean;
  readonly realm: string;
}

async function readiness(checks: readonly ReadinessCheck[]) {
  const parts = await Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        await check();
        return { name, ready: true };
      } catch (error) {
        const reason = error instanceof Failure ? error.code : "service.internal";
        return { name, ready: false, reason };
      }
    }),
  );
  return { ready: parts.every((part) => part.ready), parts };
}

async function callerOf(request: Request, parts: OpsParts): Promise<Principal> {
  if (parts.open) return everybody;
  const header = request.headers.get("authorization");
  const given = header === null ? undefined : basicCredentials(header);
  return given === undefined ? anonymous : parts.identity.basic(given.name, given.password);
}

/** Metrics as a response, for whoever may have them. */
export async function exposition(telemetry: Telemetry): Promise<Response> {
  const { contentType, text } = await telemetry.exposition();
  return new Response(text, { headers: { "content-type": contentType } });
}

/**
 * `/healthz`: the process lives. `/readyz`: it can do its work, part by part; 503 while it cannot
 * or is stopping. `/metrics`: in Prometheus' format, with a right.
 */
export function opsDoor(parts: OpsParts): Handler {
  const app = new Hono();
  app.get("/healthz", (c) => c.json({ alive: true }));
  app.get("/readyz", async (c) => {
    const state = await readiness(parts.checks);
    if (!state.ready) c.header("retry-after", "2");
    return c.json(state, state.ready ? 200 : 503);
  });
  app.get("/metrics", async (c) => {
    const caller = await callerOf(c.req.raw, parts);
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
  app.onError((error, c) => {
    const known = error instanceof Failure ? error : failure("service.internal", { request: "-" });
    if (known.status >= 500) parts.telemetry.logger.error({ err: error }, error.message);
    if (known.status === 401) c.header("www-authenticate", `Basic realm="${parts.realm}"`);
    const body = { code: known.code, message: known.words("en"), help: known.help("en") };
    return c.json(body, known.status as 400);
  });
  return (request) => app.fetch(request);
}
