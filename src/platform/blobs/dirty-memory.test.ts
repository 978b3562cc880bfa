import { expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dirtyMemory } from "./dirty-memory.ts";

test("dirty and written-back memory count, and nothing else", () => {
  const path = join(fs.mkdtempSync(join(tmpdir(), "entrepot-dirty-")), "meminfo");
  const lines = ["MemTotal: 24000 kB", "Dirty:      100 kB", "Writeback:   20 kB"];
  fs.writeFileSync(path, `${[...lines, "WritebackTmp:  7 kB"].join("\n")}\n`);
  expect(dirtyMemory(path)()).toBe(120 * 1_024);
});

test("a system that does not tell is unknown, not zero", () => {
  expect(dirtyMemory("/nowhere/meminfo")()).toBeUndefined();
});
