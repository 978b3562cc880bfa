import { join } from "node:path";
import { SQL } from "bun";
import { buildConsole } from "../../scripts/console.ts";
import { freePort } from "../../scripts/lib/run.ts";
import { openApp, routeClasses } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openTelemetry } from "../../src/platform/telemetry/open.ts";
import { type FreshDatabase, freshDatabase } from "../support/database.ts";
import { type RegistryOptions, startRegistry, type TestRegistry } from "../support/registry.ts";

/**
 * Where the console is: under `localhost`, because no browser takes an address for the host of a
 * passkey; on a port that is known before, because passkeys and providers are told it.
 */
async function place() {
  await buildConsole();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const settings = { "server.listen": `127.0.0.1:${port}`, "server.public_url": url };
  return { url, settings };
}

export interface ConsoleUnderTest {
  readonly registry: TestRegistry;
  /** Where its pages are. */
  readonly url: string;
  close(): Promise<void>;
}

/** A registry with its console. */
export async function startConsole(
  optionsFor: (url: string) => RegistryOptions = () => ({}),
): Promise<ConsoleUnderTest> {
  const { url, settings } = await place();
  const options = optionsFor(url);
  const all = { ...settings, ...options.settings };
  const registry = await startRegistry({ ...options, settings: all });
  return { registry, url, close: () => registry.close() };
}

/** The very first start, which makes the first administrator with a random password. */
export async function startFirstTime() {
  const { url, settings } = await place();
  const fresh = await freshDatabase();
  const all = { ...settings, data: fresh.folder, database: fresh.url };
  const overrides = Object.entries(all).map(([name, value]) => ({ name, value, origin: "test" }));
  const { config } = loadConfig({ overrides });
  const telemetry = openTelemetry({
    level: "silent",
    format: "json",
    access: false,
    routes: routeClasses,
    build: { version: "0.0.0", commit: "test" },
  });
  let password = "";
  const app = await openApp(config, telemetry, {
    onFirstPassword: async (made) => {
      password = made;
    },
  });
  return {
    url,
    password,
    async close() {
      await app.close();
      await fresh.drop();
    },
  };
}

/** Makes every confirmation a day older, as if the time had passed. */
export async function ageConfirmations({ folder, url }: FreshDatabase): Promise<void> {
  const sql = new SQL(url === "" ? `sqlite://${join(folder, "entrepot.sqlite")}` : url);
  try {
    // The server writes to the same file.
    if (url === "") await sql.unsafe("pragma busy_timeout = 10000");
    await sql.unsafe("update sessions set confirmed_at = confirmed_at - 86400000");
  } finally {
    await sql.close();
  }
}
