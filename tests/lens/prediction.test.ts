import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import * as fc from "fast-check";
import { openLens } from "../../src/features/lens/service.ts";
import { horizons } from "../../src/features/lens/space.ts";
import { deleteProject } from "../../src/features/projects/store-write.ts";
import { deleteRepository } from "../../src/features/trash/store/repositories.ts";
import { parseReference, parseRepositoryName } from "../../src/oci/name.ts";
import { times } from "../reclaim/bench.ts";
import { doer } from "../support/content-bench.ts";
import { Ledger } from "./ledger.ts";
import { openWorld, PLACES, plans, type Stored, type World } from "./world.ts";

setDefaultTimeout(600_000);

const { signal } = new AbortController();
const everywhere = { horizon: "installation", signal } as const;
const settings = { untaggedAfter: times.untaggedAfter };
let asked = 0;

async function inWorld(
  plan: Parameters<typeof openWorld>[0],
  work: (world: World) => Promise<void>,
) {
  const world = await openWorld(plan);
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

async function idsOf({ db }: World, name: string) {
  return await db.read
    .selectFrom("repositories")
    .select(["id", "project_id as project"])
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
}

async function isLive({ db }: World, { repository, digest }: Stored): Promise<boolean> {
  const row = await db.read
    .selectFrom("manifests as m")
    .innerJoin("repositories as r", "r.id", "m.repository_id")
    .select("m.digest")
    .where("r.name", "=", repository)
    .where("m.digest", "=", digest)
    .where("m.deleted_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

const ofArtifact = (lens: ReturnType<typeof openLens>, { repository, digest }: Stored) =>
  lens.ofArtifacts(parseRepositoryName(repository), [parseReference(digest)], everywhere);

test("what was said to come back comes back, to the byte, once an artifact was deleted and all was swept", async () => {
  const property = fc.asyncProperty(plans, fc.infiniteStream(fc.nat()), async (plan, picks) => {
    await inWorld(plan, async (world) => {
      const lens = openLens({ db: world.db, settings });
      await world.settle();
      for (const pick of picks.take(4)) {
        const live: Stored[] = [];
        for (const each of world.stored) if (await isLive(world, each)) live.push(each);
        const target = live[pick % Math.max(1, live.length)];
        if (target === undefined) return;
        const before = await Ledger.read(world.db);
        const { freed } = await ofArtifact(lens, target);
        await world.remove(target);
        await world.settle();
        const after = await Ledger.read(world.db);
        asked += 1;
        expect({
          bytes: before.stored() - after.stored(),
          blobs: before.sizes.size - after.sizes.size,
          manifests: before.manifests.length - after.manifests.length,
          manifestBytes: before.manifestBytes - after.manifestBytes,
        }).toEqual(freed);
      }
    });
  });
  await fc.assert(property, { numRuns: 18 });
});

afterAll(() => expect(asked).toBeGreaterThanOrEqual(50));

test("artifacts, repositories and projects take up what reckoning by hand says", async () => {
  const property = fc.asyncProperty(plans, async (plan) => {
    await inWorld(plan, async (world) => {
      const lens = openLens({ db: world.db, settings });
      const ledger = await Ledger.read(world.db);
      for (const horizon of horizons) {
        const looking = { horizon, signal };
        for (const { repository, digest } of world.stored) {
          const ids = await idsOf(world, repository);
          if (ids === undefined) throw new Error(repository);
          const sees = (other: string) =>
            horizon === "installation" || ledger.projects.get(other) === ids.project;
          const name = parseRepositoryName(repository);
          const space = await lens.ofArtifacts(name, [parseReference(digest)], looking);
          expect(space).toMatchObject(ledger.artifact(ids.id, digest, sees));
        }
        for (const name of PLACES) {
          const ids = await idsOf(world, name);
          if (ids === undefined) throw new Error(name);
          const sees = (other: string) =>
            horizon === "installation" || ledger.projects.get(other) === ids.project;
          const space = await lens.ofRepository(parseRepositoryName(name), looking);
          expect(space).toMatchObject(ledger.place(new Set([ids.id]), sees));
          const own = [...ledger.projects].filter(([, project]) => project === ids.project);
          const all = new Set(own.map(([id]) => id));
          const seen = (_: string) => horizon === "installation";
          const whole = await lens.ofProject(ids.project, looking);
          expect(whole).toMatchObject(ledger.place(all, seen));
        }
      }
    });
  });
  await fc.assert(property, { numRuns: 12 });
});

test("the same is true of repositories and projects, with their trash", async () => {
  const property = fc.asyncProperty(plans, fc.nat({ max: 3 }), async (plan, pick) => {
    await inWorld(plan, async (world) => {
      const { db, clock } = world;
      const lens = openLens({ db, settings });
      await world.settle();
      const witness = () => ({ doer, at: clock.now(), headKey: "00".repeat(32) });
      const name = parseRepositoryName(PLACES[pick] ?? PLACES[0]);
      const ids = await idsOf(world, name);
      if (ids === undefined) throw new Error(name);
      // Something in the trash of what is deleted: it goes too.
      const one = world.stored.find((each) => each.repository === name);
      if (one !== undefined && (await isLive(world, one))) await world.remove(one);
      const before = await Ledger.read(db);
      const own = await lens.ofRepository(name, { horizon: "project", signal });
      const { freed } = await lens.ofRepository(name, everywhere);
      const now = clock.now();
      const deed = { principal: doer.id, now, witness: witness() };
      await db.write(deleteRepository, { repository: name, ...deed });
      await world.settle();
      const between = await Ledger.read(db);
      expect(before.stored() - between.stored()).toBe(freed.bytes);
      expect(before.manifestBytes - between.manifestBytes).toBe(freed.manifestBytes);
      expect(before.stored(ids.project) - between.stored(ids.project)).toBe(own.freed.bytes);
      const whole = await lens.ofProject(ids.project, everywhere);
      await db.write(deleteProject, { id: ids.project, version: null, witness: witness() });
      await world.settle();
      const after = await Ledger.read(db);
      expect(between.stored() - after.stored()).toBe(whole.freed.bytes);
      expect(between.manifests.length - after.manifests.length).toBe(whole.freed.manifests);
      expect(after.stored(ids.project)).toBe(0);
    });
  });
  await fc.assert(property, { numRuns: 6 });
});
