import { z } from "@hono/zod-openapi";
import type { Failure, Language } from "../../kernel/errors/catalogue.ts";
import { retryAfterOf } from "../retry-after.ts";

/** RFC 9457, with the catalogue's code and way out beside. */
export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    help: z.string(),
    request: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi("Problem");

export interface ProblemContext {
  readonly language: Language;
  readonly requestId: string;
  readonly challenge: string | undefined;
}

/** A refusal as `application/problem+json`. */
export function problem(failure: Failure, context: ProblemContext): Response {
  const { language, requestId, challenge } = context;
  const { status, code, details } = failure;
  const words = failure.words(language);
  const why = language === "zh" ? details.why_zh : details.why;
  const body = {
    type: `urn:entrepot:error:${code}`,
    title: words,
    status,
    detail: typeof why === "string" && why !== "" ? `${words}: ${why}` : words,
    code,
    help: failure.help(language),
    request: requestId,
    details,
  };
  const headers = new Headers({
    "content-type": "application/problem+json",
    "content-language": language,
    "cache-control": "no-store",
    "x-request-id": requestId,
    "x-content-type-options": "nosniff",
  });
  const retryAfter = retryAfterOf(failure);
  if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
  if (status === 401 && challenge !== undefined) headers.set("www-authenticate", challenge);
  if (code === "request.method") headers.set("allow", [details.allowed].flat().join(", "));
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  headers.set("content-length", String(bytes.byteLength));
  return new Response(bytes, { status, headers });
}
