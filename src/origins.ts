import { parseListenAddress } from "./config/addresses.ts";
import type { Config } from "./config/schema.ts";
import { originFinder } from "./doors/challenge.ts";
import type { Clock } from "./kernel/clock.ts";

/** Ports are known once the server listens: port 0 becomes a real one then. */
export interface Listened {
  readonly ports: readonly number[];
}

/** Finds our own address in what a request claims it was sent to (A08). */
export function originOf(config: Config, listened: Listened, clock: Clock) {
  const { publicUrl, hosts, listen } = config.server;
  const listening = listen.flatMap((text) => {
    const address = parseListenAddress(text);
    return address?.kind === "tcp" ? [address.host] : [];
  });
  const parts = {
    publicUrl: publicUrl === "" ? undefined : publicUrl,
    hosts,
    listening,
    get ports() {
      return listened.ports;
    },
  };
  return originFinder(parts, () => clock.now());
}

/** Where the console is, for passkeys, which are bound to a host: known before anything listens. */
export function consoleParty(config: Config): { id: string; origins: readonly string[] } {
  const { publicUrl, listen, tls } = config.server;
  if (publicUrl !== "") return { id: new URL(publicUrl).hostname, origins: [publicUrl] };
  // A browser takes no address for a passkey's host, so without a name it is this machine itself.
  const scheme = tls.certFile === "" ? "http" : "https";
  const origins = listen.flatMap((text) => {
    const address = parseListenAddress(text);
    return address?.kind === "tcp" ? [new URL(`${scheme}://localhost:${address.port}`).origin] : [];
  });
  return { id: "localhost", origins };
}

/** The ports of the URLs that a server says it listens on; none for unix sockets. */
export function portsOf(urls: readonly string[]): number[] {
  return urls.flatMap((text) => {
    if (!/^https?:/.test(text)) return [];
    const { port, protocol } = new URL(text);
    return [port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)];
  });
}
