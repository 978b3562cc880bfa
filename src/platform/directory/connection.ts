import { readFileSync } from "node:fs";
import { connect as connectPlainly, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecurely } from "node:tls";
import { Client } from "ldapts";
import type { DirectorySettings, DirectoryStep } from "./port.ts";

/** Called with each step of opening a connection. */
export type Tell = (step: DirectoryStep) => void;

/** The way it failed while a connection was made, for the log and the test command. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  const message = error.message.trim();
  return `${code}${message === "" ? error.name : message}`.replaceAll(/\s+/g, " ");
}

/**
 * The library connects again by itself when a connection was lost, without the upgrade to TLS and
 * without the bind: a password would cross the network in the clear. So each client is given its
 * one socket, and no second.
 */
function oneSocket(socket: Socket): typeof connectPlainly {
  let isGiven = false;
  const give = () => {
    if (isGiven) throw new Error("the connection to the directory was lost");
    isGiven = true;
    return socket;
  };
  return give as typeof connectPlainly;
}

function tlsOptions({ caFile }: DirectorySettings, host: string): ConnectionOptions {
  return {
    host,
    // RFC 6066 §3: no address is a server name; the certificate is checked against `host` then.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(caFile === "" ? {} : { ca: readFileSync(caFile) }),
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
  };
}

/** Resolves when the socket tells `event`; destroys it when it does not in time. */
function ready<S extends Socket>(socket: S, event: string, timeout: number): Promise<S> {
  return new Promise((resolve, reject) => {
    const end = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => end(new Error("timed out")), timeout);
    socket.once("error", end);
    socket.once("close", () => end(new Error("the server closed the connection")));
    socket.once(event, () => {
      clearTimeout(timer);
      socket.removeAllListeners("error").removeAllListeners("close");
      resolve(socket);
    });
  });
}

async function within<T>(work: Promise<T>, timeout: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("timed out")), timeout);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Does one step of opening and tells how it went. */
export async function tried<T>(
  tell: Tell,
  of: Pick<DirectoryStep, "step" | "url">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const made = await work();
    tell({ ...of, ok: true });
    return made;
  } catch (error) {
    tell({ ...of, ok: false, reason: reasonOf(error) });
    throw error;
  }
}

/** One connection, which is over when it is lost. */
export interface Connection {
  readonly client: Client;
  readonly url: string;
  /** False once either side has closed it. */
  isOpen(): boolean;
  close(): Promise<void>;
}

/**
 * Opens a connection, encrypted as the settings say and bound as nobody yet. The certificate is
 * always verified, its name and its signer.
 */
export async function openConnection(
  settings: DirectorySettings,
  url: string,
  tell: Tell = () => {},
): Promise<Connection> {
  const { timeout } = settings;
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isSecure = protocol === "ldaps:";
  const at = { host, port: port === "" ? (isSecure ? 636 : 389) : Number(port) };
  let isOpen = true;
  // The library does not notice that a connection which was upgraded has ended.
  const watched = <S extends Socket>(socket: S): S => {
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        isOpen = false;
      });
    }
    return socket;
  };
  let socket = await tried(tell, { step: "connect", url }, () =>
    ready(connectPlainly(at), "connect", timeout),
  );
  if (isSecure) {
    const plain = socket;
    socket = await tried(tell, { step: "tls", url }, async () => {
      const options = { ...tlsOptions(settings, host), socket: plain };
      return ready(connectSecurely(options), "secureConnect", timeout);
    });
  }
  // The socket that it is given is encrypted already where the URL says so.
  const client = new Client({
    url: `ldap://${hostname}`,
    timeout,
    createConnection: oneSocket(watched(socket)),
    createSecureConnection: ((options: ConnectionOptions) =>
      watched(connectSecurely(options))) as typeof connectSecurely,
  });
  const connection: Connection = {
    client,
    url,
    isOpen: () => isOpen,
    close: () => {
      isOpen = false;
      return client.unbind().catch(() => {});
    },
  };
  if (isSecure || !settings.startTls) return connection;
  try {
    await tried(tell, { step: "tls", url }, () =>
      within(client.startTLS(tlsOptions(settings, host)), timeout),
    );
    return connection;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
