/**
 * `bun run up`: installs what the lock file says, builds the console and serves. Arguments go to `serve` as they are:
 * `bun run up --listen 127.0.0.1:8080`. Imports nothing that has to be installed first.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");

/** A signal that comes to a whole group reaches us more than once: as itself and handed on. */
const ECHO_WITHIN = 500;

async function install(): Promise<void> {
  const child = Bun.spawn([process.execPath, "install", "--frozen-lockfile", "--silent"], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error("the dependencies could not be installed");
}

/** Serves until it ends; hands signals on, each once. Answers the exit code. */
function serve(argv: readonly string[]): Promise<number> {
  // A group of its own, so that Ctrl-C comes to the server once, from here. `--no-orphans` ends
  // it when this process is killed without a chance to hand anything on.
  const command = ["--no-orphans", join(ROOT, "src/main.ts"), "serve", ...argv];
  // The runtime takes as many threads for files and passwords as there are cores: too few for them.
  const env = { UV_THREADPOOL_SIZE: "8", ...process.env };
  const child = spawn(process.execPath, command, { detached: true, stdio: "inherit", env });
  let lastSignal = Number.NEGATIVE_INFINITY;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - lastSignal < ECHO_WITHIN) return;
      lastSignal = now;
      child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** Builds the console when its sources are newer; in a process that has what was just installed. */
async function buildConsole(): Promise<void> {
  const child = Bun.spawn([process.execPath, join(ROOT, "scripts/console.ts")], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error("the console could not be built");
}

await install();
await buildConsole();
process.exitCode = await serve(process.argv.slice(2));
