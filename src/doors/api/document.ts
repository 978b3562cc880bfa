import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ApiEnv } from "./parts.ts";
import { problemShape } from "./problem.ts";
import type { AnyRoute } from "./route.ts";

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: "Done.",
  201: "Made.",
  202: "Taken on.",
  204: "Done; there is nothing to say.",
  302: "Go on at `Location`.",
};

const EMPTY = new Set([204, 302]);

const ANYBODY = [{ basic: [] }, { token: [] }, { session: [] }];

const idempotencyKey = z.object({
  "Idempotency-Key": z.string().min(1).max(128).optional().openapi({
    description: "Makes it once, however often the request is repeated with this key.",
  }),
});

const ifMatch = z.object({
  "If-Match": z.string().optional().openapi({
    description: "The `ETag` that the change must find; another one answers 412.",
    example: '"v3"',
  }),
});

function securityOf({ action }: AnyRoute) {
  if (action === "public") return [];
  if (action === "visitor") return [{}, ...ANYBODY];
  return action === "session" ? [{ session: [] }] : ANYBODY;
}

function headersOf({ isCreate, isVersioned }: AnyRoute) {
  if (isCreate === true) return { headers: idempotencyKey };
  return isVersioned === true ? { headers: ifMatch } : {};
}

function bodyOf({ body: schema }: AnyRoute) {
  if (schema === undefined) return {};
  return { body: { required: true, content: { "application/json": { schema } } } };
}

function answerOf({ status = 200, media = ["application/json"], answer: schema }: AnyRoute) {
  const answer = { description: DESCRIPTIONS[status] ?? "Done." };
  if (EMPTY.has(status)) return { [status]: answer };
  const content = Object.fromEntries(media.map((each) => [each, { schema }]));
  return { [status]: { ...answer, content } };
}

/** Writes a route into the document. */
export function describe(app: OpenAPIHono<ApiEnv>, spec: AnyRoute): void {
  const { method, path, id, tag, summary, action, params, query } = spec;
  app.openAPIRegistry.registerPath({
    method,
    path: `/api/v1${path}`,
    operationId: id,
    tags: [tag],
    summary: summary.en,
    "x-summary-zh": summary.zh,
    "x-action": action,
    ...(spec.stepUp === true ? { "x-step-up": true } : {}),
    security: securityOf(spec),
    request: { params, query, ...headersOf(spec), ...bodyOf(spec) },
    responses: {
      ...answerOf(spec),
      default: {
        description: "Refused, and why.",
        content: { "application/problem+json": { schema: problemShape } },
      },
    },
  });
}

/** The document's own route, which anybody may read. */
export function describeItself(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/api/v1/openapi.json",
    operationId: "getDocument",
    tags: ["system"],
    summary: "This document",
    "x-summary-zh": "本文档",
    "x-action": "public",
    security: [],
    responses: {
      200: {
        description: "Done.",
        content: { "application/json": { schema: z.record(z.string(), z.unknown()) } },
      },
    },
  });
}

/** The document of all routes described so far (OpenAPI 3.1). */
export function documentOf(app: OpenAPIHono<ApiEnv>, version: string) {
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "basic", {
    type: "http",
    scheme: "basic",
    description: "A name with its password, or with a token in the password's place.",
  });
  registry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "A personal token, or the secret of a robot, by itself.",
  });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "__Host-entrepot",
    description:
      "The console's session (`entrepot_session` without TLS). What changes something takes the header `X-CSRF-Token` with `csrfToken` of `GET /api/v1/session`, and comes from the same origin.",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Entrepôt", version, license: { name: "Apache-2.0" } },
  });
}
