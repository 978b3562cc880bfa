/**
 * `bun run verify:long [arguments for bench/compare]`: what takes too long for every day: 200
 * rounds of crashes on each database, storage that fails, and the comparison with other
 * registries. Run by hand, with the machine to itself. Ends with `N passed, N failed`.
 */
import { join } from "node:path";
import { entrepot, type Launcher } from "../tests/clients/launchers.ts";
import { checkCrashes, chosenSeed } from "../tests/crash/crash.ts";
import { checkFaults } from "../tests/crash/inject.ts";
import { checkSoak } from "../tests/load/soak/soak.ts";
import { Checks } from "./lib/checks.ts";
import { buildExecutable } from "./lib/executable.ts";
import { ensurePackages } from "./lib/packages.ts";
import { startPostgres } from "./lib/postgres.ts";
import { run } from "./lib/run.ts";
import { dropFolder, tempFolder } from "./lib/temp.ts";

const ROOT = join(import.meta.dir, "..");
const ROUNDS = { sqlite: 200, postgres: 200 };
/** Minutes of pushing, deleting, pulling and killing while space comes back. */
const SOAK = 30;
const HOURS = 3_600_000;

async function checkSoaks(checks: Checks, launcher: Launcher, seed: number): Promise<void> {
  await checkSoak(checks, "SQLite", launcher, { minutes: SOAK, seed });
  const postgres = await startPostgres();
  try {
    const { url: database } = postgres;
    await checkSoak(checks, "PostgreSQL", launcher, { minutes: SOAK, seed, database });
  } finally {
    await postgres.stop();
  }
}

async function verify(forBench: readonly string[]): Promise<number> {
  const checks = new Checks();
  const seed = chosenSeed(process.env.SEED);
  console.log(`seed ${seed}`);
  const folder = tempFolder("verify-long");
  try {
    const launcher = entrepot(await buildExecutable(folder));
    await checkCrashes(checks, "SQLite", launcher, { rounds: ROUNDS.sqlite, seed });
    const postgres = await startPostgres();
    try {
      const { url: database } = postgres;
      await checkCrashes(checks, "PostgreSQL", launcher, {
        rounds: ROUNDS.postgres,
        seed,
        database,
      });
    } finally {
      await postgres.stop();
    }
    await checkSoaks(checks, launcher, seed);
    await checkFaults(checks, launcher, seed);
    await checks.check("comparison with other registries", async () => {
      await ensurePackages("docker-registry");
      const compare = [process.execPath, "bench/compare.ts", ...forBench];
      await run(compare, { cwd: ROOT, timeout: 2 * HOURS, echo: true });
      return undefined;
    });
  } catch (cause) {
    checks.fail("long verification", cause);
  } finally {
    await dropFolder(folder);
  }
  return checks.close();
}

process.exitCode = await verify(process.argv.slice(2));
