import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, launch } from "./process.ts";
import type { Subject } from "./subject.ts";

/** zot with `commit`, so that it syncs what it acknowledges like the others. */
export function zot(path: string): Subject {
  return {
    name: "zot",
    async start(folder) {
      const port = await freePort();
      const storage = join(folder, "data");
      mkdirSync(storage, { recursive: true });
      const config = join(folder, "config.json");
      writeFileSync(
        config,
        JSON.stringify({
          distSpecVersion: "1.1.1",
          storage: { rootDirectory: storage, commit: true, gc: false },
          http: { address: "127.0.0.1", port: String(port) },
          log: { level: "error" },
        }),
      );
      return await launch({ command: [path, "serve", config], port, folder });
    },
  };
}
