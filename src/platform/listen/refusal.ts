import { type Failure, failure } from "../../kernel/errors/catalogue.ts";

/** An answer given below the application, in the error shape of the distribution-spec; the connection ends with it. */
export function refusal(fault: Failure): Response {
  const headers = new Headers({
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    connection: "close",
  });
  const { retryAfter } = fault.entry;
  if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
  const detail = { ...fault.details, reason: fault.code };
  const error = { code: fault.entry.wire, message: fault.message, detail };
  return new Response(JSON.stringify({ errors: [error] }), { status: fault.status, headers });
}

/** 400: what came has no form that could be handled safely. */
export function malformedRequest(reason: string): Response {
  return refusal(failure("request.malformed", { reason }));
}
