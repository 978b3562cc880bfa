import { isIP } from "node:net";

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62})){0,63}$/i;

/** The path of a unix socket has room for 107 bytes and a zero (unix(7)). */
const MOST_UNIX_PATH = 107;

/** What a server listens on. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/**
 * Takes `127.0.0.1:5000`, `[::1]:5000`, `localhost:5000` or `unix:/run/entrepot.sock` apart;
 * `undefined` when it is none of these. `:5000` is refused: the address must be named, so that
 * nobody opens a server to the whole network by leaving something out.
 */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    const isUsable = path.startsWith("/") && !path.includes("\0") && bytes(path) <= MOST_UNIX_PATH;
    return isUsable ? { kind: "unix", path } : undefined;
  }
  const match = /^(?:\[([^[\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, v6, other, digits] = match;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (v6 !== undefined) return isIP(v6) === 6 ? { kind: "tcp", host: v6, port } : undefined;
  if (other === undefined || !isHost(other)) return undefined;
  return { kind: "tcp", host: other, port };
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isHost(text: string): boolean {
  // Digits and dots are an address or nothing: `127.0.1` would be resolved as a name otherwise.
  return /^[\d.]+$/.test(text) ? isIP(text) === 4 : HOST_NAME.test(text);
}

/** Whether only this machine can reach the address. */
export function isLoopback(address: ListenAddress): boolean {
  if (address.kind === "unix") return true;
  const host = address.host.toLowerCase();
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** Whether `text` is an IP address or a network such as `10.0.0.0/8` or `fd00::/8`. */
export function isNetwork(text: string): boolean {
  const slash = text.indexOf("/");
  if (slash < 0) return isIP(text) !== 0;
  const version = isIP(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (version === 0 || !/^\d{1,3}$/.test(bits)) return false;
  return Number(bits) <= (version === 4 ? 32 : 128);
}

/**
 * The origin of a public URL (`https://registry.example.com`), or `undefined` when the text is
 * not one. A path is refused: clients look for `/v2/` at the root of a host.
 */
export function parseOrigin(text: string): string | undefined {
  if (!/^https?:\/\/[^\s/?#@\\]+\/?$/i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).origin;
}
