/** Stored content is never a page (A10): no sniffing, no script, no frame. */
const ALWAYS = {
  "docker-distribution-api-version": "registry/2.0",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
} as const;

export type Headers = Record<string, string>;

/** An answer of this door. `length` is for HEAD, whose body is not there to be measured. */
export function respond(
  status: number,
  headers: Headers,
  body: ConstructorParameters<typeof Response>[0] = null,
): Response {
  return new Response(body, { status, headers: { ...ALWAYS, ...headers } });
}

/** An answer without a body, whatever the status. */
export function empty(status: number, headers: Headers): Response {
  return respond(status, { ...headers, "content-length": "0" });
}

/** A JSON answer; the media type carries no charset, as JSON has but one. */
export function json(status: number, headers: Headers, value: unknown): Response {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const described = {
    "content-type": "application/json",
    // Said and not left to the runtime, so that the access log knows it too.
    "content-length": String(body.byteLength),
  };
  return respond(status, { ...described, ...headers }, body);
}
