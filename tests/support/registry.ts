import { join } from "node:path";
import { type App, type AppParts, openApp, routeClasses } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { LogSink } from "../../src/platform/telemetry/logger.ts";
import { openTelemetry } from "../../src/platform/telemetry/open.ts";
import { type Account, addAccount, type Credentials, verifierOf } from "./accounts.ts";
import { type FreshDatabase, freshDatabase, openFresh } from "./database.ts";
import { startExecutable } from "./executable.ts";
import { HttpClient } from "./http-client.ts";
import { addBindings, addProjects, type BindingSeed, type ProjectSeed } from "./rights.ts";

/** The executable to test in place of the sources; unset means in this process. */
const executable = process.env.ENTREPOT_TEST_EXECUTABLE;

export const ADMIN: Credentials = { name: "admin", password: "correct horse battery" };

export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface RegistryOptions {
  /** Keys of the configuration, as in its reference: `uploads.max_per_principal`. */
  readonly settings?: Settings;
  /** Accounts beside the first administrator's. */
  readonly accounts?: readonly Account[];
  readonly projects?: readonly ProjectSeed[];
  readonly bindings?: readonly BindingSeed[];
  /** What is there already, in place of an empty database with accounts; it goes with the registry. */
  readonly found?: FreshDatabase;
  /** Parts opened by the test; in this process only. */
  readonly parts?: (fresh: FreshDatabase) => AppParts | Promise<AppParts>;
}

interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** A whole registry on a port of its own, with a data folder and a database of its own. */
export interface TestRegistry {
  /** Base URL, without a path; another one after `restart`. */
  readonly url: string;
  /** The first administrator. */
  readonly admin: HttpClient;
  readonly anonymous: HttpClient;
  as(account: Credentials): HttpClient;
  /** The data folder: `storage` in it holds the bytes. */
  readonly folder: string;
  readonly database: FreshDatabase;
  /** Lines of the log so far, from the level `warn` on; in this process only. */
  readonly log: readonly string[];
  /** Stops it and starts it again on the same data. */
  restart(settings?: Settings): Promise<void>;
  /** Stops it; the data stays until `close`. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

async function serveHere(settings: Settings, parts: AppParts, sink: LogSink): Promise<Served> {
  const overrides = Object.entries(settings).map(([name, value]) => ({
    name,
    value,
    origin: "test",
  }));
  const { config, origins } = loadConfig({ overrides });
  const telemetry = openTelemetry({
    level: "warn",
    format: "json",
    access: false,
    routes: routeClasses,
    build: { version: "0.0.0", commit: "test" },
    sink,
  });
  const app: App = await openApp(config, telemetry, { origins, ...parts });
  const [url = ""] = app.urls;
  return { url, close: () => app.close() };
}

async function seed(
  fresh: FreshDatabase,
  { accounts = [], projects = [], bindings = [] }: RegistryOptions,
): Promise<void> {
  // Where there is an administrator already, the first start makes none: it would take a second.
  const all = [{ ...ADMIN, administrator: true }, ...accounts];
  const db = await openFresh(fresh, new URL("./writer.ts", import.meta.url));
  try {
    const ids = new Map(all.map(({ name }) => [name, newId()]));
    for (const account of all) {
      const { name, administrator } = account;
      const verifier = await verifierOf(account);
      await db.write(addAccount, { id: ids.get(name) ?? "", name, administrator, verifier });
    }
    const made = await addProjects(db, projects);
    await addBindings(db, bindings, { accounts: ids, projects: made });
  } finally {
    await db.close();
  }
}

/** Starts a registry: the sources in this process, or the executable under test. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const { settings = {}, parts } = options;
  const database = options.found ?? (await freshDatabase());
  const log: string[] = [];
  const sink: LogSink = { write: (line) => void log.push(line), flushSync: () => {} };
  const begin = async (more: Settings): Promise<Served> => {
    const all: Settings = {
      data: database.folder,
      database: database.url,
      "server.listen": "127.0.0.1:0",
      "server.stop_deadline": "5s",
      "admin.password": ADMIN.password,
      // The disk of the machine that tests is not what they are about.
      "storage.min_free_bytes": 0,
      "storage.min_free_percent": 0,
      ...settings,
      ...more,
    };
    if (executable !== undefined) return startExecutable(executable, database.folder, all);
    return serveHere(all, (await parts?.(database)) ?? {}, sink);
  };
  let served: Served | undefined;
  const stop = async () => {
    const running = served;
    served = undefined;
    await running?.close();
  };
  try {
    if (options.found === undefined) await seed(database, options);
    served = await begin({});
  } catch (error) {
    await database.drop();
    throw error;
  }
  const address = () => {
    if (served === undefined) throw new Error("the registry is stopped");
    return served.url;
  };
  return {
    get url() {
      return address();
    },
    get admin() {
      return new HttpClient(address(), ADMIN);
    },
    get anonymous() {
      return new HttpClient(address());
    },
    as: (account) => new HttpClient(address(), account),
    folder: database.folder,
    database,
    log,
    async restart(more = {}) {
      await stop();
      served = await begin(more);
    },
    stop,
    async close() {
      await stop();
      await database.drop();
    },
  };
}

/** The folder of the bytes, where nothing else was configured. */
export function storageOf(registry: TestRegistry): string {
  return join(registry.folder, "storage");
}
