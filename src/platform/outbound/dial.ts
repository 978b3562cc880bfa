import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { OutboundFault } from "./fault.ts";
import type { Target } from "./target.ts";

/** One request of the chain that redirects make. */
export interface Hop {
  readonly target: Target;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

export interface Dialling {
  /** Aborted when the time is over or the caller gave up; its reason is an `OutboundFault`. */
  readonly signal: AbortSignal;
  /** Milliseconds that may be spent on connecting to one address. */
  readonly connectTimeout: number;
  /** PEM certificates to trust; undefined for the built-in ones. */
  readonly ca: readonly string[] | undefined;
}

/** A whole head of an answer; more is refused. */
const MOST_HEADER_BYTES = 32_768;

/**
 * Sends one request to the first of `addresses` that takes a connection, and gives the answer's
 * head. The addresses were judged: no name is resolved here, so nothing can be rebound between the
 * judgement and the connection. The name is still what the certificate must be for.
 */
export async function dial(
  hop: Hop,
  addresses: readonly string[],
  dialling: Dialling,
): Promise<IncomingMessage> {
  let last: unknown = new OutboundFault("resolve", "the host has no address");
  for (const address of addresses) {
    const attempt = await attemptAt(address, hop, dialling);
    if ("response" in attempt) return attempt.response;
    last = attempt.fault;
    // Only what was never connected may be sent again: the peer has seen nothing of it.
    if (attempt.connected || dialling.signal.aborted) break;
  }
  throw last;
}

type Attempt =
  | { readonly response: IncomingMessage }
  | { readonly fault: OutboundFault; readonly connected: boolean };

function attemptAt(address: string, hop: Hop, dialling: Dialling): Promise<Attempt> {
  const { target, method, headers, body } = hop;
  const { signal, connectTimeout, ca } = dialling;
  return new Promise((resolve) => {
    let connected = false;
    const common = {
      host: address,
      port: target.port,
      path: `${target.url.pathname}${target.url.search}`,
      method,
      headers: { ...headers, host: target.url.host },
      // A connection of its own: none is ever shared between names that have one address.
      agent: false,
      maxHeaderSize: MOST_HEADER_BYTES,
    } as const;
    const request = target.secure
      ? secureRequest({
          ...common,
          // Said, so that no variable of the environment can switch it off.
          rejectUnauthorized: true,
          ...(target.isAddress ? {} : { servername: target.host }),
          ...(ca === undefined ? {} : { ca: [...ca] }),
        })
      : plainRequest(common);
    const abort = () => request.destroy(faultOf(signal.reason));
    const slow = setTimeout(() => {
      request.destroy(new OutboundFault("timeout", `no connection to ${address} in time`));
    }, connectTimeout);
    const settle = (attempt: Attempt) => {
      clearTimeout(slow);
      signal.removeEventListener("abort", abort);
      resolve(attempt);
    };
    request.on("socket", (socket) => {
      socket.once("connect", () => {
        connected = true;
        clearTimeout(slow);
      });
    });
    request.on("response", (response) => settle({ response }));
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      settle({ fault: new OutboundFault("protocol", "it changed the protocol"), connected });
    });
    // Stays on after the answer's head: what breaks later is seen by whoever reads the body.
    request.on("error", (error) => settle({ fault: faultOf(error), connected }));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    else request.end(body);
  });
}

/** What a driver threw, as the kinds of failure that the log tells apart. */
export function faultOf(error: unknown): OutboundFault {
  if (error instanceof OutboundFault) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : "it failed";
  return new OutboundFault(reasonOf(code), message, error);
}

function reasonOf(code: string): OutboundFault["reason"] {
  if (
    /^E(?:CONNREFUSED|HOSTUNREACH|NETUNREACH|HOSTDOWN|NETDOWN|ADDRNOTAVAIL|ACCES|PERM|INVAL)$/.test(
      code,
    )
  ) {
    return "connect";
  }
  if (code === "ETIMEDOUT") return "timeout";
  if (/CERT|SIGNATURE|ERR_TLS|ERR_SSL|UNABLE_TO|EPROTO/.test(code)) return "tls";
  return "protocol";
}
