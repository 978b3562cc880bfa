import { availableParallelism, loadavg } from "node:os";
import { type Checks, Checks as NewChecks } from "../../scripts/lib/checks.ts";
import { errorsIn, type Registry, startRegistry } from "../clients/harness.ts";
import { type Launcher, launcherNamed } from "../clients/launchers.ts";
import { SeededNumbers } from "../clients/random.ts";
import { Ledger } from "./ledger.ts";
import { uploadSlowly, work } from "./traffic.ts";
import { verify } from "./verify.ts";
import { Wire } from "./wire.ts";
import { type Abilities, World } from "./world.ts";

const WORKERS = 10;
const SLOW_UPLOADERS = 2;
/** A restart that takes longer is a failure: nobody may have to help or to wait. */
const RESTART_LIMIT = 2_000;
/** Objects of earlier rounds that are read again after each crash; the last round reads all. */
const OLDER_SAMPLE = 400;
const SHOWN = 12;

export interface CrashOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly database?: string | undefined;
}

/** What a registry can do; Debian's docker-registry, the stand-in, can do less. */
export function abilitiesOf(launcher: Launcher): Abilities {
  const modern = launcher.name !== "docker-registry";
  return { tagParameter: modern, atomicDeletes: modern, resumes: modern, honestFaults: modern };
}

/** Parallel traffic until `end` has come to pass; resolves when every worker has stopped. */
export async function traffic(
  world: World,
  numbers: SeededNumbers,
  end: () => Promise<void>,
): Promise<void> {
  world.stopping = false;
  const workers = [
    ...Array.from({ length: WORKERS }, () => work(world, numbers.fork())),
    ...Array.from({ length: SLOW_UPLOADERS }, () => uploadSlowly(world, numbers.fork())),
  ];
  try {
    await end();
  } finally {
    world.stopping = true;
    await Promise.all(workers);
  }
}

/** Throws with what was found wrong, if anything was, and with the errors that were logged. */
export function demandNoComplaints(world: World, registry: Registry, when: string): void {
  const complaints = [...new Set(world.complaints)];
  if (complaints.length === 0) return;
  const shown = complaints.slice(0, SHOWN).join("\n");
  const more = complaints.length > SHOWN ? `\nand ${complaints.length - SHOWN} more` : "";
  throw new Error(`${when}: ${shown}${more}\n${errorsIn(registry.log())}`);
}

/**
 * Settings for a registry that is killed again and again: a POST whose answer was lost leaves a
 * session behind that no client knows of, and hundreds of rounds leave more than one may have.
 */
export const PATIENT = { ENTREPOT_UPLOADS_MAX_PER_PRINCIPAL: "100000" };

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function round(
  world: World,
  registry: Registry,
  numbers: SeededNumbers,
  last: boolean,
): Promise<number> {
  await traffic(world, numbers, async () => {
    // The instant of the crash is the thing under test: it has to be any instant.
    await pause(numbers.integer(20, 1_200));
    world.killed = true;
    world.stopping = true;
    await registry.kill();
  });
  world.ledger.crashed();
  const took = await registry.restart();
  world.killed = false;
  await verify(world, { numbers, ...(last ? {} : { sample: OLDER_SAMPLE }) });
  return took;
}

/**
 * Rounds of SIGKILL at a random instant under parallel traffic, all on the same data. After each
 * restart everything that was acknowledged has to be there and everything visible has to be
 * whole. Answers the figures; throws at the first round that finds anything wrong.
 */
export async function crashRounds(launcher: Launcher, options: CrashOptions): Promise<string> {
  const numbers = new SeededNumbers(options.seed);
  const { database } = options;
  const registry = await startRegistry(launcher, {
    env: PATIENT,
    ...(database ? { database } : {}),
  });
  try {
    const seed = String(options.seed);
    const world = new World(new Wire(registry), new Ledger(), abilitiesOf(launcher), seed);
    const restarts: number[] = [];
    for (let number = 1; number <= options.rounds; number += 1) {
      restarts.push(await round(world, registry, numbers, number === options.rounds));
      demandNoComplaints(world, registry, `round ${number}, seed ${options.seed}`);
    }
    const slowest = Math.max(...restarts);
    if (slowest > RESTART_LIMIT) {
      const load = `${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`;
      const words = `a restart took ${slowest.toFixed(0)} ms, more than ${RESTART_LIMIT} ms`;
      throw new Error(`${words} (load ${load}; this needs the machine to itself)`);
    }
    const counts = [...world.counts].map(([what, times]) => `${times} × ${what}`);
    return [
      `seed ${options.seed}`,
      `${options.rounds} rounds`,
      `slowest restart ${slowest.toFixed(0)} ms`,
      `${world.ledger.keys().length} objects`,
      ...counts.sort(),
    ].join(", ");
  } finally {
    await registry.close();
  }
}

/** One check for a number of rounds. */
export async function checkCrashes(
  checks: Checks,
  name: string,
  launcher: Launcher,
  options: CrashOptions,
): Promise<void> {
  await checks.check(`crash: ${options.rounds} rounds of kill -9, ${name}`, () =>
    crashRounds(launcher, options),
  );
}

/** A seed from the command line or the environment, or a new one; it is always printed. */
export function chosenSeed(given: string | undefined): number {
  return given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
}

if (import.meta.main) {
  const { parseArgs } = await import("node:util");
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      database: { type: "string" },
      seed: { type: "string" },
      launcher: { type: "string", default: "sources" },
    },
  });
  const checks = new NewChecks();
  const rounds = Number(positionals[0] ?? "20");
  const seed = chosenSeed(values.seed);
  console.log(`seed ${seed}`);
  await checkCrashes(checks, values.launcher, launcherNamed(values.launcher), {
    rounds,
    seed,
    database: values.database,
  });
  process.exit(checks.close());
}
