import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Doer } from "../../src/features/audit/entry.ts";
import { Revision } from "../../src/features/identity/revision/revision.ts";
import { NEVER } from "../../src/features/projects/rules.ts";
import { openProjects } from "../../src/features/projects/service.ts";
import { restampJob } from "../../src/features/reclaim/restamp-job.ts";
import { statusReads } from "../../src/features/reclaim/store/status.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import { doer, jobContext, pushBlob, pushManifest } from "../support/content-bench.ts";
import { openReclaimBench, type ReclaimBench } from "./bench.ts";

const app = parseRepositoryName("team/app");
const web = parseRepositoryName("team/web");
const other = parseRepositoryName("rest/app");
const OWN = 700;

let bench: ReclaimBench;
let revision: Revision;
beforeEach(async () => {
  bench = await openReclaimBench();
  revision = new Revision(bench.db, bench.clock);
});
afterEach(async () => {
  revision.close();
  await bench.close();
});

function projectsOf({ db, clock }: ReclaimBench) {
  const audit = {
    witness: (by: Doer) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }),
  };
  return openProjects({ db, clock, audit, revision });
}

/** Stamps of live manifests, by their repositories, in the order of their digests. */
async function stamps(): Promise<Record<string, (number | null)[]>> {
  const rows = await bench.db.read
    .selectFrom("manifests as m")
    .innerJoin("repositories as r", "r.id", "m.repository_id")
    .select(["r.name", "m.reclaim_after as at"])
    .where("m.deleted_at", "is", null)
    .orderBy("m.digest")
    .execute();
  const found: Record<string, (number | null)[]> = {};
  for (const { name, at } of rows) found[name] = [...(found[name] ?? []), at];
  return found;
}

/** Says something else of the project, and does the job that this calls for. */
async function say(untaggedAfter: number | null): Promise<void> {
  const { db, clock } = bench;
  const projects = projectsOf(bench);
  const { id } = await projects.named("team");
  const jobs = () => db.read.selectFrom("jobs").select(["id", "payload"]).orderBy("id").execute();
  const before = (await jobs()).length;
  expect(await projects.update(doer, id, { untaggedAfter })).toMatchObject({ untaggedAfter });
  const after = await jobs();
  expect(after).toHaveLength(before + 1);
  const payload: unknown = JSON.parse(after.at(-1)?.payload ?? "");
  expect(payload).toEqual({ projectId: id });
  const parts = { db, clock, settings: { untaggedAfter: 1_500 } };
  await restampJob(parts).run(payload, jobContext(clock));
  // What is said already calls for nothing.
  await projects.update(doer, id, { untaggedAfter });
  expect(await jobs()).toHaveLength(after.length);
}

test("what a project says of its untagged manifests counts there alone, from then on", async () => {
  const { content, clock, sweeper } = bench;
  for (const name of [app, web, other]) {
    const config = await pushBlob(content, name, "config");
    await pushManifest(content, name, { config, note: `free ${name}` });
  }
  const born = clock.now();
  const usual = [born + 1_500];
  expect(await stamps()).toEqual({ [app]: usual, [web]: usual, [other]: usual });

  clock.advance(100);
  await say(OWN);
  const own = [clock.now() + OWN];
  expect(await stamps()).toEqual({ [app]: own, [web]: own, [other]: usual });

  await say(NEVER);
  expect(await stamps()).toEqual({ [app]: [null], [web]: [null], [other]: usual });
  clock.advance(10_000);
  await sweeper.round();
  expect(await stamps()).toEqual({ [app]: [null], [web]: [null] });

  await say(null);
  const anew = [clock.now() + 1_500];
  expect(await stamps()).toEqual({ [app]: anew, [web]: anew });

  await say(OWN);
  clock.advance(OWN);
  await sweeper.round();
  expect(await stamps()).toEqual({});
}, 30_000);

test("deleted repositories wait with what they hold, each blob once", async () => {
  const { content, trash, db, clock, sweeper } = bench;
  const reads = statusReads(db);
  for (const name of [app, web, other]) {
    const config = await pushBlob(content, name, "config");
    await pushManifest(content, name, { config, note: `one of ${name}` }, "v1");
    await pushManifest(content, name, { config, note: `two of ${name}` }, "v2");
  }
  const nothing = { repositories: 0, repositoryManifests: 0, repositoryBytes: 0 };
  expect(await reads.waiting()).toMatchObject(nothing);
  await trash.deleteRepository(doer, app);
  await trash.deleteRepository(doer, web);
  expect(await reads.waiting()).toMatchObject({
    repositories: 2,
    repositoryManifests: 4,
    repositoryBytes: "config".length,
  });
  clock.advance(60_000);
  await sweeper.round();
  clock.advance(60_000);
  await sweeper.round();
  expect(await reads.waiting()).toMatchObject(nothing);
}, 30_000);
