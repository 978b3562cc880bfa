/** `bun run check`: format, lint, types, dead code and generated pages, with one summary. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Checks } from "./lib/checks.ts";
import { run } from "./lib/run.ts";

const ROOT = join(import.meta.dir, "..");
const MINUTES = 60_000;

/** What is checked without running the program: a name and the command. */
const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ["format and lint (biome)", ["x", "biome", "ci", "--error-on-warnings", "--colors=off"]],
  ["types (tsc)", ["x", "tsc", "--noEmit", "-p", "."]],
  ["types of the console (tsc)", ["x", "tsc", "--noEmit", "-p", "console"]],
  ["dead code and dependencies (knip)", ["x", "knip", "--no-progress"]],
  ["generated pages (docs)", ["scripts/docs.ts", "--check"]],
];

/** Runs every check of the source, one after the other: each of them uses all cores by itself. */
export async function checkSource(checks: Checks): Promise<void> {
  for (const [name, argv] of COMMANDS) {
    await checks.check(name, async () => {
      // Biome asks git which files are ignored; a tree without its history has no answer.
      const hasGit = existsSync(join(ROOT, ".git"));
      const extra = argv.includes("biome") && !hasGit ? ["--vcs-enabled=false"] : [];
      await run([process.execPath, ...argv, ...extra], {
        cwd: ROOT,
        env: { FORCE_COLOR: undefined, NO_COLOR: "1" },
        timeout: 10 * MINUTES,
      });
      return undefined;
    });
  }
}

if (import.meta.main) {
  const checks = new Checks();
  await checkSource(checks);
  process.exitCode = checks.close();
}
