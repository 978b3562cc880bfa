import { OpenAPIHono } from "@hono/zod-openapi";
import { isAction } from "../../features/access/permissions.ts";
import { Failure, failure } from "../../kernel/errors/catalogue.ts";
import type { Handler } from "../../platform/listen/handler.ts";
import { Answered } from "../answered.ts";
import { challenge } from "../challenge.ts";
import { languageOf } from "../language.ts";
import type { RequestIds } from "../request-ids.ts";
import { describe, describeItself, documentOf } from "./document.ts";
import type { ApiEnv, ApiParts } from "./parts.ts";
import { ALWAYS, perform } from "./perform.ts";
import { problem } from "./problem.ts";
import type { AnyRoute } from "./route.ts";

/** The tags of routes: requests are counted by them, so that paths cannot multiply the metrics. */
const TAGS = [
  "session",
  "me",
  "users",
  "groups",
  "providers",
  "projects",
  "repositories",
  "artifacts",
  "search",
  "roles",
  "members",
  "access",
  "robots",
  "workload",
  "audit",
  "trash",
  "reclaim",
  "quotas",
  "retention",
  "jobs",
  "integrity",
  "statistics",
  "storage",
  "system",
];

/** The classes that requests of this door are counted by. */
export const apiRoutes: readonly string[] = TAGS.map((tag) => `api-${tag}`);

/** Declarations that are no permission. */
const UNNAMED: ReadonlySet<string> = new Set(["public", "visitor", "session"]);

/** A route that declares no known action stops the start (law 5, A27). */
function check(routes: readonly AnyRoute[]): void {
  const seen = new Set<string>();
  const ids = new Set<string>();
  for (const { method, path, id, tag, action, stepUp } of routes) {
    const name = `${method} ${path}`;
    if (!TAGS.includes(tag)) throw new Error(`${name} has the unknown tag ${tag}`);
    const isDeclared = UNNAMED.has(action) || isAction(action);
    if (!isDeclared) throw new Error(`${name} declares no action`);
    if (seen.has(name) || ids.has(id)) throw new Error(`${name} (${id}) is declared twice`);
    if (stepUp === true && method === "get") throw new Error(`${name}: a GET changes nothing`);
    seen.add(name);
    ids.add(id);
  }
}

const DOCUMENT = "/api/v1/openapi.json";

/** Whether the console asks, which no password box of the browser may come between. */
function isBrowser({ headers }: Request): boolean {
  return headers.has("cookie") || headers.has("sec-fetch-site") || headers.has("x-csrf-token");
}

const asHono = (path: string) => `/api/v1${path.replace(/\{(\w+)\}/g, ":$1")}`;

/** `/api/v1`: REST for people's tools and the console. */
export function apiDoor(
  routes: readonly AnyRoute[],
  parts: ApiParts,
  newRequestId: RequestIds,
): Handler {
  check(routes);
  const app = new OpenAPIHono<ApiEnv>();
  const methods = new Map<string, string[]>();
  for (const spec of routes) {
    describe(app, spec);
    const path = asHono(spec.path);
    methods.set(path, [...(methods.get(path) ?? []), spec.method.toUpperCase()]);
    app.on(spec.method, path, (c) => {
      const { answered, connection } = c.env;
      return perform(spec, c.req.param(), { request: c.req.raw, connection, answered, parts });
    });
  }
  describeItself(app);
  const document = new TextEncoder().encode(JSON.stringify(documentOf(app, parts.version)));
  methods.set(DOCUMENT, ["GET"]);
  app.get(DOCUMENT, (c) => {
    const headers = new Headers({ ...ALWAYS, "x-request-id": c.env.answered.requestId });
    headers.set("content-type", "application/json");
    headers.set("content-length", String(document.byteLength));
    return new Response(document, { headers });
  });
  for (const [path, known] of methods) {
    const allowed = known.includes("GET") ? [...known, "HEAD"] : known;
    app.all(path, (c) => {
      throw failure("request.method", { method: c.req.method, allowed });
    });
  }
  app.notFound(() => {
    throw failure("request.not_found");
  });
  app.onError((error, c) => {
    const { answered } = c.env;
    const { requestId } = answered;
    const known =
      error instanceof Failure ? error : failure("service.internal", { request: requestId }, error);
    if (known.status >= 500) {
      parts.telemetry.logger.error({ err: error, request: requestId }, known.message);
    }
    return problem(known, {
      language: languageOf(c.req.raw.headers.get("accept-language")),
      requestId,
      // A browser would ask for a password by itself: the console's session needs none of that.
      challenge: isBrowser(c.req.raw)
        ? undefined
        : challenge({ origin: undefined, service: parts.service }),
    });
  });
  return async (request, connection) => {
    const answered = new Answered(request, connection, newRequestId);
    const response = await app.fetch(request, { answered, connection });
    answered.finish(response);
    parts.telemetry.answered(answered);
    return response;
  };
}
