import { type Checks, describe, Checks as NewChecks } from "../../scripts/lib/checks.ts";
import { ensurePackages } from "../../scripts/lib/packages.ts";
import { type Postgres, startPostgres } from "../../scripts/lib/postgres.ts";
import { tail, until } from "../../scripts/lib/run.ts";
import { dropFolder, tempFolder } from "../../scripts/lib/temp.ts";
import { errorsIn, type Registry, startRegistry } from "../clients/harness.ts";
import { type Launcher, launcherNamed } from "../clients/launchers.ts";
import { SeededNumbers } from "../clients/random.ts";
import { abilitiesOf, chosenSeed, demandNoComplaints, PATIENT, pause, traffic } from "./crash.ts";
import { diskFull } from "./disk-full.ts";
import { Ledger } from "./ledger.ts";
import { family, type Injection, inject, nameOf } from "./strace.ts";
import { monolithic } from "./uploads.ts";
import { verify } from "./verify.ts";
import { Wire } from "./wire.ts";
import { REPOSITORIES, World } from "./world.ts";

const SYNC = "fsync,fdatasync";
const WRITE = "pwrite64,pwritev,pwritev2";
const NAME = "link,linkat,rename,renameat,renameat2";
const FOLDER = "mkdir,mkdirat";
const LOOK = "statx,newfstatat,fstat,lstat,stat";
const READ = "pread64,preadv,preadv2,sendfile";
const REMOVE = "unlink,unlinkat,ftruncate";

function sweep(calls: string, error: Injection["error"], whens: readonly string[]): Injection[] {
  return whens.map((when) => ({ calls, error, when }));
}

/** The Nth call of each thread, every call, and now and then one, for each kind of call. */
const REGISTRY_SWEEP: readonly Injection[] = [
  // First, because folders are only made while the storage is young.
  ...sweep(FOLDER, "ENOSPC", ["1", "1+"]),
  ...sweep(SYNC, "EIO", ["1", "2", "3", "4", "5", "7", "11", "1+", "2+3"]),
  ...sweep(WRITE, "ENOSPC", ["1", "2", "3", "4", "6", "9", "1+", "3+4"]),
  ...sweep(WRITE, "EIO", ["1", "2", "5", "2+5"]),
  ...sweep(NAME, "EIO", ["1", "2", "3", "1+"]),
  ...sweep(NAME, "ENOSPC", ["1", "2+2"]),
  ...sweep("openat,open", "EIO", ["2", "3+5"]),
  ...sweep("openat,open", "EMFILE", ["2+3"]),
  ...sweep(LOOK, "EIO", ["2", "3+7"]),
  ...sweep(READ, "EIO", ["2", "3+5"]),
  ...sweep(REMOVE, "EIO", ["1", "1+"]),
];

/** PostgreSQL answers a failed flush of its log by restarting itself: the registry outlives it. */
const DATABASE_SWEEP: readonly Injection[] = [
  ...sweep(SYNC, "EIO", ["1", "3", "2+20"]),
  ...sweep("pwrite64,pwritev", "ENOSPC", ["2", "5+9"]),
];

/** How long the traffic goes on while calls fail. */
const UNDER_FAULT = 700;
const STRIKES_WITHIN = 10_000;
/** How soon after the last fault the same process has to accept a push again. */
const HEALED_WITHIN = 20_000;

/** One injection into running processes; answers how many calls failed. */
async function faults(
  world: World,
  registry: Registry,
  pids: readonly number[],
  injection: Injection,
  numbers: SeededNumbers,
): Promise<number> {
  const folder = tempFolder("strace");
  let failed = 0;
  try {
    world.faulty = true;
    await traffic(world, numbers, async () => {
      const injecting = await inject(pids, injection, folder);
      await pause(UNDER_FAULT);
      // Some calls are rare: the traffic goes on until one of them has failed.
      await until("a call fails", () => (injecting.struck() > 0 ? true : undefined), {
        timeout: STRIKES_WITHIN,
      }).catch(() => undefined);
      failed = await injecting.detach();
    });
    if (!registry.running()) {
      throw new Error(`the process ended under a storage fault\n${tail(registry.log())}`);
    }
    await until(
      "the process accepts pushes again",
      async () =>
        (await monolithic(world, REPOSITORIES[0], world.makeBlob(numbers))) ? true : undefined,
      { timeout: HEALED_WITHIN, every: 200 },
    ).catch((cause) => {
      throw new Error(`no push is accepted any more\n${errorsIn(registry.log())}`, { cause });
    });
  } finally {
    world.faulty = false;
    await dropFolder(folder);
  }
  return failed;
}

/** A registry with its history, which all injections of one sweep share. */
interface Subject {
  readonly registry: Registry;
  readonly world: World;
}

/** The part before the restart: the same process lives through the faults and serves on. */
async function livesThrough(
  { registry, world }: Subject,
  pids: readonly number[],
  injection: Injection,
  numbers: SeededNumbers,
): Promise<number> {
  const failed = await faults(world, registry, pids, injection, numbers);
  demandNoComplaints(world, registry, "while calls failed");
  await verify(world, { numbers, sample: 300 });
  demandNoComplaints(world, registry, "in the same process afterwards");
  // A fault that never struck has proved nothing.
  if (failed === 0) throw new Error("no call failed: the sweep names calls that are not used");
  return failed;
}

async function checkInjection(
  checks: Checks,
  name: string,
  subject: Subject,
  injection: Injection,
  pids: () => readonly number[],
  numbers: SeededNumbers,
): Promise<void> {
  const { registry, world } = subject;
  await checks.check(`${name}: ${nameOf(injection)}`, async () => {
    world.counts.clear();
    world.complaints.length = 0;
    const wrong: string[] = [];
    const failed = await livesThrough(subject, pids(), injection, numbers).catch((cause) => {
      wrong.push(describe(cause));
      return 0;
    });
    // Whatever became of the process, nothing may be lost; and the next fault meets a new one.
    world.complaints.length = 0;
    if (registry.running()) await registry.kill();
    world.ledger.crashed();
    await registry.restart();
    await verify(world, { numbers, sample: 600 });
    try {
      demandNoComplaints(world, registry, "after a restart");
    } catch (cause) {
      wrong.push(describe(cause));
    }
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    const answers = [...world.counts].filter(([what]) => /^fault|lost/.test(what));
    const seen = answers.map(([what, times]) => `${times} × ${what}`).join(", ");
    return `${failed} failed, ${seen || "no request failed"}`;
  });
}

async function sweepOver(
  checks: Checks,
  name: string,
  launcher: Launcher,
  seed: number,
  injections: readonly Injection[],
  postgres?: Postgres,
): Promise<void> {
  const numbers = new SeededNumbers(seed);
  const database = postgres && (await postgres.createDatabase(`injection_${Date.now()}`));
  const registry = await startRegistry(launcher, {
    env: PATIENT,
    ...(database ? { database } : {}),
  });
  try {
    const world = new World(new Wire(registry), new Ledger(), abilitiesOf(launcher), `${seed}`);
    // Something to lose, before anything fails.
    await traffic(world, numbers, () => pause(1_000));
    demandNoComplaints(world, registry, "before the first fault");
    for (const injection of injections) {
      const pids = () => (postgres ? family(postgres.pid) : [registry.pid]);
      await checkInjection(checks, name, { registry, world }, injection, pids, numbers);
    }
  } finally {
    await registry.close();
  }
}

/**
 * Storage that fails: by injected system calls, in PostgreSQL's processes, by a disk that is full.
 * `only` picks the injections whose name contains it, and leaves the rest out.
 */
export async function checkFaults(
  checks: Checks,
  launcher: Launcher,
  seed: number,
  only = "",
): Promise<void> {
  await ensurePackages("strace", "mount");
  const chosen = REGISTRY_SWEEP.filter((injection) => nameOf(injection).includes(only));
  try {
    await sweepOver(checks, "faults", launcher, seed, chosen);
  } catch (cause) {
    checks.fail("faults", cause);
  }
  if (only !== "") return;
  await checks.check("disk full", () => diskFull(launcher, seed));
  let postgres: Postgres | undefined;
  try {
    postgres = await startPostgres();
    await sweepOver(checks, "faults in PostgreSQL", launcher, seed, DATABASE_SWEEP, postgres);
  } catch (cause) {
    checks.fail("faults in PostgreSQL", cause);
  } finally {
    await postgres?.stop();
  }
}

if (import.meta.main) {
  const [launcher = "sources", given, only] = process.argv.slice(2);
  const seed = chosenSeed(given);
  console.log(`seed ${seed}`);
  const checks = new NewChecks();
  await checkFaults(checks, launcherNamed(launcher), seed, only);
  process.exit(checks.close());
}
