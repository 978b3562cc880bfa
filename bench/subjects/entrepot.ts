import { join, resolve } from "node:path";
import { freePort, launch } from "./process.ts";
import type { Subject } from "./subject.ts";

const ROOT = resolve(import.meta.dir, "../..");

/** Entrepôt from its sources, or the executable at `path`. Durable, as it always is. */
export function entrepot(path: string | undefined): Subject {
  const program =
    path === undefined ? [process.execPath, join(ROOT, "src/main.ts")] : [resolve(path)];
  return {
    name: "Entrepôt",
    async start(folder) {
      const port = await freePort();
      const listen = `127.0.0.1:${port}`;
      return await launch({
        command: [
          ...program,
          ...["serve", "--insecure-no-auth", "--listen", listen, "--data", join(folder, "data")],
        ],
        port,
        folder,
        // As `bun run up`, the unit and the image start it.
        environment: { ENTREPOT_LOG_ACCESS: "false", UV_THREADPOOL_SIZE: "8" },
      });
    },
  };
}
