import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { openQuotas } from "../../src/features/quota/service.ts";
import { Failure } from "../../src/kernel/errors/catalogue.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import {
  type ContentBench,
  doer,
  openContentBench,
  pushBlob,
  pushManifest,
} from "../support/content-bench.ts";
import { openFresh } from "../support/database.ts";
import { deleteRows } from "../support/rows.ts";
import { counted, expectBalanced } from "./books.ts";

let bench: ContentBench;
beforeEach(async () => {
  bench = await openContentBench();
});
afterEach(() => bench.close());

function quotas() {
  const { db, clock } = bench;
  const audit = {
    witness: (by: typeof doer) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }),
  };
  return openQuotas({ db, audit });
}

async function projectOf(repository: string) {
  const found = await bench.content.locate(parseRepositoryName(repository));
  const [name = ""] = repository.split("/");
  return { id: found?.projectId ?? "", name };
}

/** The bytes that a project is counted at. */
async function used(id: string): Promise<number> {
  return (await counted(bench.db)).get(id) ?? 0;
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

describe("a limit of bytes (A64)", () => {
  test("is kept to the byte", async () => {
    await pushBlob(bench.content, "team/app", "12345");
    const project = await projectOf("team/app");
    await quotas().set(doer, project, { bytes: 10 });
    expect(await outcome(pushBlob(bench.content, "team/app", "123456"))).toBe("quota.exceeded");
    expect(await outcome(pushBlob(bench.content, "team/app", "abcde"))).toBe("done");
    expect(await used(project.id)).toBe(10);
    expect(await outcome(pushBlob(bench.content, "team/app", "x"))).toBe("quota.exceeded");
    // What the project has already takes no more, wherever in it.
    expect(await outcome(pushBlob(bench.content, "team/other", "12345"))).toBe("done");
    expect(await used(project.id)).toBe(10);
    await expectBalanced(bench.db);
  });

  test("counts manifests, and a refused one leaves nothing behind", async () => {
    const config = await pushBlob(bench.content, "team/app", "{}");
    const project = await projectOf("team/app");
    await quotas().set(doer, project, { bytes: 100 });
    const push = pushManifest(bench.content, "team/app", { config, note: "too long" }, "v1");
    expect(await outcome(push)).toBe("quota.exceeded");
    const tags = await bench.db.read.selectFrom("tags").selectAll().execute();
    expect([tags, await used(project.id)]).toEqual([[], 2]);
  });

  test("set below what is used stops pushes until enough has gone, and no delete", async () => {
    const first = await pushBlob(bench.content, "team/app", "a".repeat(100));
    const second = await pushBlob(bench.content, "team/app", "b".repeat(100));
    const project = await projectOf("team/app");
    await quotas().set(doer, project, { bytes: 150 });
    const name = parseRepositoryName("team/app");
    const unlink = (digest: typeof first.digest) =>
      bench.content.blobs.unlink({ repository: name, digest, force: false, doer });
    // Whichever piece it is counted on, the sum is what counts.
    for (let tries = 0; tries < 40; tries++) {
      expect(await outcome(pushBlob(bench.content, "team/app", `${tries}`))).toBe("quota.exceeded");
    }
    await unlink(first.digest);
    expect(await outcome(pushBlob(bench.content, "team/app", "c".repeat(51)))).toBe(
      "quota.exceeded",
    );
    expect(await outcome(pushBlob(bench.content, "team/app", "c".repeat(50)))).toBe("done");
    await unlink(second.digest);
    expect(await used(project.id)).toBe(50);
    await expectBalanced(bench.db);
  });

  test("pushes at once never pass it, and all that fits gets in", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 8, maxLength: 32 }),
        fc.integer({ min: 0, max: 500 }),
        async (run, sizes, limit) => {
          const name = `p${run}-${Math.random().toString(36).slice(2, 8)}`;
          const { digest } = await pushBlob(bench.content, `${name}/app`, "");
          expect(digest).toStartWith("sha256:");
          const project = await projectOf(`${name}/app`);
          await quotas().set(doer, project, { bytes: limit });
          const outcomes = await Promise.all(
            sizes.map((size, at) => {
              const text = `${at}:${run}:`.padEnd(40 + size, "x");
              return outcome(pushBlob(bench.content, `${name}/app-${at % 3}`, text));
            }),
          );
          const bytes = await used(project.id);
          expect(bytes).toBeLessThanOrEqual(limit);
          const smallest = Math.min(
            ...sizes.filter((_, at) => outcomes[at] !== "done").map((size) => 40 + size),
          );
          // Nothing that was refused would have fitted in what is left at the end.
          expect(limit - bytes).toBeLessThan(smallest);
          for (const each of outcomes) expect(["done", "quota.exceeded"]).toContain(each);
        },
      ),
      { numRuns: 12 },
    );
    await expectBalanced(bench.db);
  }, 120_000);
});

test("however limits and content change, nothing grows beyond a limit", async () => {
  const act = fc.oneof(
    fc.record({ is: fc.constant("push" as const), size: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ is: fc.constant("unlink" as const), at: fc.nat(50) }),
    fc.record({
      is: fc.constant("limit" as const),
      to: fc.option(fc.integer({ min: 0, max: 300 })),
    }),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 40 }), async (acts) => {
      const repository = `h${run++}/app`;
      const name = parseRepositoryName(repository);
      const first = await pushBlob(bench.content, repository, `${run}`);
      const project = await projectOf(repository);
      const held = [first.digest];
      let limit: number | null = null;
      for (const [index, each] of acts.entries()) {
        const before = await used(project.id);
        if (each.is === "limit") {
          limit = each.to;
          await quotas().set(doer, project, { bytes: limit });
        } else if (each.is === "unlink") {
          const [digest] = held.splice(each.at % Math.max(1, held.length), 1);
          if (digest === undefined) continue;
          await bench.content.blobs.unlink({ repository: name, digest, force: false, doer });
          expect(await used(project.id)).toBeLessThan(before);
        } else {
          const text = `${run}.${index}.`.padEnd(10 + each.size, "x");
          const fits = limit === null || before + text.length <= limit;
          let came: string;
          try {
            held.push((await pushBlob(bench.content, repository, text)).digest);
            came = "done";
          } catch (error) {
            came = error instanceof Failure ? error.code : String(error);
          }
          expect([limit, before, came]).toEqual([limit, before, fits ? "done" : "quota.exceeded"]);
        }
      }
      await expectBalanced(bench.db);
    }),
    { numRuns: 25 },
  );
}, 120_000);

test("repositories and tags are limited to the one", async () => {
  const config = await pushBlob(bench.content, "team/app", "{}");
  const project = await projectOf("team/app");
  await quotas().set(doer, project, { repositories: 2, tags: 3 });
  const repositories = await Promise.all(
    Array.from({ length: 8 }, (_, at) => outcome(pushBlob(bench.content, `team/r${at}`, "{}"))),
  );
  expect(repositories.filter((each) => each === "done")).toHaveLength(1);
  expect(repositories.filter((each) => each === "quota.repositories")).toHaveLength(7);
  const tags = await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      outcome(pushManifest(bench.content, "team/app", { config, note: `${at}` }, `v${at}`)),
    ),
  );
  expect(tags.filter((each) => each === "done")).toHaveLength(3);
  expect(tags.filter((each) => each === "quota.tags")).toHaveLength(5);
});

test("new projects get the limits that were set for them", async () => {
  await quotas().setDefaults(doer, { bytes: 8, bytesWarn: 4 });
  expect(await outcome(pushBlob(bench.content, "fresh/app", "123456789"))).toBe("quota.exceeded");
  expect(await outcome(pushBlob(bench.content, "fresh/app", "12345678"))).toBe("done");
  const quota = await quotas().of(await projectOf("fresh/app"));
  expect(quota).toMatchObject({ limits: { bytes: 8, bytesWarn: 4 }, level: "full" });
});

test("counters that went wrong are found, told of and put right", async () => {
  await pushBlob(bench.content, "team/app", "12345");
  await pushBlob(bench.content, "team/other", "12345");
  await pushBlob(bench.content, "team/app", "678");
  const project = await projectOf("team/app");
  await quotas().set(doer, project, { bytes: 20 });
  expect(await quotas().check(doer, project)).toEqual({ difference: 0 });
  const db = await openFresh(bench.fresh, new URL("../support/writer.ts", import.meta.url));
  await db.write(deleteRows, { table: "quota_blobs", where: { size: 5 } });
  await db.write(deleteRows, { table: "quota_usage", where: { shard: 0 } });
  await db.write(deleteRows, { table: "quota_usage", where: { shard: 1 } });
  await db.close();
  await quotas().check(doer, project);
  await expectBalanced(bench.db);
  expect(await used(project.id)).toBe(8);
  const rows = await bench.db.read
    .selectFrom("quota_blobs")
    .select(["links", "size"])
    .orderBy("size")
    .execute();
  expect(rows).toEqual([
    { links: 1, size: 3 },
    { links: 2, size: 5 },
  ]);
  const log = await bench.db.read.selectFrom("audit").select("action").execute();
  expect(log.map(({ action }) => action)).toContain("quota.repair");
  expect(await outcome(pushBlob(bench.content, "team/app", "x".repeat(13)))).toBe("quota.exceeded");
  expect(await outcome(pushBlob(bench.content, "team/app", "x".repeat(12)))).toBe("done");
});
