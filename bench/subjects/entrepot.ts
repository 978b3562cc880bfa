import { join, resolve } from "node:path";
import { freePort, launch } from "./process.ts";
import type { Subject } from "./subject.ts";

const ROOT = resolve(import.meta.dir, "../..");

export interface EntrepotOptions {
  readonly name?: string;
  /** Of the first administrator; left out, the registry is open to everyone. */
  readonly password?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Entrepôt from its sources, or the executable at `path`. Durable, as it always is. */
export function entrepot(path: string | undefined, options: EntrepotOptions = {}): Subject {
  const { name = "Entrepôt", password, environment } = options;
  const program =
    path === undefined ? [process.execPath, join(ROOT, "src/main.ts")] : [resolve(path)];
  const access: Readonly<Record<string, string>> =
    password === undefined
      ? { ENTREPOT_AUTH_INSECURE_NO_AUTH: "true" }
      : { ENTREPOT_ADMIN_PASSWORD: password };
  return {
    name,
    async start(folder) {
      const port = await freePort();
      const listen = `127.0.0.1:${port}`;
      return await launch({
        command: [...program, "serve", "--listen", listen, "--data", join(folder, "data")],
        port,
        folder,
        // As `bun run up`, the unit and the image start it.
        environment: {
          ENTREPOT_LOG_ACCESS: "false",
          UV_THREADPOOL_SIZE: "8",
          ...access,
          ...environment,
        },
      });
    },
  };
}
