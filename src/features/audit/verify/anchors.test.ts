import { afterEach, describe, expect, test } from "bun:test";
import { DAY } from "../../../kernel/clock.ts";
import { Secret } from "../../../kernel/secret.ts";
import { openKeyring } from "../../../platform/sealing/keyring.ts";
import { formatAsText } from "../../../platform/telemetry/text-format.ts";
import { purgeAuditJob } from "../job.ts";
import { openKeys } from "../keys.ts";
import { endWorlds, openWorld, stateOf, type World } from "../suite.ts";
import { tagMove, user } from "../suite-parts.ts";
import { putState, removeSetting } from "../suite-procedures.ts";
import type { Finding } from "./findings.ts";
import { verifyLog } from "./verify.ts";

afterEach(endWorlds);

/** The lines that the log has of checkpoints, as JSON and as text. */
function linesOf({ logger }: World): string[] {
  return logger.lines
    .filter(({ message }) => message === "audit checkpoint")
    .flatMap(({ level, message, fields }) => {
      const json = JSON.stringify({ level, time: "2026-01-05T12:00:00Z", msg: message, ...fields });
      return [json, formatAsText(json)];
    });
}

const kinds = (findings: readonly Finding[]) => [...new Set(findings.map((each) => each.kind))];

async function appended({ audit }: World, count: number): Promise<void> {
  for (let each = 0; each < count; each++) await audit.append(user("a"), [tagMove(`v${each}`)]);
}

async function purge({ db, keys, audit, clock }: World, keep: number): Promise<void> {
  const job = purgeAuditJob({ db, headKey: keys.headKey, keep, checkpoint: audit.checkpoint });
  await job.run(null, {
    jobId: "job",
    attempt: 1,
    signal: new AbortController().signal,
    log: () => {},
    progress: () => {},
    now: () => clock.now(),
  });
}

describe("a checkpoint that was kept elsewhere", () => {
  test("fits the log that it was made of, however that went on", async () => {
    const world = await openWorld();
    await appended(world, 5);
    await world.audit.checkpoint();
    await appended(world, 5);
    const verdict = await verifyLog(world.db, world.keys, { anchor: linesOf(world) });
    expect(verdict).toMatchObject({ intact: true, anchors: 2, checkpoints: 1 });
  });

  test("finds a database that was put back to an older state, which agrees with itself", async () => {
    const world = await openWorld();
    await appended(world, 5);
    const old = await stateOf(world.db);
    await appended(world, 5);
    await world.audit.checkpoint();
    await world.db.write(putState, old);
    expect(await verifyLog(world.db, world.keys)).toMatchObject({ intact: true });
    const anchor = linesOf(world);
    const shorter = await verifyLog(world.db, world.keys, { anchor });
    expect(kinds(shorter.findings)).toEqual(["anchor_beyond"]);
    await appended(world, 9);
    const other = await verifyLog(world.db, world.keys, { anchor });
    expect(kinds(other.findings)).toEqual(["anchor_differs"]);
  });

  test("finds a log that was begun anew with other keys", async () => {
    const world = await openWorld();
    await appended(world, 5);
    await world.audit.checkpoint();
    await world.db.write(putState, { rows: [], heads: [], checkpoints: [] });
    await world.db.write(removeSetting, { name: "audit.keys" });
    const other = openKeyring([new Secret("another key, that nobody had before")]);
    const keys = await openKeys(world.db, other);
    expect(await verifyLog(world.db, keys)).toMatchObject({ intact: true });
    const verdict = await verifyLog(world.db, keys, { anchor: linesOf(world) });
    expect(kinds(verdict.findings)).toEqual(["anchor_forged"]);
  });

  test("may speak of entries that were purged since", async () => {
    const world = await openWorld();
    await appended(world, 5);
    await world.audit.checkpoint();
    world.clock.advance(10 * DAY);
    await purge(world, DAY);
    const verdict = await verifyLog(world.db, world.keys, { anchor: linesOf(world) });
    expect(verdict).toMatchObject({ intact: true, findings: [], rows: 1 });
  });
});

describe("a purge", () => {
  test("takes what is older than it is kept from the old end, and records itself", async () => {
    const world = await openWorld();
    const { audit, clock, db, keys } = world;
    await audit.append(
      user("a"),
      Array.from({ length: 1_200 }, (_, n) => tagMove(`old${n}`)),
    );
    await audit.append(user("b"), [tagMove("old")]);
    clock.advance(3 * DAY);
    await audit.append(user("a"), [tagMove("young")]);
    await purge(world, 2 * DAY);
    const { rows } = await stateOf(db);
    expect(rows.filter((row) => row.action === "tag.move").map((row) => row.object_name)).toEqual([
      "young",
    ]);
    const purges = rows.filter((row) => row.action === "audit.purge");
    const counts = purges.map((row) => JSON.parse(row.details).count);
    expect(counts.sort((a, b) => a - b)).toEqual([1, 200, 500, 500]);
    expect(purges[0]).toMatchObject({ actor_id: "system", result: "done" });
    expect(await verifyLog(db, keys)).toMatchObject({ intact: true, findings: [] });
    await purge(world, 2 * DAY);
    expect((await stateOf(db)).rows).toHaveLength(rows.length);
    clock.advance(30 * DAY);
    await purge(world, 2 * DAY);
    expect(await verifyLog(db, keys)).toMatchObject({ intact: true, findings: [], rows: 2 });
  });

  test("leaves an entry that was made to look old, and all after it", async () => {
    const world = await openWorld();
    await appended(world, 5);
    const state = await stateOf(world.db);
    const rows = state.rows.map((row) => ({ ...row, at: row.at - 400 * DAY }));
    await world.db.write(putState, { ...state, rows });
    await purge(world, 180 * DAY);
    expect((await stateOf(world.db)).rows).toHaveLength(5);
    expect((await verifyLog(world.db, world.keys)).intact).toBeFalse();
  });

  test("and appending and verifying get along at the same time", async () => {
    const world = await openWorld();
    const { audit, clock, db, keys } = world;
    await audit.append(
      user("a"),
      Array.from({ length: 2_000 }, (_, n) => tagMove(`old${n}`)),
    );
    clock.advance(3 * DAY);
    const [verdict] = await Promise.all([
      verifyLog(db, keys),
      purge(world, 2 * DAY),
      appended(world, 30),
    ]);
    expect(verdict).toMatchObject({ intact: true, findings: [] });
    expect(await verifyLog(db, keys)).toMatchObject({ intact: true, findings: [] });
  });
});

describe("the keys", () => {
  test("outlive a change of the ring's key, also once the old one is gone", async () => {
    const { db, keys, audit } = await openWorld();
    await audit.append(user("a"), [tagMove("v1")]);
    const older = new Secret("the key that this suite seals with");
    const newer = new Secret("the key that comes after that one");
    const rotated = await openKeys(db, openKeyring([newer, older]));
    expect(rotated.headKey).toBe(keys.headKey);
    const alone = await openKeys(db, openKeyring([newer]));
    expect(alone.headKey).toBe(keys.headKey);
    expect(await verifyLog(db, alone)).toMatchObject({ intact: true, rows: 1 });
  });

  test("are the same for two nodes that start at once", async () => {
    const { db } = await openWorld();
    await db.write(removeSetting, { name: "audit.keys" });
    const ring = openKeyring([new Secret("the key that this suite seals with")]);
    const [one, two] = await Promise.all([openKeys(db, ring), openKeys(db, ring)]);
    expect(one.headKey).toBe(two.headKey);
  });
});
