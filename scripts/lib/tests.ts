import { join } from "node:path";
import type { Checks } from "./checks.ts";
import { attempt, tail } from "./run.ts";

const ROOT = join(import.meta.dir, "../..");
const MINUTES = 60_000;

/** Folders whose tests run by themselves: under load, on the executable, in a browser, by others' programs. */
const APART = [
  "tests/load/",
  "tests/executable/",
  "tests/e2e/",
  "tests/directory/",
  "tests/automation/",
];

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly files: number;
}

/**
 * Reads the closing lines of a test run. Throws when there are none, when a test was skipped, or
 * when there were errors outside of tests: such a run proves nothing, whatever its exit code.
 */
export function readSummary(output: string): TestSummary {
  const plain = Bun.stripANSI(output);
  const closing = [...plain.matchAll(/^Ran (\d+) tests? across (\d+) files?\./gm)].at(-1);
  if (closing === undefined) throw new Error("the test run printed no summary");
  const lines = plain.slice(0, closing.index).trimEnd().split("\n");
  const first = lines.findLastIndex((line) => !/^ *\d+ [a-z]/.test(line)) + 1;
  const figures = lines.slice(first).join("\n");
  const count = (word: string) =>
    Number(new RegExp(`^ *(\\d+) ${word}s?$`, "m").exec(figures)?.[1] ?? 0);
  const [passed, failed, errors] = [count("pass"), count("fail"), count("error")];
  const left = count("skip") + count("todo");
  if (left > 0) throw new Error(`${left} tests were skipped`);
  if (passed + failed !== Number(closing[1]))
    throw new Error(`not every test ended: ${closing[0]}`);
  if (passed === 0 && failed === 0) throw new Error("the run had no test");
  return { passed, failed: failed + errors, files: Number(closing[2]) };
}

/** The test files below some folders, sorted. */
export async function testFiles(...folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const glob = new Bun.Glob(`${folder}/**/*.test.{ts,tsx}`);
    for await (const path of glob.scan({ cwd: ROOT })) found.push(path);
  }
  return found.sort();
}

/** Runs test files and adds their figures to the checks. */
export async function runTests(
  checks: Checks,
  name: string,
  files: readonly string[],
  env: Record<string, string | undefined> = {},
): Promise<void> {
  let summary: TestSummary = { passed: 0, failed: 0, files: 0 };
  await checks.check(name, async () => {
    const flags = ["--parallel=2", "--timeout=60000"];
    const paths = files.map((path) => `./${path}`);
    const finished = await attempt([process.execPath, "test", ...flags, ...paths], {
      cwd: ROOT,
      env: { FORCE_COLOR: undefined, NO_COLOR: "1", ENTREPOT_TEST_DATABASE: undefined, ...env },
      timeout: 30 * MINUTES,
    });
    const failures = () =>
      tail(finished.output.replace(/^(?:\(pass\).*|.*\.test\.ts:|)\n/gm, ""), 200);
    if (finished.timedOut) throw new Error(`it did not end:\n${tail(finished.output)}`);
    try {
      summary = readSummary(finished.output);
    } catch (cause) {
      throw new Error(failures(), { cause });
    }
    if (summary.failed > 0 || finished.code !== 0) throw new Error(failures());
    if (summary.files !== files.length) {
      throw new Error(`${summary.files} of ${files.length} test files ran`);
    }
    return `${summary.passed} tests in ${summary.files} files`;
  });
  checks.passed += summary.passed;
  // The check itself stands for one failure already.
  checks.failed += Math.max(summary.failed - 1, 0);
}

/** Every test but those that run apart; on SQLite, or on the server of a PostgreSQL URL. */
export async function runEveryTest(
  checks: Checks,
  on: "SQLite" | "PostgreSQL",
  database?: string,
): Promise<void> {
  const all = await testFiles("src", "tests", "scripts", "bench");
  const files = all.filter((path) => !APART.some((folder) => path.startsWith(folder)));
  await runTests(checks, `every test, on ${on}`, files, { ENTREPOT_TEST_DATABASE: database });
}
