import { join } from "node:path";
import { start, tail, until } from "../../scripts/lib/run.ts";
import type { Settings } from "./registry.ts";

/** The environment variable of a key: `server.listen` → `ENTREPOT_SERVER_LISTEN`. */
function variable(key: string): string {
  return `ENTREPOT_${key.replaceAll(".", "_").toUpperCase()}`;
}

/** Starts the executable in `folder`, configured by its environment alone, and waits until it listens. */
export async function startExecutable(path: string, folder: string, settings: Settings) {
  const ours = Object.keys(process.env).filter((name) => name.startsWith("ENTREPOT_"));
  const env: Record<string, string | undefined> = Object.fromEntries(
    ours.map((name) => [name, undefined]),
  );
  const all: Settings = { "log.access": false, ...settings };
  for (const [key, value] of Object.entries(all)) {
    if (value !== "") env[variable(key)] = String(value);
  }
  const logFile = join(folder, `${Bun.randomUUIDv7()}.log`);
  const child = start([path, "serve"], { cwd: folder, env, logFile });
  try {
    const url = await until(`${path} listens`, () => {
      if (!child.running()) return "";
      return /^listening on (\S+)$/m.exec(child.log())?.[1];
    });
    if (url === "") throw new Error(`${path} ended while it started`);
    return { url, close: () => child.stop() };
  } catch (cause) {
    await child.stop(1_000);
    throw new Error(`${path} did not start:\n${tail(child.log())}`, { cause });
  }
}
