import type { SocketTarget } from "../platform/sockets/port.ts";

/** How the certificate of a registry is checked. */
export interface TrustChoice {
  /** PEM certificates to trust besides the system's own. */
  readonly ca?: string | undefined;
  /** True: accept any certificate. */
  readonly insecure?: boolean | undefined;
}

/** Where a registry answers. */
export interface Address {
  readonly socket: SocketTarget;
  /** The value of the Host header. */
  readonly host: string;
  /** `http://host:port`, without a path. */
  readonly origin: string;
  /** What stands before `/v2/` in every path: empty for nearly all registries. */
  readonly prefix: string;
}

/** Reads `http(s)://host[:port][/prefix]`. Throws a TypeError for anything else. */
export function parseAddress(text: string, trust: TrustChoice = {}): Address {
  const url = new URL(text.includes("://") ? text : `http://${text}`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`a registry is reached by http or https, not by ${url.protocol}`);
  }
  const secure = url.protocol === "https:";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return {
    socket: {
      hostname,
      port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
      tls: secure
        ? { serverName: hostname, ca: trust.ca, insecure: trust.insecure === true }
        : undefined,
    },
    host: url.host,
    origin: url.origin,
    prefix: url.pathname.replace(/\/+$/, "").replace(/\/v2$/, ""),
  };
}
