import type { Environment } from "../../config/env-source.ts";
import { misuse } from "./complaint.ts";
import { printable } from "./printable.ts";

const USUAL_SERVER = "http://127.0.0.1:5000";
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** Reads an environment variable; an empty one counts as none. */
export function given(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** Reads the address of a server. Throws `Complaint`. */
export function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw misuse(
      `${printable(text)} is no address: write http://host:port or https://host`,
      `${printable(text)} 不是地址：请写成 http://host:port 或 https://host`,
    );
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    // Not repeated: it may hold a password.
    throw misuse(
      "the address of the server has no user, password or query in it",
      "服务地址中不能含用户名、密码或查询参数",
    );
  }
  return url;
}

/** The address of a registry that a name begins with: by TLS, but on this very machine. */
export function namedServer(name: string): URL {
  if (/^https?:\/\//i.test(name)) return serverUrl(name);
  const url = serverUrl(`http://${name}`);
  return isLoopback(url) ? url : serverUrl(`https://${name}`);
}

/** The server that is asked: as the names say, as flag or environment say, or the usual one. */
export function serverFor(
  flag: string | undefined,
  env: Environment,
  named: readonly (string | undefined)[],
): URL {
  const chosen = flag ?? given(env, "ENTREPOT_SERVER");
  const told = chosen === undefined ? undefined : serverUrl(chosen);
  const hosts = named.filter((name) => name !== undefined).map(namedServer);
  const [first] = hosts;
  if (first === undefined) return told ?? serverUrl(USUAL_SERVER);
  const other = hosts.find(({ host }) => host !== first.host);
  const apart = other ?? (flag !== undefined && told?.host !== first.host ? told : undefined);
  if (apart !== undefined) {
    throw misuse(
      `${first.host} and ${apart.host} are two servers: one command asks one`,
      `${first.host} 与 ${apart.host} 是两个服务：一条命令只能访问一个`,
    );
  }
  // It may say more: another scheme, a prefix.
  return told?.host === first.host ? told : first;
}
