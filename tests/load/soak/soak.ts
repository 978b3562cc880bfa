import { readdir, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { Checks } from "../../../scripts/lib/checks.ts";
import { errorsIn, type Registry, startRegistry } from "../../clients/harness.ts";
import { type Launcher, launcherNamed } from "../../clients/launchers.ts";
import { SeededNumbers } from "../../clients/random.ts";
import { chosenSeed } from "../../crash/crash.ts";
import { Wire } from "../../crash/wire.ts";
import { deleter, pull, puller, remove } from "./pull.ts";
import { pusher } from "./push.ts";
import { Lost, pause, SoakWorld, Wrong } from "./soak-world.ts";
import { needed } from "./stock.ts";

const PUSHERS = 16;
const DELETERS = 8;
const PULLERS = 64;
const MINUTE = 60_000;
const KILL_EVERY = 2 * MINUTE;
/** How much more than live content needs may be in use in the end. */
const SLACK = 0.05;
/** In the end everything has fallen through all its times by then, what a kill cut off as well. */
const SETTLE = 4 * MINUTE;
const SHOWN = 12;
const PURGE = "/api/v1/job-schedules/content.purge-uploads/run";
const RECOUNT = "/api/v1/projects/soak/quota/check";

const KEEPING = { grace: 6_000, untaggedAfter: 8_000 };

/** Everything is given back within seconds, and as fast as that goes. */
const SETTINGS = {
  ENTREPOT_RECLAIM_GRACE: "6s",
  ENTREPOT_TRASH_KEEP: "2s",
  ENTREPOT_RECLAIM_UNTAGGED_AFTER: "8s",
  ENTREPOT_RECLAIM_PACE: "5000",
  ENTREPOT_UPLOADS_MAX_PER_PRINCIPAL: "100000",
  ENTREPOT_UPLOADS_EXPIRE_AFTER: "1m",
};

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly database?: string | undefined;
}

interface Kept {
  readonly names: string[];
  readonly size: number;
}

/** All that storage holds, uploads as well: each file once, whatever its names. */
async function keptFiles(folder: string): Promise<Kept[]> {
  const root = join(folder, "data", "storage");
  const files = new Map<number, Kept>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    const { names } = files.get(found.ino) ?? { names: [] };
    files.set(found.ino, { names: [...names, relative(root, path)], size: found.size });
  }
  return [...files.values()];
}

async function usedBytes(folder: string): Promise<number> {
  return total(await keptFiles(folder));
}

/** Says what is kept though nobody needs it, with all its names. */
async function leftOver(folder: string, sizes: ReadonlyMap<string, number>): Promise<string> {
  const isNeeded = ({ names }: Kept) =>
    names.some((name) => sizes.has(`sha256:${basename(name).slice(0, 64)}`));
  const left = (await keptFiles(folder)).filter((file) => file.size > 0 && !isNeeded(file));
  const shown = left.slice(0, SHOWN).map(({ names, size }) => `${size} ${names.join(" = ")}`);
  return `${left.length} files that nobody needs, such as\n${shown.join("\n")}`;
}

/** Kills and starts again until the time is over; at least once, in the middle of a short run. */
async function disturb(world: SoakWorld, registry: Registry, minutes: number): Promise<number> {
  const every = Math.min(KILL_EVERY, (minutes * MINUTE) / 2.5);
  const end = performance.now() + minutes * MINUTE;
  let kills = 0;
  while (performance.now() + every < end) {
    await pause(every);
    world.down = true;
    await registry.kill();
    await registry.restart();
    world.down = false;
    kills += 1;
  }
  await pause(Math.max(0, end - performance.now()));
  return kills;
}

/** What nobody knows the end of goes, so that all that is left is known. */
async function clearDoubts(world: SoakWorld): Promise<void> {
  for (const item of world.stock.doubtful) {
    await remove(world, item);
    for (const each of item.followers) await remove(world, each);
  }
}

/**
 * Waits until no more than live content needs is in use; gives the bytes in use. Uploads that a kill
 * cut off go some minutes after their time is over: here as soon as it is.
 */
async function settled(world: SoakWorld, registry: Registry, need: number): Promise<number> {
  const deadline = performance.now() + SETTLE;
  for (;;) {
    const used = await usedBytes(registry.folder);
    if (used <= need || performance.now() > deadline) return used;
    await world.send("POST", PURGE);
    await pause(5_000);
  }
}

/** Counts what the project uses anew; gives how far its counter was from that, in bytes. */
async function recounted(world: SoakWorld): Promise<number> {
  const { status, body } = await world.send("POST", RECOUNT);
  const text = new TextDecoder().decode(body);
  if (status !== 200) throw new Error(`the recount failed: ${status} ${text}`);
  return JSON.parse(text).difference;
}

function total(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function demandNone(world: SoakWorld, registry: Registry): void {
  if (world.complaints.length === 0) return;
  const shown = world.complaints.slice(0, SHOWN).join("\n");
  throw new Error(`${world.complaints.length} complaints:\n${shown}\n${errorsIn(registry.log())}`);
}

/**
 * Many clients push, delete and pull while space comes back within seconds and the registry is
 * killed again and again. Throws when an acknowledged push that nobody deleted cannot be pulled
 * with the right bytes, when anything but a kill was answered with a fault, when more space is in
 * use in the end than live content needs, and when the project's counter is not what a recount gives.
 */
export async function soak(launcher: Launcher, options: SoakOptions): Promise<string> {
  const { minutes, seed, database } = options;
  const numbers = new SeededNumbers(seed);
  const registry = await startRegistry(launcher, {
    env: SETTINGS,
    ...(database ? { database } : {}),
  });
  try {
    const world = new SoakWorld(new Wire(registry), KEEPING, String(seed));
    const many = (count: number, make: typeof pusher) =>
      Array.from({ length: count }, () => world.work(make(world, numbers.fork())));
    const workers = [
      ...many(PUSHERS, pusher),
      ...many(DELETERS, deleter),
      ...many(PULLERS, puller),
    ];
    const kills = await disturb(world, registry, minutes);
    world.stopping = true;
    await Promise.all(workers);
    await clearDoubts(world);
    const live = world.stock.all();
    const sizes = needed(live);
    const need = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const used = await settled(world, registry, need);
    for (const item of live) {
      try {
        await pull(world, item);
      } catch (error) {
        if (!(error instanceof Wrong || error instanceof Lost)) throw error;
        world.complain(`in the end, ${error.message}`);
      }
    }
    if (used > need * (1 + SLACK)) {
      world.complain(`${used} bytes are in use where live content needs ${need}`);
      world.complain(await leftOver(registry.folder, sizes));
    }
    const difference = await recounted(world);
    if (difference !== 0) world.complain(`the quota's counter was ${difference} bytes off`);
    demandNone(world, registry);
    const counts = [...world.counts].map(([what, times]) => `${times} × ${what}`).sort();
    return [
      `seed ${seed}`,
      `${minutes} minutes`,
      `${kills} kills`,
      `${live.length} items live`,
      `${used} bytes in use for ${need}`,
      "a recount as counted",
      ...counts,
    ].join(", ");
  } finally {
    await registry.close();
  }
}

/** One check of so many minutes. */
export async function checkSoak(
  checks: Checks,
  name: string,
  launcher: Launcher,
  options: SoakOptions,
): Promise<void> {
  await checks.check(`soak: ${options.minutes} minutes, ${name}`, () => soak(launcher, options));
}

if (import.meta.main) {
  const { parseArgs } = await import("node:util");
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      minutes: { type: "string", default: "30" },
      database: { type: "string" },
      seed: { type: "string" },
      launcher: { type: "string", default: "sources" },
    },
  });
  const checks = new Checks();
  const seed = chosenSeed(values.seed);
  console.log(`seed ${seed}`);
  await checkSoak(
    checks,
    values.database === undefined ? "SQLite" : "PostgreSQL",
    launcherNamed(values.launcher),
    {
      minutes: Number(values.minutes),
      seed,
      database: values.database,
    },
  );
  process.exit(checks.close());
}
