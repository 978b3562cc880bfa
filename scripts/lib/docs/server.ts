import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp, routeClasses } from "../../../src/app.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { openTelemetry } from "../../../src/platform/telemetry/open.ts";
import type { Telemetry } from "../../../src/platform/telemetry/telemetry.ts";

interface Server {
  readonly url: string;
  readonly telemetry: Telemetry;
}

/** Starts a server with a data folder of its own, asks it, and ends it. */
export async function withServer<T>(ask: (server: Server) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-docs-"));
  try {
    const given = { data: folder, "server.listen": "127.0.0.1:0", "auth.insecure_no_auth": true };
    const overrides = Object.entries(given).map(([name, value]) => ({ name, value, origin: "" }));
    const telemetry = openTelemetry({
      level: "silent",
      format: "json",
      access: false,
      routes: routeClasses,
      build: { version: "0", commit: "0" },
    });
    const app = await openApp(loadConfig({ overrides }).config, telemetry);
    try {
      const [url = ""] = app.urls;
      return await ask({ url, telemetry });
    } finally {
      await app.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
