import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
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
/** In the end everything has fallen through all its times by then. */
const SETTLE = 2 * MINUTE;
const SHOWN = 12;

const KEEPING = { grace: 6_000, untaggedAfter: 8_000 };

/** Everything is given back within seconds, and as fast as that goes. */
const SETTINGS = {
  ENTREPOT_RECLAIM_GRACE: "6s",
  ENTREPOT_TRASH_KEEP: "2s",
  ENTREPOT_RECLAIM_UNTAGGED_AFTER: "8s",
  ENTREPOT_RECLAIM_PACE: "5000",
  ENTREPOT_UPLOADS_MAX_PER_PRINCIPAL: "100000",
  ENTREPOT_INSIGHT_ENABLED: "false",
};

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly database?: string | undefined;
}

/**
 * Bytes in use for content. What a kill cut between its final name and its commit still has its
 * staged name as well: an upload that was never finished, which goes when its time is over.
 */
async function usedBytes(folder: string, sizes: ReadonlyMap<string, number>): Promise<number> {
  const root = join(folder, "data", "storage", "blobs");
  let sum = 0;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (found === undefined) continue;
    const digest = `sha256:${entry.name.slice(0, 64)}`;
    if (found.nlink === 1 || sizes.has(digest)) sum += found.size;
  }
  return sum;
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

/** Waits until no more than live content needs is in use; gives the bytes in use. */
async function settled(registry: Registry, sizes: ReadonlyMap<string, number>): Promise<number> {
  const deadline = performance.now() + SETTLE;
  for (;;) {
    const used = await usedBytes(registry.folder, sizes);
    if (used <= total(sizes) || performance.now() > deadline) return used;
    await pause(1_000);
  }
}

function total(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function demandNone(world: SoakWorld, registry: Registry): void {
  if (world.complaints.length === 0) return;
  const shown = world.complaints.slice(0, SHOWN).join("\n");
  throw new Error(`${world.complaints.length} complaints:\n${shown}\n${errorsIn(registry.log())}`);
}

/**
 * Many clients push, delete and pull while space comes back within seconds and the registry is
 * killed again and again. Throws when an acknowledged push that nobody deleted cannot be pulled
 * with the right bytes, when anything but a kill was answered with a fault, and when more space is
 * in use in the end than live content needs.
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
    const need = total(sizes);
    const used = await settled(registry, sizes);
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
    }
    demandNone(world, registry);
    const counts = [...world.counts].map(([what, times]) => `${times} × ${what}`).sort();
    return [
      `seed ${seed}`,
      `${minutes} minutes`,
      `${kills} kills`,
      `${live.length} items live`,
      `${used} bytes in use for ${need}`,
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
