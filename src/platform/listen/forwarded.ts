import { BlockList, isIP, isIPv4 } from "node:net";
import { ListenError } from "./listen-error.ts";
import { isHost } from "./target.ts";

/** Which family of headers the trusted proxies write. The other one is never read: they pass it on unseen. */
export type ForwardedFamily = "x-forwarded" | "forwarded";

/** What the trusted proxies say about the client; undefined where they say nothing usable. */
export interface Forwarded {
  readonly address: string | undefined;
  readonly secure: boolean | undefined;
  readonly host: string | undefined;
}

export const NOTHING_FORWARDED: Forwarded = {
  address: undefined,
  secure: undefined,
  host: undefined,
};

/** The proxies whose word on the client counts: CIDRs, single addresses, and `unix` for local sockets. */
export class TrustedProxies {
  readonly #list = new BlockList();
  readonly #unix: boolean;
  readonly empty: boolean;

  constructor(entries: readonly string[]) {
    this.empty = entries.length === 0;
    this.#unix = entries.includes("unix");
    for (const entry of entries) if (entry !== "unix") this.#add(entry);
  }

  /** Whether the peer `address` is listed; null is the peer of a unix socket. */
  has(address: string | null): boolean {
    if (this.empty) return false;
    if (address === null) return this.#unix;
    return this.#list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  }

  #add(entry: string): void {
    const [network = "", prefix] = entry.split("/", 2);
    const family = isIP(network);
    const widest = family === 4 ? 32 : 128;
    const bits = prefix === undefined ? widest : /^[0-9]{1,3}$/.test(prefix) ? Number(prefix) : -1;
    if (family === 0 || bits < 0 || bits > widest || entry.split("/").length > 2) {
      throw new ListenError(
        "proxy_malformed",
        `"${entry}" is no trusted proxy: write an address, a network such as 10.0.0.0/8, or unix`,
      );
    }
    this.#list.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
  }
}

/** An address as we compare and log it: an IPv4 peer of a double-stack socket loses its `::ffff:`. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

/**
 * What the headers say, read from right to left: each hop that is trusted vouches for the one before it,
 * and the first that is not trusted is the client. Call it only when the peer itself is trusted.
 */
export function readForwarded(
  headers: Headers,
  family: ForwardedFamily,
  proxies: TrustedProxies,
): Forwarded {
  return family === "forwarded"
    ? fromForwarded(headers, proxies)
    : fromXForwarded(headers, proxies);
}

function fromXForwarded(headers: Headers, proxies: TrustedProxies): Forwarded {
  const { address, depth } = walk(split(headers.get("x-forwarded-for"), ","), proxies);
  return {
    address,
    secure: isSecure(at(split(headers.get("x-forwarded-proto"), ","), depth)),
    host: usableHost(at(split(headers.get("x-forwarded-host"), ","), depth)),
  };
}

// RFC 7239, section 4: one element a hop, each with its own `for`, `proto` and `host`.
function fromForwarded(headers: Headers, proxies: TrustedProxies): Forwarded {
  const elements = split(headers.get("forwarded"), ",").map(parameters);
  const hops = elements.map((element) => element.get("for") ?? "");
  const { address, depth } = walk(hops, proxies);
  const element = at(elements, depth);
  return {
    address,
    secure: isSecure(element?.get("proto")),
    host: usableHost(element?.get("host")),
  };
}

/** The client among `hops` (nearest last), and how many hops before the last one it stands. */
function walk(
  hops: readonly string[],
  proxies: TrustedProxies,
): { address?: string; depth: number } {
  let address: string | undefined;
  let depth = 0;
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = nodeAddress(hops[index] ?? "");
    // "unknown", "_hidden" and rubbish: the last hop that could be named stands for the client.
    if (hop === undefined) break;
    address = hop;
    depth = hops.length - 1 - index;
    if (!proxies.has(hop)) break;
  }
  return address === undefined ? { depth } : { address, depth };
}

/** The address of `1.2.3.4`, `1.2.3.4:99`, `::1`, `[::1]` or `[::1]:99`; undefined for anything else. */
function nodeAddress(node: string): string | undefined {
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?$/.exec(node)?.[1];
  const bare = bracketed ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(node)?.[1] ?? node;
  return isIP(bare) === 0 ? undefined : plainAddress(bare);
}

/** The value `depth` places before the last; a shorter list (one proxy overwrites) gives its first. */
function at<T>(values: readonly T[], depth: number): T | undefined {
  return values[Math.max(0, values.length - 1 - depth)];
}

function isSecure(proto: string | undefined): boolean | undefined {
  const scheme = proto?.toLowerCase();
  return scheme === "https" ? true : scheme === "http" ? false : undefined;
}

function usableHost(host: string | undefined): string | undefined {
  return host !== undefined && isHost(host) ? host : undefined;
}

function parameters(element: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of split(element, ";")) {
    const equals = pair.indexOf("=");
    if (equals <= 0) continue;
    found.set(pair.slice(0, equals).trim().toLowerCase(), unquote(pair.slice(equals + 1).trim()));
  }
  return found;
}

function unquote(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, "$1");
}

/** Splits at `separator` outside of quoted strings and trims. */
function split(value: string | null, separator: "," | ";"): string[] {
  if (value === null) return [];
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < value.length; index++) {
    const letter = value[index];
    if (quoted && letter === "\\") index++;
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === separator) {
      parts.push(value.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(value.slice(start).trim());
  return parts;
}
