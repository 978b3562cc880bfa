import type { Outbound, OutboundRequest } from "./port.ts";

/** What libraries that take a `fetch` of one's own hand over. */
export interface FetchInit {
  readonly method?: string | undefined;
  readonly headers?: RequestInit["headers"] | undefined;
  readonly body?: unknown;
  readonly redirect?: string | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"] as const;
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The outbound client in the shape of `fetch`, for libraries that make their own requests. Answers
 * are read whole before they are given, within the bounds of `base`.
 */
export function fetchThrough(
  outbound: Outbound,
  base: Pick<OutboundRequest, "purpose" | "internalAllowed" | "timeout" | "maxBytes">,
): (url: string | URL, init?: FetchInit) => Promise<Response> {
  return async (url, init = {}) => {
    const method = METHODS.find((known) => known === (init.method ?? "GET").toUpperCase());
    if (method === undefined) throw new TypeError("that method is not spoken");
    const headers = new Headers(init.headers ?? {});
    const body = bodyOf(init.body, headers);
    const {
      status,
      headers: answered,
      body: bytes,
    } = await outbound.request(String(url), {
      ...base,
      method,
      headers: Object.fromEntries(headers),
      ...(body === undefined ? {} : { body }),
      ...(init.redirect === "manual" ? { redirects: 0 } : {}),
      ...(init.signal ? { signal: init.signal } : {}),
    });
    return new Response(EMPTY.has(status) ? null : new Uint8Array(bytes), {
      status,
      headers: answered,
    });
  };
}

function bodyOf(body: unknown, headers: Headers): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) {
    if (!headers.has("content-type")) {
      headers.set("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
    }
    return body.toString();
  }
  throw new TypeError("only text, bytes and forms can be sent");
}
