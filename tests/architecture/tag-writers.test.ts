import { expect, test } from "bun:test";
import { Glob } from "bun";

/** Where `needle` stands in the source, and what is around it: from one declaration to the next. */
async function declarationsWith(needle: RegExp): Promise<{ at: string; text: string }[]> {
  const found: { at: string; text: string }[] = [];
  for await (const path of new Glob("src/**/*.ts").scan(".")) {
    if (/\.test\.ts$|\/suite[^/]*\.ts$|\/migrations\//.test(path)) continue;
    const source = await Bun.file(path).text();
    for (const text of source.split(/^(?=(?:export )?(?:async )?(?:function|const|class) )/m)) {
      if (needle.test(text)) found.push({ at: path, text });
    }
  }
  return found;
}

test("whatever takes a tag from its manifest asks first (A25)", async () => {
  const all = await declarationsWith(/(?:updateTable|deleteFrom)\("tags"\)/);
  // Of a repository that has gone for good: it was asked about as a whole when it went.
  const takers = all.filter(({ text }) => !text.startsWith("export async function forgetTags("));
  expect([all.length, takers.length]).toEqual([4, 3]);
  for (const { at, text } of takers) {
    expect([at, text.includes("tagLosses.ask(")]).toEqual([at, true]);
  }
  // Nothing but the store of tags writes them, and none of it in SQL of its own.
  const writers = await declarationsWith(/(?:insertInto|updateTable|deleteFrom)\("tags"\)/);
  expect(new Set(writers.map(({ at }) => at))).toEqual(
    new Set(["src/features/content/tags/store.ts"]),
  );
  expect(await declarationsWith(/(?:insert into|update|delete from) tags\b/i)).toEqual([]);
});

test("whatever deletes repositories asks first", async () => {
  const deleters = (await declarationsWith(/updateTable\("repositories"\)/)).filter(({ text }) =>
    /updateTable\("repositories"\)\s*\.set\(\{ deleted_at: (?!null)/.test(text),
  );
  expect(deleters.map(({ at }) => at).sort()).toEqual([
    "src/features/projects/store-write.ts",
    "src/features/trash/store/repositories.ts",
  ]);
  for (const { at, text } of deleters) {
    const asks = /(?:projectLosses|repositoryLosses)\.ask\(/.test(text);
    expect([at, asks]).toEqual([at, true]);
  }
});
