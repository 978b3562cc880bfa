import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { start, until } from "../../scripts/lib/run.ts";

/** System calls of a running process that fail without reaching the kernel. */
export interface Injection {
  /** Names, separated by commas. */
  readonly calls: string;
  readonly error: "EIO" | "ENOSPC" | "EMFILE";
  /** Which calls of each thread fail: `3`, `1+` (all from the first), `3+5` (every fifth). */
  readonly when: string;
}

export interface Injecting {
  /** How many calls have failed so far. */
  struck(): number;
  /** Lets the process go; answers how many calls failed. */
  detach(): Promise<number>;
}

export function nameOf({ calls, error, when }: Injection): string {
  return `${calls} ${error} when=${when}`;
}

/** The processes below `pid` and itself. */
export function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent = "0"] =
        /\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, "utf8")) ?? [];
      const siblings = children.get(Number(parent)) ?? [];
      children.set(Number(parent), [...siblings, Number(entry)]);
    } catch {
      // Gone since the listing.
    }
  }
  const below = (one: number): number[] => [one, ...(children.get(one) ?? []).flatMap(below)];
  return below(pid);
}

/** Whether every thread of a process has `tracer`; a process that is gone counts as attached. */
function isTraced(pid: number, tracer: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
      return status.includes(`\nTracerPid:\t${tracer}\n`);
    });
  } catch {
    return true;
  }
}

/**
 * Attaches strace to running processes, all their threads and all that they start, so that the
 * chosen calls fail from now on. `folder` takes strace's notes.
 */
export async function inject(
  pids: readonly number[],
  injection: Injection,
  folder: string,
): Promise<Injecting> {
  const notes = join(folder, `strace-${Date.now()}.txt`);
  const { calls, error, when } = injection;
  const argv = ["strace", "-f", "-qq", "-o", notes, "-e", `trace=${calls}`];
  const failing = ["-e", `inject=${calls}:error=${error}:when=${when}`];
  const targets = pids.flatMap((pid) => ["-p", String(pid)]);
  const tracer = start([...argv, ...failing, ...targets], {
    logFile: join(folder, "strace.log"),
  });
  try {
    await until("strace is attached", () => {
      if (!tracer.running()) return false;
      return pids.every((pid) => isTraced(pid, tracer.pid)) ? true : undefined;
    }).then((attached) => {
      if (!attached) throw new Error(`strace ended at once: ${tracer.log()}`);
    });
  } catch (cause) {
    await tracer.stop(5_000);
    throw cause;
  }
  const struck = () => readFileSync(notes, "utf8").split("(INJECTED)").length - 1;
  return {
    struck,
    detach: async () => {
      await tracer.stop(10_000);
      return struck();
    },
  };
}
