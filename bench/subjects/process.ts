import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { RunningSubject } from "./subject.ts";

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;
const ASK_AGAIN_MS = 20;
const LOG_TAIL = 2_000;

export interface Launch {
  readonly command: readonly string[];
  readonly port: number;
  readonly folder: string;
  readonly workingFolder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A port that nothing listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Whether a registry answers; an error answer is an answer. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v2/`);
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}

/** Starts a server and waits until it answers `/v2/`; what it prints goes to a file in its folder. */
export async function launch(what: Launch): Promise<RunningSubject> {
  const logFile = join(what.folder, "server.log");
  const log = openSync(logFile, "a");
  const child = Bun.spawn([...what.command], {
    cwd: what.workingFolder ?? what.folder,
    env: { ...process.env, ...what.environment },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  const url = `http://127.0.0.1:${what.port}`;
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const forced = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
    await child.exited;
    clearTimeout(forced);
  };
  const deadline = performance.now() + START_DEADLINE_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      const said = readFileSync(logFile, "utf8").slice(-LOG_TAIL);
      throw new Error(`${what.command.join(" ")} did not start:\n${said}`);
    }
    await Bun.sleep(ASK_AGAIN_MS);
  }
  return { url, pid: child.pid, stop };
}
