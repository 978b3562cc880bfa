import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, type Running, start, tail, until } from "../../scripts/lib/run.ts";
import { dropFolder, tempFolder } from "../../scripts/lib/temp.ts";
import type { Credentials, Launcher } from "./launchers.ts";

export interface StartOptions {
  /** Where it listens; a free port is added. Default 127.0.0.1. */
  readonly address?: string;
  /** The name that clients use in place of the address, such as one of a certificate. */
  readonly hostName?: string;
  /** False opens the registry to everyone; default is a random password for `admin`. */
  readonly auth?: boolean;
  readonly tls?: {
    readonly certFile: string;
    readonly keyFile: string;
    readonly caFile: string;
  };
  readonly database?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds in which it has to answer. Default 20 s. */
  readonly timeout?: number;
  /** Use this folder in place of a new one; the caller removes it. */
  readonly folder?: string;
}

/** A registry under test, which may be killed and started again on the same data and port. */
export interface Registry {
  /** `host:port` as clients name it. */
  readonly host: string;
  /** Base URL for requests of our own, by address: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly credentials: Credentials | undefined;
  /** PEM of the authority behind its certificate. */
  readonly ca: string | undefined;
  readonly folder: string;
  readonly pid: number;
  running(): boolean;
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>;
  /** Starts it again after `kill` or `stop`; answers the milliseconds until it served. */
  restart(): Promise<number>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  log(): string;
  /** Ends the process and removes the data. */
  close(): Promise<void>;
}

/** Basic authentication as a header value, or nothing for an open registry. */
export function authorization(credentials: Credentials | undefined): Record<string, string> {
  if (credentials === undefined) return {};
  const pair = `${credentials.username}:${credentials.password}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The last errors of a log, each with the first lines of its trace, for a failure's message. */
export function errorsIn(log: string, most = 3): string {
  const errors = log.split(/\n(?=\S)/).filter((entry) => /\sERROR\s|"level":[56]0/.test(entry));
  const causes = errors.map((entry) => {
    const [first = "", ...trace] = entry.split("\n");
    const telling = trace.filter((line) => /caused by|Error/.test(line)).slice(0, 4);
    return [first, ...telling].map((line) => line.slice(0, 600)).join("\n");
  });
  return causes.slice(-most).join("\n");
}

/** Starts a registry and waits until `/v2/` answers its credentials with 200. */
export async function startRegistry(
  launcher: Launcher,
  options: StartOptions = {},
): Promise<Registry> {
  const folder = options.folder ?? tempFolder("registry");
  mkdirSync(folder, { recursive: true });
  const address = options.address ?? "127.0.0.1";
  const port = await freePort(address);
  const literal = address.includes(":") ? `[${address}]` : address;
  const url = `${options.tls ? "https" : "http"}://${literal}:${port}`;
  const credentials =
    options.auth === false
      ? undefined
      : { username: "admin", password: randomBytes(18).toString("base64url") };
  const ca = options.tls ? readFileSync(options.tls.caFile, "utf8") : undefined;
  const command = await launcher.command({
    listen: `${literal}:${port}`,
    folder,
    credentials,
    tls: options.tls,
    database: options.database,
    env: options.env,
  });
  // Settings meant for this process (a test database, say) must not reach the registry.
  const none = Object.keys(process.env).filter((name) => name.startsWith("ENTREPOT_"));
  const env = { ...Object.fromEntries(none.map((name) => [name, undefined])), ...command.env };
  const logFile = join(folder, "registry.log");

  const begin = async (): Promise<[Running, number]> => {
    const started = performance.now();
    const process = start(command.argv, { cwd: folder, env, logFile });
    try {
      await until(
        `${launcher.name} serves`,
        async () => {
          if (!process.running()) return null;
          const answer = await fetch(`${url}/v2/`, {
            headers: authorization(credentials),
            ...(ca ? { tls: { ca } } : {}),
            signal: AbortSignal.timeout(5_000),
          });
          return answer.status === 200 ? true : undefined;
        },
        { timeout: options.timeout ?? 20_000, every: 5 },
      ).then((served) => {
        if (served === null) throw new Error(`${launcher.name} ended while it started`);
      });
    } catch (cause) {
      await process.stop(1_000);
      throw new Error(`${launcher.name} did not start\n${tail(process.log())}`, { cause });
    }
    return [process, performance.now() - started];
  };

  let [process_] = await begin().catch(async (cause) => {
    if (options.folder === undefined) await dropFolder(folder);
    throw cause;
  });
  return {
    host: `${options.hostName ?? literal}:${port}`,
    url,
    credentials,
    ca,
    folder,
    get pid() {
      return process_.pid;
    },
    running: () => process_.running(),
    kill: async () => {
      process_.signal("SIGKILL");
      await process_.exited;
    },
    restart: async () => {
      if (process_.running()) throw new Error("the registry still runs");
      const [next, took] = await begin();
      process_ = next;
      return took;
    },
    stop: async () => {
      await process_.stop(60_000);
      return process_.exited;
    },
    log: () => process_.log(),
    close: async () => {
      await process_.stop(15_000);
      if (options.folder === undefined) await dropFolder(folder);
    },
  };
}
