import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePackages } from "./packages.ts";
import { attempt, freePort, type Running, run, start, until } from "./run.ts";
import { dropFolder, tempFolder } from "./temp.ts";

const BIN = "/usr/lib/postgresql/15/bin";
const USER = "entrepot";

/** A PostgreSQL server of our own: a new cluster on a free port, gone after `stop`. */
export interface Postgres {
  /** URL of the database `entrepot`, with the password. */
  readonly url: string;
  /** Process id of the server's parent process. */
  readonly pid: number;
  /** Creates a further empty database and answers its URL. */
  createDatabase(name: string): Promise<string>;
  log(): string;
  stop(): Promise<void>;
}

/** Whom the server runs as: initdb and postgres refuse to run as root. */
async function owner(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const uid = Number((await run(["id", "-u", "postgres"])).stdout);
  const gid = Number((await run(["id", "-g", "postgres"])).stdout);
  return { uid, gid };
}

/** Puts the switch of user before a command where this process is root. */
function as(user: { uid: number; gid: number } | undefined, argv: readonly string[]): string[] {
  if (user === undefined) return [...argv];
  const { uid, gid } = user;
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", ...argv];
}

/**
 * Starts Debian's PostgreSQL 15 on 127.0.0.1, durable as in production (`fsync` stays on: the
 * crash tests would prove nothing without it), with a password and nothing shared with a cluster
 * that the machine may have.
 */
export async function startPostgres(): Promise<Postgres> {
  await ensurePackages("postgresql-15", "postgresql-client-15");
  const user = await owner();
  const folder = tempFolder("postgres");
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  const password = randomBytes(18).toString("base64url");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (user) for (const path of [folder, data, passwordFile]) chownSync(path, user.uid, user.gid);
  const init = ["-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", passwordFile];
  await run(as(user, [join(BIN, "initdb"), ...init, "-E", "UTF8", "--locale=C"]), { cwd: folder });

  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: folder,
    fsync: "on",
    max_connections: "200",
    restart_after_crash: "on",
  };
  const server: Running = start(
    [
      join(BIN, "postgres"),
      ...["-D", data],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { cwd: folder, logFile: join(folder, "postgres.log"), ...user },
  );
  const sql = (text: string) =>
    run([join(BIN, "psql"), "-X", "-v", "ON_ERROR_STOP=1", "-d", `${base}/postgres`, "-c", text]);
  const base = `postgres://${USER}:${password}@127.0.0.1:${port}`;
  const stop = async () => {
    // SIGINT is PostgreSQL's "fast" shutdown; SIGTERM would wait for every client to leave.
    server.signal("SIGINT");
    await server.stop(20_000);
    if (existsSync(folder)) await dropFolder(folder);
  };
  try {
    await until("PostgreSQL answers", async () => {
      if (!server.running()) throw new Error(server.log());
      const ready = await attempt([join(BIN, "pg_isready"), "-h", "127.0.0.1", "-p", String(port)]);
      return ready.code === 0 ? true : undefined;
    });
    await sql(`CREATE DATABASE ${USER}`);
  } catch (cause) {
    const log = server.log();
    await stop();
    throw new Error(`PostgreSQL did not start\n${log}`, { cause });
  }
  return {
    url: `${base}/${USER}`,
    pid: server.pid,
    createDatabase: async (name) => {
      if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`${name} is no database name`);
      await sql(`CREATE DATABASE ${name}`);
      return `${base}/${name}`;
    },
    log: () => server.log(),
    stop,
  };
}
