import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { HttpClient } from "../support/http-client.ts";
import { EMPTY_CONFIG, image, pushBlob, pushImage, putManifest } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { checkAlways, type Row, table } from "../support/table.ts";

const IMAGE = image([]);
/** In byte order, which is neither that of dictionaries nor that of numbers. */
const TAGS = ["0", "1.10", "1.9", "A", "Z", "_", "a", "a-b", "a.b", "a_b", "aa", "latest", "z"];

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await pushBlob(registry.admin, "team/app", EMPTY_CONFIG);
  const query = [...TAGS].reverse().map((tag) => `tag=${tag}`);
  const target = `${IMAGE.digest}?${query.join("&")}`;
  (await putManifest(registry.admin, "team/app", target, IMAGE)).expect(201);
  // A repository that holds something, but no tag.
  await pushBlob(registry.admin, "team/bare", EMPTY_CONFIG);
  (await putManifest(registry.admin, "team/bare", IMAGE.digest, IMAGE)).expect(201);
});
afterAll(() => registry.close());

/** Follows `Link` from page to page; gives the pages. */
async function walk(client: HttpClient, target: string, key: string): Promise<string[][]> {
  const pages: string[][] = [];
  let next: string | undefined = target;
  while (next !== undefined) {
    const answer = (await client.get(next)).expect(200);
    checkAlways(answer);
    pages.push((answer.json as Record<string, string[]>)[key] ?? []);
    const link = answer.headers.get("link");
    next = link === null ? undefined : /^<([^>]+)>; rel="next"$/.exec(link)?.[1];
    if (link !== null) expect(next).toBeDefined();
    expect(pages.length).toBeLessThan(500);
  }
  return pages;
}

const list = (query = "") => `GET /v2/team/app/tags/list${query}`;
const page = (query: string, tags: readonly string[], link: Row["headers"]): Row => ({
  it: "is a page",
  ask: list(query),
  gives: 200,
  headers: { "content-type": "application/json", ...link },
  body: { name: "team/app", tags },
});
const LAST = { link: null };
const next = (n: number, last: string) => ({
  link: `</v2/team/app/tags/list?n=${n}&last=${last}>; rel="next"`,
});

describe("a list of tags", () => {
  table(
    () => registry.admin,
    [
      page("", TAGS, LAST),
      page("?n=3", TAGS.slice(0, 3), next(3, "1.9")),
      page("?n=3&last=1.9", TAGS.slice(3, 6), next(3, "_")),
      page("?last=a_b", TAGS.slice(10), LAST),
      page("?last=a.zzz", TAGS.slice(9), LAST),
      page("?last=zzz", [], LAST),
      page("?last=", TAGS, LAST),
      page("?n=13", TAGS, LAST),
      page("?n=12", TAGS.slice(0, 12), next(12, "latest")),
      page("?n=0", [], LAST),
      page("?n=0&last=a", [], LAST),
      page("?n=99999999999999999999999999", TAGS, LAST),
      {
        it: "has a head",
        ask: "HEAD /v2/team/app/tags/list?n=3",
        gives: 200,
        headers: { ...next(3, "1.9"), "content-length": "45" },
      },
      {
        it: "is empty, and never null",
        ask: "GET /v2/team/bare/tags/list",
        gives: 200,
        body: { name: "team/bare", tags: [] },
      },
      {
        it: "of no repository",
        ask: "GET /v2/no/such/tags/list",
        gives: 404,
        code: "NAME_UNKNOWN",
      },
      ...[
        "n=-1",
        "n=abc",
        "n=1.5",
        "n=",
        "n=+1",
        "n=0x10",
        "n=1e3",
        "n=%00",
        "last=%00",
        "last=%ff",
        "last=a%0ab",
        "last=%F0%9F%90%B3",
        `last=${"a".repeat(600)}`,
      ].map(
        (query): Row => ({
          it: "is asked for in a way that means nothing",
          ask: list(`?${query}`),
          gives: 400,
          code: "PAGINATION_NUMBER_INVALID",
        }),
      ),
    ],
  );

  test.each([1, 2, 5, 12, 13, 14])("walked by pages of %d has every tag once", async (n) => {
    const pages = await walk(registry.admin, `/v2/team/app/tags/list?n=${n}`, "tags");
    expect(pages.flat()).toEqual(TAGS);
    expect(pages.length).toBe(Math.ceil(TAGS.length / n));
  });

  test("without `n` has the pages of the configuration", async () => {
    await registry.restart({ "tags.page_size": 4 });
    const pages = await walk(registry.admin, "/v2/team/app/tags/list", "tags");
    expect(pages.map((one) => one.length)).toEqual([4, 4, 4, 1]);
    await registry.restart();
  });

  test("goes on where a tag was deleted between two pages", async () => {
    const first = (await registry.admin.get("/v2/team/app/tags/list?n=7")).expect(200);
    (await registry.admin.delete("/v2/team/app/manifests/a")).expect(202);
    const link = /^<([^>]+)>/.exec(first.header("link"))?.[1] ?? "";
    const rest = (await registry.admin.get(link)).json as { tags: string[] };
    expect(rest.tags).toEqual(TAGS.slice(7));
    (await putManifest(registry.admin, "team/app", "a", IMAGE)).expect(201);
  });
});

describe("the catalogue", () => {
  const catalog = (query: string, repositories: readonly string[], link: string | null): Row => ({
    it: "is a page",
    ask: `GET /v2/_catalog${query}`,
    gives: 200,
    headers: { link },
    body: { repositories },
  });
  table(
    () => registry.admin,
    [
      catalog("", ["team/app", "team/bare"], null),
      catalog("?n=1", ["team/app"], '</v2/_catalog?n=1&last=team%2Fapp>; rel="next"'),
      catalog("?n=1&last=team/app", ["team/bare"], null),
      catalog("?last=team", ["team/app", "team/bare"], null),
      catalog("?last=zz", [], null),
      catalog("?n=0", [], null),
      {
        it: "has a head",
        ask: "HEAD /v2/_catalog",
        gives: 200,
        headers: { "content-length": "41" },
      },
      ...["n=-1", "n=x", "last=%00"].map(
        (query): Row => ({
          it: "is asked for in a way that means nothing",
          ask: `GET /v2/_catalog?${query}`,
          gives: 400,
          code: "PAGINATION_NUMBER_INVALID",
        }),
      ),
    ],
  );

  test("skips nothing and repeats nothing, for names that begin one another", async () => {
    const own = await startRegistry();
    try {
      const component = fc.stringMatching(/^[ab0]{1,2}([-._][ab0])?$/);
      const name = fc.array(component, { minLength: 2, maxLength: 4 }).map((all) => all.join("/"));
      const names = fc.uniqueArray(name, { minLength: 20, maxLength: 25 });
      const [some = []] = fc.sample(names, { numRuns: 1, seed: 7 });
      const all = new Set([
        ...some,
        "a/b",
        "a/b/a",
        "a/b-a",
        "a/b.a",
        "a/b_a",
        "a/b0",
        "a/bb",
        "a-b/a",
      ]);
      await Promise.all([...all].map((each) => pushImage(own.admin, each, "v1", [])));
      const expected = [...all].sort((a, b) => (a < b ? -1 : 1));
      const walks = fc.asyncProperty(fc.integer({ min: 1, max: all.size + 1 }), async (n) => {
        const pages = await walk(own.admin, `/v2/_catalog?n=${n}`, "repositories");
        expect(pages.flat()).toEqual(expected);
        expect(pages.length).toBe(Math.ceil(all.size / n));
      });
      await fc.assert(walks, { numRuns: 12 });
      const jumps = fc.asyncProperty(fc.constantFrom(...expected), async (last) => {
        const found = await own.admin.get(`/v2/_catalog?last=${last}`);
        const after = (found.json as { repositories: string[] }).repositories;
        expect(after).toEqual(expected.filter((each) => each > last));
      });
      await fc.assert(jumps, { numRuns: 20 });
    } finally {
      await own.close();
    }
  });
});
