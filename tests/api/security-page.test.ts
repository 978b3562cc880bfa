import { describe, expect, test } from "bun:test";
import { exists } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** What has a line of its own, with the tests that prove it. */
const IDS = [...Array.from({ length: 19 }, (_, at) => `A${27 + at}`), "A55", "A60", "A66", "A67"];

/** A file, and the words of tests in it. */
const PROOF = /`([\w./-]+\.ts)`((?: “[^”]+”)*)/g;

describe.each(["docs/security.md", "docs/security.zh-CN.md"])("%s", (page) => {
  async function row(id: string): Promise<string> {
    const text = await Bun.file(join(ROOT, page)).text();
    const rows = text.split("\n").filter((line) => line.startsWith(`| ${id} |`));
    expect([id, rows.length]).toEqual([id, 1]);
    return rows[0] ?? "";
  }

  test.each(IDS)("%s names tests that are there", async (id) => {
    const proofs = [...(await row(id)).matchAll(PROOF)];
    let named = 0;
    for (const [, file = "", words = ""] of proofs) {
      const path = join(ROOT, file);
      expect([file, await exists(path)]).toEqual([file, true]);
      const source = await Bun.file(path).text();
      for (const [, name = ""] of words.matchAll(/“([^”]+)”/g)) {
        expect([file, name, source.includes(name)]).toEqual([file, name, true]);
        named += 1;
      }
    }
    expect(named).toBeGreaterThan(0);
  });
});

test("both pages name the same tests", async () => {
  const [english, chinese] = await Promise.all(
    ["docs/security.md", "docs/security.zh-CN.md"].map(async (page) => {
      const text = await Bun.file(join(ROOT, page)).text();
      return [...text.matchAll(PROOF)].map(([whole]) => whole);
    }),
  );
  expect(chinese).toEqual(english ?? []);
});
