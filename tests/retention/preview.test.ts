import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import type { RetentionRule } from "../../src/features/retention/policy.ts";
import { deleteRepository } from "../../src/features/trash/store/repositories.ts";
import { DAY, HOUR } from "../../src/kernel/clock.ts";
import { parseRepositoryName, parseTag } from "../../src/oci/name.ts";
import { type Described, doer, pushBlob, pushManifest } from "../support/content-bench.ts";
import { openRetentionBench, type RetentionBench, savePolicy } from "../support/retention-bench.ts";
import { insertRows } from "../support/rows.ts";

setDefaultTimeout(400_000);

let bench: RetentionBench;

beforeAll(async () => {
  bench = await openRetentionBench((tag) => tag.startsWith("fixed"));
});

afterAll(() => bench.close());

let count = 0;
const freshProject = () => `p${count++}`;

/** Everything that is live in a project: its tags and its manifests. */
async function live(project: string): Promise<Set<string>> {
  const { db } = bench;
  const tags = await db.read
    .selectFrom("tags as t")
    .innerJoin("repositories as r", "r.id", "t.repository_id")
    .select(["r.name as repository", "t.name"])
    .where("r.name", "like", `${project}/%`)
    .execute();
  const manifests = await db.read
    .selectFrom("manifests as m")
    .innerJoin("repositories as r", "r.id", "m.repository_id")
    .select(["r.name as repository", "m.digest"])
    .where("r.name", "like", `${project}/%`)
    .where("m.deleted_at", "is", null)
    .execute();
  return new Set([
    ...tags.map(({ repository, name }) => `${repository}:${name}`),
    ...manifests.map(({ repository, digest }) => `${repository}@${digest}`),
  ]);
}

/** An image of its own. */
async function image(repository: string, note: string, tag: string): Promise<Described> {
  const config = await pushBlob(bench.content, repository, "config");
  return await pushManifest(bench.content, repository, { config, note }, tag);
}

const keyOf = (item: { repository: string; tag: string | null; digest: string }) =>
  `${item.repository}${item.tag === null ? `@${item.digest}` : `:${item.tag}`}`;

/** Digests of the blobs that live manifests name, everywhere. */
async function heldBlobs(): Promise<Map<string, number>> {
  const rows = await bench.db.read
    .selectFrom("manifest_blobs as e")
    .innerJoin("manifests as m", (j) =>
      j.onRef("m.repository_id", "=", "e.repository_id").onRef("m.digest", "=", "e.manifest"),
    )
    .innerJoin("blobs as b", "b.digest", "e.digest")
    .select(["b.digest", "b.size"])
    .distinct()
    .where("m.deleted_at", "is", null)
    .execute();
  return new Map(rows.map((row) => [row.digest, row.size]));
}

const total = (blobs: ReadonlyMap<string, number>) =>
  [...blobs.values()].reduce((sum, size) => sum + size, 0);

const REPOSITORIES = ["app", "web/front"];

const steps = fc.array(
  fc.record({
    repository: fc.nat(1),
    layers: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
    children: fc.option(fc.array(fc.nat(20), { maxLength: 3 }), { freq: 3 }),
    subject: fc.option(fc.nat(20), { freq: 4 }),
    tag: fc.option(fc.constantFrom("a", "b", "latest", "fixed", "1.0.0", "1.0.1", "1.1.0"), {
      freq: 3,
    }),
    hours: fc.nat(30),
    inUse: fc.nat(9),
  }),
  { minLength: 1, maxLength: 18 },
);

const count1 = { by: "pushed", per: "repository" } as const;
const rules: fc.Arbitrary<RetentionRule[]> = fc.array(
  fc.constantFrom<RetentionRule>(
    { action: "delete", olderThanDays: 1 },
    { action: "delete", olderThanDays: 0 },
    { action: "delete", untagged: true },
    { action: "delete", exceptNewest: { count: 2, ...count1 } },
    { action: "delete", tags: ["a", "1.*"] },
    { action: "keep", tags: ["latest"] },
    { action: "keep", newest: { count: 1, ...count1 } },
    { action: "keep", newest: { count: 1, by: "version", per: "minor" } },
  ),
  { minLength: 1, maxLength: 3 },
);

type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never;

async function build(project: string, world: Steps): Promise<void> {
  const { content, clock, db } = bench;
  const made: Described[][] = [[], []];
  for (const [at, step] of world.entries()) {
    const repository = `${project}/${REPOSITORIES[step.repository]}`;
    const before = made[step.repository] ?? [];
    const pick = (of: number) => before[of % Math.max(1, before.length)];
    const layers = await Promise.all(
      step.layers.map((of) => pushBlob(content, repository, `${"x".repeat(of * 7)} layer ${of}`)),
    );
    const config = await pushBlob(content, repository, `config ${project} ${at % 4}`);
    const children = (step.children ?? []).flatMap((of) => pick(of) ?? []);
    const subject = step.subject === null ? undefined : pick(step.subject);
    const shape = {
      note: `${project} ${at}`,
      ...(step.children === null ? { config, layers } : { children }),
      ...(subject === undefined ? {} : { subject }),
    };
    const pushed = await pushManifest(content, repository, shape, step.tag ?? undefined);
    before.push(pushed);
    if (step.inUse === 0) {
      const { digest } = pushed;
      const row = { source: "prod", digest, reference: digest, seen_at: clock.now() };
      await db.write(insertRows, { table: "in_use_digests", rows: [row] });
    }
    clock.advance(step.hours * HOUR);
  }
}

describe("a preview", () => {
  test("tells what the run then does, whatever is stored and whatever the rules are", async () => {
    await fc.assert(
      fc.asyncProperty(steps, rules, async (world, given) => {
        const project = freshProject();
        await build(project, world);
        const { retention, carryOut, itemsOf, projectId } = bench;
        const id = await projectId(project);
        const policy = await savePolicy(bench, project, given);
        const asked = { policyId: policy.id, unsaved: null };
        const preview = await carryOut(await retention.preview(doer, id, asked));
        const before = await live(project);
        const held = await heldBlobs();

        const run = await carryOut(await retention.run(doer, id, policy.id));
        const going = (await itemsOf(preview)).filter(({ outcome }) => outcome === "going");
        const gone = (await itemsOf(run)).filter(({ outcome }) => outcome === "gone");
        expect(gone.map(keyOf).sort()).toEqual(going.map(keyOf).sort());
        const after = await live(project);
        expect([...before].filter((key) => !after.has(key)).sort()).toEqual(
          going.map(keyOf).sort(),
        );
        expect(run.left).toBe(0);
        expect(run.tags.gone).toBe(preview.tags.going);
        expect(run.manifests.gone).toBe(preview.manifests.going);
        // What really comes back: what no live manifest names any more.
        expect(preview.bytes).toBe(total(held) - total(await heldBlobs()));
        expect(run.bytes).toBe(preview.bytes);
      }),
      { numRuns: 60 },
    );
  });

  test("of ten thousand tags tells exactly what goes", async () => {
    const { retention, carryOut, itemsOf, projectId, clock, db } = bench;
    const project = freshProject();
    const first = await image(`${project}/app`, "first", "first");
    const repository = await db.read
      .selectFrom("repositories")
      .selectAll()
      .where("name", "=", `${project}/app`)
      .executeTakeFirstOrThrow();
    const model = await db.read
      .selectFrom("manifests")
      .selectAll()
      .where("digest", "=", first.digest)
      .executeTakeFirstOrThrow();
    const now = clock.now();
    for (let at = 0; at < 10_000; at += 200) {
      const some = Array.from({ length: 200 }, (_, more) => at + more);
      const digestAt = (of: number) => `sha256:${of.toString(16).padStart(64, "0")}`;
      const manifests = some.map((of) => {
        return { ...model, digest: digestAt(of), pushed_at: now - of * HOUR };
      });
      const tags = some.map((of) => ({
        repository_id: repository.id,
        name: `${Math.floor(of / 100)}.${Math.floor(of / 10) % 10}.${of % 10}`,
        manifest: digestAt(of),
        updated_at: now - of * HOUR,
        updated_by: "tester",
      }));
      await db.write(insertRows, { table: "manifests", rows: manifests });
      await db.write(insertRows, { table: "tags", rows: tags });
    }
    const id = await projectId(project);
    const policy = await savePolicy(bench, project, [
      { action: "keep", newest: { count: 5, by: "version", per: "minor" } },
      { action: "keep", tags: ["first"] },
      { action: "delete", olderThanDays: 30 },
    ]);
    const asked = { policyId: policy.id, unsaved: null };
    const preview = await carryOut(await retention.preview(doer, id, asked));
    // Half of each minor version, but what is younger than thirty days.
    expect(preview.tags.going).toBe(5_000 - 360);
    expect(preview.tags.kept).toBe(5_361);
    const before = await live(project);
    const run = await carryOut(await retention.run(doer, id, policy.id));
    const going = (await itemsOf(preview)).filter(({ outcome }) => outcome === "going");
    const after = await live(project);
    expect(new Set([...before].filter((key) => !after.has(key)))).toEqual(
      new Set(going.map(keyOf)),
    );
    expect(run.tags.gone).toBe(preview.tags.going);
    expect(run.left).toBe(0);
  });
});

describe("a run leaves alone", () => {
  const all: RetentionRule[] = [{ action: "delete", olderThanDays: 0 }];

  /** Plans, lets something happen, and then does what was planned. */
  async function meanwhile(
    project: string,
    happens: () => Promise<unknown>,
  ): Promise<Map<string, string>> {
    const { retention, carryOut, itemsOf, projectId, db } = bench;
    const policy = await savePolicy(bench, project, all);
    const id = await projectId(project);
    const asked = { policyId: policy.id, unsaved: null };
    const planned = await carryOut(await retention.preview(doer, id, asked));
    await happens();
    // A run that has planned this, and comes to do it now.
    await db.write(insertRows, {
      table: "retention_runs",
      rows: [
        {
          ...(await db.read
            .selectFrom("retention_runs")
            .selectAll()
            .where("id", "=", planned.id)
            .executeTakeFirstOrThrow()),
          id: `${planned.id}x`,
          job_id: `${planned.jobId}x`,
          kind: "run",
          finished_at: null,
        },
      ],
    });
    const rows = await db.read
      .selectFrom("retention_items")
      .selectAll()
      .where("run_id", "=", planned.id)
      .execute();
    await db.write(insertRows, {
      table: "retention_items",
      rows: rows.map((row) => ({ ...row, run_id: `${planned.id}x` })),
    });
    const run = { ...planned, id: `${planned.id}x`, kind: "run" as const };
    await carryOut(run);
    const items = await itemsOf(run);
    return new Map(items.map((item) => [item.tag ?? item.digest, `${item.outcome} ${item.cause}`]));
  }

  const inAll = (project: string) => parseRepositoryName(`${project}/app`);

  test("a tag that was moved meanwhile, and the image that it left", async () => {
    const project = freshProject();
    const { content, clock } = bench;
    const one = await image(`${project}/app`, "1", "moving");
    const two = await image(`${project}/app`, "2", "other");
    clock.advance(DAY);
    const items = await meanwhile(project, () =>
      content.manifests.tag(inAll(project), parseTag("moving"), two.digest, doer),
    );
    expect(items.get("moving")).toStartWith("gone");
    expect(items.get(one.digest)).toStartWith("gone");
    expect(items.get("other")).toBe("left changed");
    expect(items.get(two.digest)).toBe("left changed");
    expect(await live(project)).toEqual(
      new Set([`${project}/app:moving`, `${project}/app:other`, `${project}/app@${two.digest}`]),
    );
  });

  test("an image that was pushed again, listed by a new index, or runs now", async () => {
    const project = freshProject();
    const { content, clock, db } = bench;
    const at = `${project}/app`;
    const again = await image(at, "again", "again");
    const listed = await image(at, "listed", "listed");
    const running = await image(at, "running", "running");
    clock.advance(DAY);
    const items = await meanwhile(project, async () => {
      await image(at, "again", "again");
      await pushManifest(content, at, { children: [listed], note: "index" }, "new");
      const row = { source: "x", digest: running.digest, reference: "x", seen_at: 1 };
      await db.write(insertRows, { table: "in_use_digests", rows: [row] });
    });
    expect(items.get(again.digest)).toBe("left changed");
    expect(items.get("again")).toBe("left changed");
    expect(items.get(listed.digest)).toBe("left held");
    expect(items.get(running.digest)).toBe("left in-use");
    expect((await live(project)).size).toBe(8);
  });

  test("an image whose tag was made immutable, and takes no other along", async () => {
    const project = freshProject();
    const { clock, db, projectId } = bench;
    const at = `${project}/app`;
    const locked = await image(at, "locked", "locked");
    for (let more = 0; more < 20; more++) await image(at, `free ${more}`, `free-${more}`);
    clock.advance(DAY);
    const items = await meanwhile(project, async () => {
      const terms = { repositories: "**", tags: "locked", except_tags: "[]" };
      const rule = { id: `r${project}`, project_id: await projectId(project), name: "locked" };
      const row = { ...rule, ...terms, created_at: clock.now(), version: 1 };
      await db.write(insertRows, { table: "immutability_rules", rows: [row] });
    });
    expect(items.get(locked.digest)).toStartWith("left ");
    expect([...items.values()].filter((outcome) => outcome.startsWith("gone"))).toHaveLength(40);
    expect(await live(project)).toEqual(new Set([`${at}:locked`, `${at}@${locked.digest}`]));
  });

  test("a repository that was deleted and made anew under its name", async () => {
    const project = freshProject();
    const { clock, db } = bench;
    const at = `${project}/app`;
    const same = await image(at, "same", "same");
    clock.advance(DAY);
    const items = await meanwhile(project, async () => {
      const witness = { doer, at: clock.now(), headKey: "00".repeat(32) };
      const deed = { principal: doer.id, now: clock.now(), witness };
      await db.write(deleteRepository, { repository: inAll(project), ...deed });
      await image(at, "same", "same");
    });
    expect(items.get(same.digest)).toBe("left gone");
    expect([...(await live(project))]).toContain(`${at}@${same.digest}`);
  });
});
