import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

/** How a command is started. Every one has a deadline; none inherits the terminal's input. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process; `undefined` takes a name out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Milliseconds after which the whole process group is killed. */
  readonly timeout?: number;
  /** Shows the output as it comes, besides keeping it. */
  readonly echo?: boolean;
}

export interface Finished {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** A background process in a process group of its own. */
export interface Running {
  readonly pid: number;
  /** Settles with the exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  running(): boolean;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL for the group after `deadline` milliseconds. */
  stop(deadline?: number): Promise<void>;
  /** What it wrote so far, when it was started with a log file. */
  log(): string;
}

export class CommandFailed extends Error {
  readonly finished: Finished;

  constructor(argv: readonly string[], finished: Finished, timeout: number) {
    const how = finished.timedOut
      ? `did not end within ${timeout / 1000} s`
      : `ended with ${finished.code ?? "a signal"}`;
    super(`${argv.join(" ")}: ${how}\n${tail(finished.output)}`);
    this.name = "CommandFailed";
    this.finished = finished;
  }
}

const DEFAULT_TIMEOUT = 120_000;

/** Groups that this process started and that are still alive: they never outlive it. */
const groups = new Set<number>();

process.on("exit", () => {
  for (const pid of groups) killGroup(pid, "SIGKILL");
});
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => process.exit(130));
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group has ended by itself, which is what was wanted.
  }
}

function environment(extra: RunOptions["env"]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

function pidOf(child: ChildProcess, argv: readonly string[]): number {
  if (child.pid === undefined) throw new Error(`${argv[0]} could not be started`);
  return child.pid;
}

/** The last lines of an output, for messages. */
export function tail(text: string, lines = 25): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** Runs a command to its end, whatever the end is. Throws only when it cannot be started. */
export function attempt(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [command = "", ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      cwd: options.cwd,
      env: environment(options.env),
      detached: true,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.once("error", (cause) => reject(new Error(`${command} could not be started`, { cause })));
    if (child.pid === undefined) return;
    const pid = child.pid;
    groups.add(pid);
    let stdout = "";
    let output = "";
    let timedOut = false;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
      if (options.echo) process.stdout.write(text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (options.echo) process.stderr.write(text);
    });
    if (options.input !== undefined) child.stdin?.end(options.input);
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(pid, "SIGKILL");
    }, options.timeout ?? DEFAULT_TIMEOUT);
    child.once("close", (code) => {
      clearTimeout(timer);
      groups.delete(pid);
      resolve({ code, stdout, output, timedOut });
    });
  });
}

/** Runs a command that has to succeed; throws `CommandFailed` with the end of its output. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await attempt(argv, options);
  if (finished.code !== 0 || finished.timedOut) {
    throw new CommandFailed(argv, finished, options.timeout ?? DEFAULT_TIMEOUT);
  }
  return finished;
}

/** Starts a command in the background; its output goes to `logFile`. */
export function start(
  argv: readonly string[],
  options: Pick<RunOptions, "cwd" | "env"> & {
    readonly logFile: string;
    readonly uid?: number;
    readonly gid?: number;
  },
): Running {
  const [command = "", ...rest] = argv;
  const log = openSync(options.logFile, "a");
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: environment(options.env),
    detached: true,
    stdio: ["ignore", log, log],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  closeSync(log);
  let alive = true;
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", (cause) => {
      alive = false;
      reject(new Error(`${command} could not be started`, { cause }));
    });
    child.once("exit", (code) => {
      alive = false;
      groups.delete(pid);
      resolve(code);
    });
  });
  // Whoever waits for the end sees the failure; nobody has to.
  exited.catch(() => undefined);
  const pid = pidOf(child, argv);
  groups.add(pid);
  return {
    pid,
    exited,
    running: () => alive,
    signal: (name) => {
      if (alive) process.kill(pid, name);
    },
    stop: async (deadline = 20_000) => {
      if (!alive) return;
      process.kill(pid, "SIGTERM");
      const timer = setTimeout(() => killGroup(pid, "SIGKILL"), deadline);
      await exited.finally(() => clearTimeout(timer));
    },
    log: () => readFileSync(options.logFile, "utf8"),
  };
}

/** A TCP port that nobody listens on right now. */
export function freePort(host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("the system named no port"));
      });
    });
  });
}

/**
 * Asks `probe` again and again until it gives something other than undefined; throws after
 * `timeout` milliseconds, naming `what`. A throw of the probe means: not yet.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  { timeout = 30_000, every = 20 }: { timeout?: number; every?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeout;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (cause) {
      last = cause;
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  throw new Error(`${what}: not within ${timeout / 1000} s`, { cause: last });
}
