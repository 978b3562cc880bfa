import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "./parts.ts";
import { problemShape } from "./problem.ts";
import type { AnyRoute } from "./route.ts";

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: "Done.",
  201: "Made.",
  202: "Taken on.",
  204: "Done; there is nothing to say.",
};

/** Writes a route into the document. */
export function describe(app: OpenAPIHono<ApiEnv>, spec: AnyRoute): void {
  const status = spec.status ?? 200;
  const media = spec.media ?? "application/json";
  const answer = { description: DESCRIPTIONS[status] ?? "Done." };
  const isPublic = spec.action === "public";
  app.openAPIRegistry.registerPath({
    method: spec.method,
    path: `/api/v1${spec.path}`,
    operationId: spec.id,
    tags: [spec.tag],
    summary: spec.summary.en,
    "x-summary-zh": spec.summary.zh,
    "x-action": spec.action,
    ...(spec.stepUp === true ? { "x-step-up": true } : {}),
    security: isPublic ? [] : [{ basic: [] }, { token: [] }, { session: [] }],
    request: {
      params: spec.params,
      query: spec.query,
      ...(spec.body === undefined
        ? {}
        : { body: { required: true, content: { "application/json": { schema: spec.body } } } }),
    },
    responses: {
      [status]:
        status === 204 ? answer : { ...answer, content: { [media]: { schema: spec.answer } } },
      default: {
        description: "Refused, and why.",
        content: { "application/problem+json": { schema: problemShape } },
      },
    },
  });
}
