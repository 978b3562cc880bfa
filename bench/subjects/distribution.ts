import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort, launch } from "./process.ts";
import type { Subject } from "./subject.ts";

/** CNCF distribution, of whatever version `path` is. It syncs each file that it commits. */
export function distribution(name: string, path: string): Subject {
  return {
    name,
    async start(folder) {
      const port = await freePort();
      const storage = join(folder, "data");
      mkdirSync(storage, { recursive: true });
      const config = join(folder, "config.yml");
      writeFileSync(
        config,
        stringify({
          version: 0.1,
          log: { level: "error", accesslog: { disabled: true } },
          storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
          http: { addr: `127.0.0.1:${port}` },
        }),
      );
      return await launch({
        command: [path, "serve", config],
        port,
        folder,
        // Version 3 otherwise sends traces to a collector that is not there.
        environment: { OTEL_TRACES_EXPORTER: "none" },
      });
    },
  };
}
