import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  ISOLATED_ROLE,
  type IsolatedEnd,
  type IsolatedRun,
  type IsolatedTask,
  type Isolation,
  type IsolationLimits,
  type Overrun,
} from "./port.ts";

/** The running program, also when its file was replaced since it started. */
const SELF = "/proc/self/exe";

/** Bytes of a page of memory, as `/proc` counts. */
const PAGE = 4_096;

/** How often the memory of a worker is looked at. */
const LOOK = 25;

function command(entry: URL): string[] {
  const program = existsSync(SELF) ? SELF : (Bun.argv[0] ?? "bun");
  const isCompiled = Bun.main.startsWith("/$bunfs/");
  return isCompiled
    ? [program, ISOLATED_ROLE]
    : [program, "--no-install", fileURLToPath(entry), ISOLATED_ROLE];
}

function residentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1] ?? 0) * PAGE;
  } catch {
    // It has ended, or the system does not tell.
    return 0;
  }
}

/** Ends the worker when it uses more memory or time than it may. */
function watch(
  pid: number,
  { memory, deadline }: IsolationLimits,
  end: (why: Overrun) => void,
): () => void {
  const timer = setTimeout(() => end("time"), deadline);
  const looks = setInterval(() => {
    if (residentOf(pid) > memory) end("memory");
  }, LOOK);
  return () => {
    clearTimeout(timer);
    clearInterval(looks);
  };
}

/** Workers are this program again, in the role that `entry`, its first file, gives it. */
export function openIsolation(entry: URL): Isolation {
  const start = command(entry);
  return { run: (task) => runIsolated(start, task) };
}

function runIsolated(start: readonly string[], task: IsolatedTask): IsolatedRun {
  const { args, input, limits, signal } = task;
  const child = Bun.spawn([...start, ...args], {
    stdin: input,
    stdout: "pipe",
    stderr: "ignore",
    cwd: "/",
    // Nothing of ours: secrets come by the environment.
    env: { BUN_JSC_forceRAMSize: String(limits.memory), BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" },
  });
  let overrun: Overrun | undefined;
  const kill = () => child.kill("SIGKILL");
  const end = (why: Overrun) => {
    overrun ??= why;
    kill();
  };
  const unwatch = watch(child.pid, limits, end);
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted === true) kill();
  const ended = child.exited.then((): IsolatedEnd => {
    unwatch();
    signal?.removeEventListener("abort", kill);
    return { code: child.exitCode ?? undefined, overrun };
  });
  return { output: bounded(child.stdout, limits.output, end), ended, kill };
}

async function* bounded(
  stream: ReadableStream<Uint8Array>,
  most: number,
  end: (why: Overrun) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > most) {
      end("output");
      return;
    }
    yield chunk;
  }
}
