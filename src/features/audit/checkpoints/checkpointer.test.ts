import { afterEach, expect, test } from "bun:test";
import { compactVerify, importJWK } from "jose";
import { MINUTE } from "../../../kernel/clock.ts";
import { claimCheckpoint } from "../store/checkpoints.ts";
import { endWorlds, openWorld, stateOf } from "../suite.ts";
import { tagMove, user } from "../suite-parts.ts";

afterEach(endWorlds);

test("a checkpoint signs each head that grew, once, and is a line of the log", async () => {
  const { audit, db, clock, logger } = await openWorld();
  await audit.checkpoint();
  expect((await stateOf(db)).checkpoints).toEqual([]);
  await audit.append(user("a"), [tagMove("v1"), tagMove("v2")]);
  await audit.checkpoint();
  await audit.checkpoint();
  const { checkpoints, rows } = await stateOf(db);
  expect(checkpoints).toHaveLength(1);
  const last = rows.at(-1);
  expect(checkpoints[0]).toMatchObject({
    chain: last?.chain,
    seq: 2,
    hash: last?.hash,
    at: clock.now(),
  });
  const signed = logger.lines.filter((line) => line.message === "audit checkpoint");
  expect(signed.map((line) => line.fields)).toEqual([{ signed: checkpoints[0]?.signature }]);
});

test("the public key alone is enough to check it", async () => {
  const { audit, db } = await openWorld();
  await audit.append(user("a"), [tagMove("v1")]);
  await audit.checkpoint();
  expect(audit.publicKey).not.toHaveProperty("d");
  const { signature = "" } = (await stateOf(db)).checkpoints[0] ?? {};
  const opened = await compactVerify(signature, await importJWK(audit.publicKey, "EdDSA"));
  expect(opened.protectedHeader.kid).toBe(audit.publicKey.kid);
  expect(JSON.parse(Buffer.from(opened.payload).toString())).toMatchObject({ seq: 1 });
});

test("of several nodes one makes the checkpoint that is due", async () => {
  const { db, clock } = await openWorld();
  const claim = () => {
    const now = clock.now();
    return db.write(claimCheckpoint, { now, before: now - MINUTE });
  };
  expect((await Promise.all([claim(), claim(), claim()])).filter(Boolean)).toHaveLength(1);
  clock.advance(MINUTE - 1);
  expect(await claim()).toBeFalse();
  clock.advance(1);
  expect(await claim()).toBeTrue();
});

test("the figures say how much was recorded, and how old the last checkpoint is", async () => {
  const { audit, clock } = await openWorld();
  expect(await audit.stats()).toEqual({ entries: 0, pullsWaiting: 0, lastCheckpointAge: null });
  await audit.append(user("a"), [tagMove("v1"), tagMove("v2")]);
  await audit.checkpoint();
  clock.advance(1_234);
  expect(await audit.stats()).toEqual({ entries: 2, pullsWaiting: 0, lastCheckpointAge: 1_234 });
});
