import type { RegistryToken } from "../../features/registry-tokens/service.ts";
import type { Failure, Language } from "../../kernel/errors/catalogue.ts";
import { formatScopes } from "../../oci/scope.ts";
import { retryAfterOf } from "../retry-after.ts";

export type Method = "GET" | "POST";

const ALWAYS = {
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

/** RFC 6749 §5.1: "MUST include … Cache-Control … no-store … Pragma … no-cache". */
const UNKEPT = { "cache-control": "no-store", pragma: "no-cache" } as const;

function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = UNKEPT,
): Response {
  const text = JSON.stringify(value);
  // Said and not left to the runtime, so that the access log knows it too.
  const length = { "content-length": String(Buffer.byteLength(text)) };
  return new Response(text, { status, headers: { ...ALWAYS, ...headers, ...length } });
}

export interface Given {
  readonly token: RegistryToken;
  /** The secret of a refresh token, where one was asked for. */
  readonly refresh: string | undefined;
  /** Whether it was given for an outside token (RFC 8693 §2.2.1). */
  readonly exchanged: boolean;
}

/** A token as clients of either method read it: `token` and `access_token` are equal. */
export function given(method: Method, { token, refresh, exchanged }: Given): Response {
  const { token: text, expiresIn, issuedAt, granted } = token;
  const issued = exchanged
    ? { issued_token_type: "urn:ietf:params:oauth:token-type:access_token" }
    : {};
  return json(200, {
    token: text,
    access_token: text,
    ...issued,
    token_type: "Bearer",
    expires_in: expiresIn,
    issued_at: new Date(issuedAt).toISOString(),
    ...(method === "POST" ? { scope: formatScopes(granted) } : {}),
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
  });
}

/** The public keys; nodes publish a key long before it signs, so the set may be kept a while. */
export function keySet(set: unknown, maxAge: number): Response {
  return json(200, set, { "cache-control": `public, max-age=${maxAge}` });
}

/** The codes of RFC 6749 §5.2, and what it has no word for. */
function oauthCode({ code, status }: Failure): string {
  if (code === "token.grant_unsupported") return "unsupported_grant_type";
  if (status === 401) return "invalid_grant";
  if (status === 403) return "unauthorized_client";
  if (status === 429 || status === 503) return "temporarily_unavailable";
  return status >= 500 ? "server_error" : "invalid_request";
}

/** "Values … MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E." */
function described(text: string): string {
  return text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, "?");
}

export interface RefusalContext {
  readonly method: string;
  readonly language: Language;
  readonly requestId: string;
  readonly realm: string;
}

/**
 * A refusal in the shape that `/v2/` has, which Docker shows; to a POST with the members of RFC
 * 6749 §5.2 beside it. Bad credentials are 401 by either method: containerd then tries the other.
 */
export function refuse(failure: Failure, context: RefusalContext): Response {
  const { entry, status, code, details } = failure;
  const { language, method } = context;
  const stop = language === "zh" ? "。" : ". ";
  const message = `${failure.words(language)}${stop}${failure.help(language)}`;
  const headers: Record<string, string> = { ...UNKEPT, "x-request-id": context.requestId };
  const wait = retryAfterOf(failure);
  if (wait !== undefined) headers["retry-after"] = String(wait);
  if (status === 401) headers["www-authenticate"] = `Basic realm="${context.realm}"`;
  // "The origin server MUST generate an Allow header field in a 405" (RFC 9110 §15.5.6).
  if (code === "request.method") headers.allow = [details.allowed].flat().join(", ");
  const errors = [{ code: entry.wire, message, detail: { ...details, reason: code } }];
  const oauth =
    method === "POST"
      ? { error: oauthCode(failure), error_description: described(failure.words("en")) }
      : {};
  return json(status, { ...oauth, errors }, headers);
}
