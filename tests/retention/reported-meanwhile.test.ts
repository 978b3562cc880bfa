import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type KyselyPlugin, sql } from "kysely";
import { sweepManifests } from "../../src/features/reclaim/store/manifests.ts";
import { openInUse } from "../../src/features/retention/in-use/service.ts";
import { expireItems } from "../../src/features/retention/store/expire.ts";
import { DAY } from "../../src/kernel/clock.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { parseRepositoryName } from "../../src/oci/name.ts";
import { type Procedure, procedure, type Tx } from "../../src/platform/database/port.ts";
import { doer, pushBlob, pushManifest } from "../support/content-bench.ts";
import { openRetentionBench, type RetentionBench, savePolicy } from "../support/retention-bench.ts";
import { stampRow } from "../support/rows.ts";

setDefaultTimeout(120_000);

let bench: RetentionBench;
beforeAll(async () => {
  bench = await openRetentionBench();
});
afterAll(() => bench.close());

const witness = () => ({ doer, at: bench.clock.now(), headKey: "00".repeat(32) });

function inUse() {
  const settings = { trashKeep: DAY, untaggedAfter: null, keepReports: DAY };
  return openInUse({
    db: bench.db,
    clock: bench.clock,
    audit: { witness },
    settings: { ...settings, silentAfter: DAY, expireAfter: null },
  }).inUse;
}

async function isLive(digest: string): Promise<boolean> {
  const row = await bench.db.read
    .selectFrom("manifests")
    .select("digest")
    .where("digest", "=", digest)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

async function pushOne(project: string): Promise<Digest> {
  const name = parseRepositoryName(`${project}/app`);
  const config = await pushBlob(bench.content, name, `config of ${project}`);
  return (await pushManifest(bench.content, name, { config, note: project })).digest;
}

/** Whether some transaction waits for another. */
async function isSomebodyWaiting(tx: Tx): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(tx);
  return rows.length > 0;
}

/** Does something once, after a transaction has looked for what runs, where nothing was reported. */
function afterLook(then: () => Promise<void>): KyselyPlugin {
  let look: unknown;
  return {
    transformQuery({ node, queryId }) {
      if (look === undefined && JSON.stringify(node).includes('"in_use_digests"')) look = queryId;
      return node;
    },
    async transformResult({ result, queryId }) {
      if (queryId === look) await then();
      return result;
    },
  };
}

/**
 * Deletes while the same image is reported: the deletion goes on from its look for what runs when
 * the report was answered, or waits. SQLite, where transactions come one after the other, has no
 * such moment: there the two begin at once. Gives whether the image was there when the report was
 * answered, and at last.
 */
async function reportedMeanwhile<A>(deletion: Procedure<A, unknown>, args: A, digest: string) {
  let isAnswered = false;
  const report = async () => {
    await inUse().report(doer, "prod", [`team/app@${digest}`]);
    const then = await isLive(digest);
    isAnswered = true;
    return then;
  };
  let reported: Promise<boolean> | undefined;
  const slowly = procedure(deletion.name, async (tx, given: A) => {
    const wait = afterLook(async () => {
      reported = report();
      while (!isAnswered && !(await isSomebodyWaiting(tx)));
    });
    await deletion.run(tx.withPlugin(wait) as Tx, given);
  });
  if (bench.db.engine === "postgres") await bench.db.write(slowly, args);
  else {
    const deleted = bench.db.write(deletion, args);
    reported = report();
    await deleted;
  }
  if (reported === undefined) throw new Error("the deletion never looked for what runs");
  const then = await reported;
  const atLast = await isLive(digest);
  await inUse().delete(doer, "prod");
  return { then, atLast };
}

test("what is there when it is reported to run is not deleted by a policy", async () => {
  const { clock, retention, projectId } = bench;
  const digest = await pushOne("policy");
  const policy = await savePolicy(bench, "policy", [{ action: "delete", olderThanDays: 0 }]);
  const asked = { policyId: policy.id, unsaved: null };
  const plan = await retention.preview(doer, await projectId("policy"), asked);
  const [item] = await bench.itemsOf(await bench.carryOut(plan));
  expect(item).toMatchObject({ digest, outcome: "going" });
  const by = { principal: doer.id, now: clock.now(), witness: witness() };
  const args = {
    runId: plan.id,
    seqs: [item?.seq ?? 0],
    lane: 3,
    keep: DAY,
    untaggedAfter: null,
    ...by,
  };
  const { then, atLast } = await reportedMeanwhile(expireItems, args, digest);
  expect(atLast).toBe(then);
});

test("nor by a sweeper", async () => {
  const { db, clock } = bench;
  const digest = await pushOne("swept");
  await db.write(stampRow, { table: "manifests", where: { digest }, at: clock.now() });
  const times = { now: clock.now(), grace: DAY, keep: DAY, untaggedAfter: DAY };
  const args = { ...times, limit: 8, witness: witness() };
  const { then, atLast } = await reportedMeanwhile(sweepManifests, args, digest);
  expect(atLast).toBe(then);
});

test("a report waits for no more than the deletions under way", async () => {
  const { db } = bench;
  const digest = await pushOne("swept");
  await inUse().report(doer, "prod", [`team/app@${digest}`]);
  await db.write(stampRow, { table: "manifests", where: { digest }, at: bench.clock.now() });
  const times = { now: bench.clock.now(), grace: DAY, keep: DAY, untaggedAfter: DAY };
  const sweep = () => db.write(sweepManifests, { ...times, limit: 8, witness: witness() });
  const reports = Array.from({ length: 20 }, (_, at) => inUse().report(doer, `of-${at}`, [digest]));
  await Promise.all([...Array.from({ length: 20 }, sweep), ...reports]);
  expect(await isLive(digest)).toBe(true);
});
