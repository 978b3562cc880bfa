import { expect, test } from "bun:test";
import { join } from "node:path";
import { checkHouse } from "./house.ts";

const ROOT = join(import.meta.dir, "../..");

async function sources(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const glob = new Bun.Glob("{src,tests,scripts,bench}/**/*.{ts,tsx}");
  for await (const path of glob.scan({ cwd: ROOT })) {
    files.set(path, await Bun.file(join(ROOT, path)).text());
  }
  return files;
}

test("every file keeps to the floors and rights of the house", async () => {
  const files = await sources();
  expect(files.has("src/kernel/ids.ts")).toBe(true);
  const violations = checkHouse(files).map(({ rule, at, why }) => `${rule}: ${at}: ${why}`);
  expect(violations).toEqual([]);
});
