/**
 * `bun run verify`: installs, then proves all that needs no system package: the checks of the
 * source, every test on SQLite, and the built executable. Ends with `N passed, N failed`.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entrepot } from "../tests/clients/launchers.ts";
import { chosenSeed } from "../tests/crash/crash.ts";
import { checkSoak } from "../tests/load/soak/soak.ts";
import { checkSource } from "./check.ts";
import { Checks } from "./lib/checks.ts";
import { run } from "./lib/run.ts";
import { runEveryTest, runTests, testFiles } from "./lib/tests.ts";

const ROOT = join(import.meta.dir, "..");
const MINUTES = 60_000;
/** Minutes of pushing, deleting, pulling and killing while space comes back. */
const SOAK = 3;

async function executable(checks: Checks): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-verify-"));
  try {
    const path = join(folder, "entrepot");
    const isBuilt = await checks.check("the executable is built", async () => {
      await run([process.execPath, "scripts/build.ts", "--outfile", path], {
        cwd: ROOT,
        timeout: 10 * MINUTES,
      });
      return (await run([path, "--version"], { cwd: folder })).stdout.trim();
    });
    if (!isBuilt) return;
    const files = await testFiles("tests/executable");
    await runTests(checks, "the executable", files, { ENTREPOT_TEST_EXECUTABLE: path });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function verify(): Promise<number> {
  const checks = new Checks();
  const isInstalled = await checks.check("dependencies as the lock file says", async () => {
    await run([process.execPath, "install", "--frozen-lockfile"], {
      cwd: ROOT,
      timeout: 10 * MINUTES,
    });
    return `${(await readdir(join(ROOT, "node_modules"))).length} entries`;
  });
  if (isInstalled) {
    await checkSource(checks);
    await runEveryTest(checks, "SQLite");
    await executable(checks);
    const seed = chosenSeed(process.env.SEED);
    await checkSoak(checks, "SQLite", entrepot(), { minutes: SOAK, seed });
  }
  return checks.close();
}

if (import.meta.main) process.exitCode = await verify();
