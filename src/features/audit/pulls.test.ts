import { afterEach, describe, expect, test } from "bun:test";
import { MINUTE } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { Lane } from "./lane.ts";
import { type Pull, PullGatherer } from "./pulls.ts";
import { endWorlds, openWorld, stateOf, type World } from "./suite.ts";
import { user } from "./suite-parts.ts";
import { verifyLog } from "./verify/verify.ts";

afterEach(endWorlds);

const digest = (name: string) => `sha256:${name.repeat(64).slice(0, 64)}`;

function pullOf(name: string, more: Partial<Pull> = {}): Pull {
  return {
    repositoryId: "repository-1",
    repository: "team/app",
    projectId: "project-1",
    kind: "manifest",
    digest: digest(name),
    ...more,
  };
}

async function rowsOf(db: Database) {
  const { rows } = await stateOf(db);
  return rows
    .map(({ action, actor_id, address, object_id, object_name, project_id, details }) => ({
      action,
      actor_id,
      address,
      object_id,
      object_name,
      project_id,
      details: JSON.parse(details),
    }))
    .sort((a, b) => `${a.actor_id}${a.object_id}`.localeCompare(`${b.actor_id}${b.object_id}`));
}

const gathererOf = ({ db, keys, clock, logger }: World, most?: number) =>
  new PullGatherer({
    lane: new Lane(db, keys.headKey),
    clock,
    logger,
    flushMs: 1,
    ...(most === undefined ? {} : { most }),
  });

/** Resolves once nothing waits: by the flush, which nobody else waits for. */
async function flushed(gatherer: PullGatherer): Promise<void> {
  while (gatherer.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe("gathered pulls", () => {
  test("are one row per principal, repository, digest, kind and minute", async () => {
    const world = await openWorld();
    const gatherer = gathererOf(world);
    for (let times = 0; times < 5; times++) {
      gatherer.add(user("a"), pullOf("1", { tag: "latest" }));
      gatherer.add(user("a"), pullOf("2"));
      gatherer.add(user("b"), pullOf("1"));
    }
    gatherer.add(user("a"), pullOf("1", { kind: "blob" }));
    gatherer.add(user("a"), pullOf("1", { repositoryId: "repository-2", repository: "team/b" }));
    await gatherer.close();
    const rows = await rowsOf(world.db);
    expect(rows).toHaveLength(5);
    expect(rows).toContainEqual({
      action: "manifest.pull",
      actor_id: "a",
      address: "192.0.2.7",
      object_id: digest("1"),
      object_name: "team/app",
      project_id: "project-1",
      details: { repositoryId: "repository-1", count: 5, tags: ["latest"] },
    });
    expect(await verifyLog(world.db, world.keys)).toMatchObject({ intact: true, rows: 5 });
  });

  test("of nobody in particular are told apart by their address", async () => {
    const world = await openWorld();
    const gatherer = gathererOf(world);
    const nobody = (address: string) => user("anonymous", { kind: "anonymous", address });
    for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.1"]) {
      gatherer.add(nobody(address), pullOf("1"));
    }
    await gatherer.close();
    const rows = await rowsOf(world.db);
    expect(rows.map((row) => [row.address, row.details.count]).sort()).toEqual([
      ["192.0.2.1", 2],
      ["192.0.2.2", 1],
    ]);
  });

  test("name the other tags, addresses and credentials", async () => {
    const world = await openWorld();
    const gatherer = gathererOf(world);
    gatherer.add(user("a"), pullOf("1", { tag: "v1" }));
    gatherer.add(user("a", { address: "192.0.2.9" }), pullOf("1", { tag: "v2" }));
    gatherer.add(user("a", { credentialId: "token-2" }), pullOf("1", { tag: "v2" }));
    await gatherer.close();
    expect((await rowsOf(world.db))[0]?.details).toEqual({
      repositoryId: "repository-1",
      count: 3,
      tags: ["v1", "v2"],
      otherAddresses: ["192.0.2.9"],
      otherCredentials: ["token-2"],
    });
  });

  test("are committed soon, and repetitions counted when the minute is over", async () => {
    const world = await openWorld();
    const gatherer = gathererOf(world);
    gatherer.add(user("a"), pullOf("1"));
    await flushed(gatherer);
    expect((await rowsOf(world.db))[0]?.details.count).toBe(1);
    for (let times = 0; times < 7; times++) gatherer.add(user("a"), pullOf("1"));
    expect(gatherer.waiting).toBe(0);
    world.clock.advance(MINUTE);
    gatherer.add(user("a"), pullOf("1"));
    await flushed(gatherer);
    const rows = await rowsOf(world.db);
    const told = rows.map(({ details }) => [details.count, details.repeated === true]);
    expect(told.sort()).toEqual([
      [1, false],
      [1, false],
      [7, true],
    ]);
    await gatherer.close();
    expect(await rowsOf(world.db)).toHaveLength(3);
  });

  test("are written early when there are many different ones, and none is lost", async () => {
    const world = await openWorld();
    const gatherer = gathererOf(world, 10);
    for (let each = 0; each < 100; each++) {
      gatherer.add(user("a"), pullOf("x", { digest: `sha256:${each}` }));
      if (gatherer.waiting === 10) await flushed(gatherer);
    }
    await gatherer.close();
    const rows = await rowsOf(world.db);
    expect(rows.reduce((sum, { details }) => sum + details.count, 0)).toBe(100);
  });

  test("are refused when too many wait for a database that is away, and kept until it is back", async () => {
    const world = await openWorld();
    let isAway = true;
    const { db, keys, clock, logger } = world;
    const failing: Database = {
      ...db,
      write: (procedure, args) => {
        if (isAway) return Promise.reject(new TypeError("away"));
        return db.write(procedure, args);
      },
    };
    const lane = new Lane(failing, keys.headKey);
    const gatherer = new PullGatherer({ lane, clock, logger, flushMs: 1, most: 10 });
    const add = (name: number) =>
      gatherer.add(user("a"), pullOf("x", { digest: `sha256:${name}` }));
    for (let each = 0; each < 10; each++) add(each);
    expect(() => add(10)).toThrow("cannot be recorded");
    // One that is known already needs no room.
    add(3);
    while (!logger.lines.some(({ level }) => level === "error")) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(() => add(11)).toThrow("cannot be recorded");
    isAway = false;
    await flushed(gatherer);
    add(12);
    await gatherer.close();
    const counts = (await rowsOf(db)).map(({ details }) => details.count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
  });
});

test("each pull is a row of its own before it is answered, where that is configured", async () => {
  const { audit, db } = await openWorld({ pulls: "each" });
  for (let times = 0; times < 3; times++) await audit.pull(user("a"), pullOf("1", { tag: "v1" }));
  const rows = await rowsOf(db);
  expect(rows.map((row) => row.details)).toEqual(
    Array.from({ length: 3 }, () => ({ repositoryId: "repository-1", count: 1, tags: ["v1"] })),
  );
});
