import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { hashFile, readPack, writePack } from "./pack.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "entrepot-pack-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function* given(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function all(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readPack(path)) lines.push(line);
  return lines;
}

let count = 0;
const next = () => join(folder, "in", `${count++}.gz`);

test("lines come back as they were, whatever is in them", async () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "\u2028"));
  await fc.assert(
    fc.asyncProperty(fc.array(line), async (lines) => {
      const path = next();
      const { lines: written, size, sha256 } = await writePack(path, given(lines));
      expect(written).toBe(lines.length);
      expect(await hashFile(path)).toEqual({ size, sha256 });
      expect(await all(path)).toEqual(lines);
    }),
    { numRuns: 50 },
  );
});

test("several megabytes are one file to every reader", async () => {
  const lines = Array.from({ length: 50 }, (_, at) => `${at}${"x".repeat(100_000)}`);
  const path = next();
  await writePack(path, given(lines));
  expect(await all(path)).toEqual(lines);
  expect(gunzipSync(await readFile(path)).toString()).toBe(`${lines.join("\n")}\n`);
});

test("a file that is cut, damaged or missing is an error, and never a shorter list", async () => {
  const path = next();
  const { size } = await writePack(path, given(["a", "b"]));
  await expect(writePack(path, given(["c"]))).rejects.toThrow("EEXIST");
  await truncate(path, size - 3);
  await expect(all(path)).rejects.toThrow();
  await writeFile(path, "not gzip");
  await expect(all(path)).rejects.toThrow();
  await expect(all(next())).rejects.toThrow("ENOENT");
});
