import type { TlsTrust } from "./port.ts";

/** One request over HTTP/2. */
export interface Http2Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Uint8Array[] | undefined;
}

/** The runtime takes a body in one piece. */
function whole(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/**
 * Sends a request over HTTP/2 (TLS only: the version is agreed by ALPN and nothing else is offered).
 * Redirects are answers like any other. The runtime shares connections between calls.
 */
export async function http2Fetch(
  request: Http2Request,
  trust: TlsTrust,
  signal: AbortSignal,
): Promise<Response> {
  return await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    redirect: "manual",
    protocol: "http2",
    decompress: false,
    signal,
    tls: {
      rejectUnauthorized: !trust.insecure,
      ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    },
    ...(request.body === undefined ? {} : { body: whole(request.body) }),
  });
}
