import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "./run.ts";
import { readSummary } from "./tests.ts";

/** Runs a test file of its own through the real runner and reads its summary. */
async function summaryOf(source: string, flags: string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "entrepot-summary-"));
  try {
    writeFileSync(
      join(folder, "first.test.ts"),
      'import { test } from "bun:test";\ntest("a", () => {});\n',
    );
    writeFileSync(join(folder, "second.test.ts"), `import { test } from "bun:test";\n${source}\n`);
    const { output } = await attempt(
      [process.execPath, "test", ...flags, "./first.test.ts", "./second.test.ts"],
      { cwd: folder },
    );
    return readSummary(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a test run", () => {
  test("that passes", async () => {
    const expected = { passed: 2, failed: 0, files: 2 };
    expect(await summaryOf('test("b", () => {});')).toEqual(expected);
    expect(await summaryOf('test("b", () => {});', ["--parallel=2"])).toEqual(expected);
  });

  test("that fails", async () => {
    const failing = 'test("b", () => { throw new Error(); });';
    expect(await summaryOf(failing)).toEqual({ passed: 1, failed: 1, files: 2 });
  });

  test("with an error outside of its tests", async () => {
    expect((await summaryOf('throw new Error("at load");')).failed).toBeGreaterThan(0);
  });

  test("that leaves in the middle is no success", async () => {
    const leaving = 'test("b", () => process.exit(0));\ntest("c", () => {});';
    expect(summaryOf(leaving)).rejects.toThrow("no summary");
    const outcome = summaryOf(leaving, ["--parallel=2"]).then(
      (summary) => summary.failed > 0,
      () => true,
    );
    expect(await outcome).toBe(true);
  });

  test("that skips is no success", async () => {
    expect(summaryOf('test.skip("b", () => {});')).rejects.toThrow("1 tests were skipped");
    expect(summaryOf('test.todo("b");')).rejects.toThrow("1 tests were skipped");
  });
});

test("a summary inside the output of a test is not taken for the closing one", () => {
  const fake = " 9 pass\n 0 fail\nRan 9 tests across 9 files. [1ms]\n";
  const real = " 1 pass\n 1 fail\n 3 expect() calls\nRan 2 tests across 1 file. [1ms]\n";
  expect(readSummary(fake + real)).toEqual({ passed: 1, failed: 1, files: 1 });
  const error = " 2 pass\n 0 fail\n 1 error\nRan 2 tests across 1 file. [1ms]\n";
  expect(readSummary(error)).toEqual({ passed: 2, failed: 1, files: 1 });
  expect(() => readSummary(" 0 pass\n 0 fail\nRan 0 tests across 0 files. [1ms]\n")).toThrow(
    "no test",
  );
  expect(() => readSummary("")).toThrow("no summary");
});
