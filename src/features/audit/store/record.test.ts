import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { GENESIS } from "../chain.ts";
import { afterwards, endWorlds, openWorld, stateOf, type World } from "../suite.ts";
import { faultOf, tagMove, user } from "../suite-parts.ts";
import { change, putState } from "../suite-procedures.ts";
import { verifyLog } from "../verify/verify.ts";

afterEach(endWorlds);

const program = new URL("../suite-process.ts", import.meta.url).pathname;

function startProcess({ fresh }: World, name: string, count: number) {
  const file = join(fresh.folder, "entrepot.sqlite");
  const started = Bun.spawn([process.execPath, program, fresh.url, file, name, String(count)], {
    stdout: "pipe",
    stderr: "pipe",
  });
  afterwards(async () => {
    started.kill("SIGKILL");
    await started.exited;
  });
  return started;
}

describe("recording", () => {
  test("keeps what was given, numbered and chained", async () => {
    const { audit, db, clock } = await openWorld();
    const denied = tagMove("v2", { result: "denied", reason: "access.denied", project: null });
    await audit.append(user("a"), [tagMove("v1"), denied]);
    const { rows, heads } = await stateOf(db);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      seq: 1,
      at: clock.now(),
      actor_id: "a",
      actor_kind: "user",
      actor_name: "name of a",
      via: "personal",
      credential_id: "token-1",
      address: "192.0.2.7",
      request_id: "request-1",
      action: "tag.move",
      object_kind: "tag",
      object_id: "id-v1",
      object_name: "v1",
      project_id: "project-1",
      result: "done",
      reason: null,
      details: '{"from":1}',
    });
    expect(rows[1]).toMatchObject({
      seq: 2,
      result: "denied",
      reason: "access.denied",
      project_id: null,
    });
    const head = heads.find(({ chain }) => chain === rows[0]?.chain);
    expect(head).toMatchObject({
      seq: 2,
      hash: rows[1]?.hash ?? "",
      purged_seq: 0,
      purged_hash: GENESIS,
    });
  });

  test("stands and falls with the change that it tells of", async () => {
    const { audit, db, keys } = await openWorld();
    const witness = audit.witness(user("a"));
    await db.write(change, { witness, name: "one", fails: false });
    const fault = await faultOf(db.write(change, { witness, name: "two", fails: true }));
    expect(String(fault)).toContain("after all");
    const { rows } = await stateOf(db);
    expect(rows.map((row) => row.object_name)).toEqual(["one"]);
    expect(await verifyLog(db, keys)).toMatchObject({ intact: true, rows: 1 });
  });

  test("fails with the database, so that its caller does not act", async () => {
    const { audit, db } = await openWorld();
    await db.close();
    const fault = await faultOf(audit.append(user("a"), [tagMove("v1")]));
    expect(fault).toMatchObject({ code: "service.database_unavailable", status: 503 });
  });

  test("chains what many write at once, alone and inside of other transactions", async () => {
    const { audit, db, keys } = await openWorld();
    await Promise.all(
      Array.from({ length: 200 }, (_, turn) => {
        const doer = user(`user-${turn % 7}`);
        if (turn % 3 === 0) {
          const witness = audit.witness(doer);
          return db.write(change, { witness, name: `n${turn % 4}`, fails: false });
        }
        return audit.append(doer, [tagMove(`a${turn}`), tagMove(`b${turn}`)]);
      }),
    );
    expect(await verifyLog(db, keys)).toMatchObject({ intact: true, findings: [], rows: 333 });
  });

  test("writes thousands of rows in one go", async () => {
    const { audit, db, keys } = await openWorld();
    await audit.append(
      user("a"),
      Array.from({ length: 3_000 }, (_, turn) => tagMove(`v${turn}`)),
    );
    expect(await verifyLog(db, keys)).toMatchObject({ intact: true, rows: 3_000 });
  });

  test("keeps the chains across two processes", async () => {
    const world = await openWorld();
    const processes = ["one", "two"].map((name) => startProcess(world, name, 160));
    expect(await Promise.all(processes.map((each) => each.exited))).toEqual([0, 0]);
    const verdict = await verifyLog(world.db, world.keys);
    expect(verdict).toMatchObject({ intact: true, findings: [], rows: 320 });
  }, 30_000);

  test("loses nothing acknowledged, and keeps the chains, when the process is killed", async () => {
    const world = await openWorld();
    const started = startProcess(world, "killed", 0);
    const acknowledged: string[] = [];
    for await (const piece of started.stdout.pipeThrough(new TextDecoderStream())) {
      acknowledged.push(...piece.split("\n").filter((line) => /^killed-\d+-\d+$/.test(line)));
      if (acknowledged.length > 100) started.kill("SIGKILL");
    }
    await started.exited;
    await world.audit.append(user("after"), [tagMove("after")]);
    expect(await verifyLog(world.db, world.keys)).toMatchObject({ intact: true, findings: [] });
    const kept = new Set((await stateOf(world.db)).rows.map((row) => row.object_name));
    // The last line of a piece may have been cut.
    expect(acknowledged.slice(0, -1).filter((name) => !kept.has(name))).toEqual([]);
  }, 30_000);

  test("a lost head is made anew, and stays marked", async () => {
    const { audit, db, keys } = await openWorld();
    await db.write(putState, { rows: [], heads: [], checkpoints: [] });
    await audit.append(user("a"), [tagMove("v1")]);
    const { heads } = await stateOf(db);
    expect(heads).toHaveLength(1);
    expect(heads[0]?.mac).toEndWith("!0");
    expect((await verifyLog(db, keys)).intact).toBeFalse();
  });
});
