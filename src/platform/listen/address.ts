import { isIPv6 } from "node:net";
import { ListenError } from "./listen-error.ts";

export interface TcpAddress {
  readonly kind: "tcp";
  /** Without brackets; `::` takes IPv4 too. */
  readonly hostname: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface UnixAddress {
  readonly kind: "unix";
  readonly path: string;
}

export type Address = TcpAddress | UnixAddress;

// The longest path that fits into sockaddr_un with its final zero byte.
const MAX_UNIX_PATH = 107;

/**
 * Reads `127.0.0.1:5000`, `[::1]:5000`, `registry.local:5000`, `:5000` (every address, IPv4 and IPv6)
 * or `unix:/run/entrepot.sock`. Throws a ListenError that names what is wrong.
 */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) return parseUnix(text);
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]*)):([0-9]{1,5})$/.exec(text);
  if (match === null) throw malformed(text, "write HOST:PORT, [IPv6]:PORT, :PORT or unix:/PATH");
  const [, six, name, digits] = match;
  const port = Number(digits);
  if (port > 65_535) throw malformed(text, "a port is at most 65535");
  if (six !== undefined) {
    if (!isIPv6(six)) throw malformed(text, `${six} is not an IPv6 address`);
    return { kind: "tcp", hostname: six, port };
  }
  return { kind: "tcp", hostname: name === undefined || name === "" ? "::" : name, port };
}

/** The address as a person writes it, and as `parseAddress` reads it. */
export function formatAddress(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return `${host}:${address.port}`;
}

/** Whether `address` must leave IPv4 alone because the same port is asked for on 0.0.0.0 as well. */
export function onlyIpv6(address: Address, all: readonly Address[]): boolean {
  if (address.kind !== "tcp" || address.hostname !== "::") return false;
  return all.some((other) => {
    return other.kind === "tcp" && other.hostname === "0.0.0.0" && other.port === address.port;
  });
}

function parseUnix(text: string): UnixAddress {
  const path = text.slice("unix:".length);
  if (!path.startsWith("/")) throw malformed(text, "a socket needs an absolute path");
  if (path.includes("\0")) throw malformed(text, "a path has no zero byte");
  if (Buffer.byteLength(path) > MAX_UNIX_PATH) {
    throw malformed(text, `a socket's path has at most ${MAX_UNIX_PATH} bytes`);
  }
  return { kind: "unix", path };
}

function malformed(text: string, reason: string): ListenError {
  return new ListenError("address_malformed", `"${text}" is no address to listen on: ${reason}`);
}
