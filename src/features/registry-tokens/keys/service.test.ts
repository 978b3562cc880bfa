import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { HOUR, MINUTE, SECOND } from "../../../kernel/clock.ts";
import { newId } from "../../../kernel/ids.ts";
import { Secret } from "../../../kernel/secret.ts";
import type { Database } from "../../../platform/database/port.ts";
import { systemDoer } from "../../audit/entry.ts";
import { Rigs, usual } from "../suite-rig.ts";
import { isDue, signingAt } from "./rules.ts";

let rigs: Rigs;

beforeEach(async () => {
  rigs = await Rigs.open();
});

afterEach(() => rigs.close());

const rows = () =>
  rigs.db.read.selectFrom("signing_keys").selectAll().orderBy("active_at").orderBy("id").execute();

const recorded = async () =>
  (
    await rigs.db.read
      .selectFrom("audit")
      .select(["action", "actor_id"])
      .where("action", "like", "signing-key.%")
      .orderBy("id")
      .execute()
  ).map(({ action, actor_id }) => `${actor_id} ${action}`);

describe("the first key", () => {
  test("is made once, however many ask at the same time, and signs at once", async () => {
    const { tokens } = await rigs.node();
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.keys.signing()));
    expect(new Set(all.map(({ kid }) => kid)).size).toBe(1);
    const [row, ...more] = await rows();
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      active_at: rigs.clock.now(),
      retired_at: null,
      algorithm: "EdDSA",
    });
    expect(await recorded()).toEqual(["system signing-key.create"]);
  });

  test("is published without its private half, which is sealed in the database (A66)", async () => {
    const { tokens } = await rigs.node();
    const { keys } = await tokens.keys.jwks();
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
    const [row] = await rows();
    expect(row?.sealed_key).toStartWith("s1.");
    expect(JSON.parse(row?.public_key ?? "")).not.toHaveProperty("d");
  });

  test("is ES256 where that is configured", async () => {
    const { tokens } = await rigs.node({ algorithm: "ES256" });
    const { keys } = await tokens.keys.jwks();
    expect(keys[0]).toMatchObject({ alg: "ES256", kty: "EC", crv: "P-256", use: "sig" });
    expect(keys[0]).not.toHaveProperty("d");
  });
});

describe("replacing the key", () => {
  test("publishes the new one before it signs, and the old one after", async () => {
    const { tokens } = await rigs.node();
    const first = await tokens.keys.signing();
    expect(await tokens.keys.tend()).toEqual({ added: false, removed: 0 });
    rigs.clock.advance(usual.rotateEvery);
    expect(await tokens.keys.tend()).toEqual({ added: true, removed: 0 });
    expect(await tokens.keys.tend()).toEqual({ added: false, removed: 0 });
    const kids = (await tokens.keys.jwks()).keys.map(({ kid }) => kid);
    expect(kids).toHaveLength(2);
    expect(kids[0]).toBe(first.kid);
    expect((await tokens.keys.signing()).kid).toBe(first.kid);
    rigs.clock.advance(10 * MINUTE - 1);
    expect((await tokens.keys.signing()).kid).toBe(first.kid);
    rigs.clock.advance(1);
    expect((await tokens.keys.signing()).kid).toBe(kids[1] ?? "");
    // What the old one signed last may still be on its way.
    rigs.clock.advance(2 * HOUR);
    expect((await tokens.keys.tend()).removed).toBe(0);
    expect(await tokens.keys.find(first.kid)).toBeDefined();
    rigs.clock.advance(1);
    expect((await tokens.keys.tend()).removed).toBe(1);
    expect(await tokens.keys.find(first.kid)).toBeUndefined();
    expect(await recorded()).toEqual([
      "system signing-key.create",
      "system signing-key.create",
      "system signing-key.delete",
    ]);
  });

  test("happens once when several nodes find it due", async () => {
    const nodes = [await rigs.node(), await rigs.node(), await rigs.node()];
    await nodes[0]?.tokens.keys.signing();
    rigs.clock.advance(usual.rotateEvery);
    const added = await Promise.all(nodes.map((node) => node.tokens.keys.tend()));
    expect(added.filter((each) => each.added)).toHaveLength(1);
    expect(await rows()).toHaveLength(2);
  });

  test("is due when another algorithm is configured", async () => {
    await (await rigs.node()).tokens.keys.signing();
    const { tokens } = await rigs.node({ algorithm: "ES256" });
    await tokens.jobs[0]?.run(null, {
      jobId: "j",
      attempt: 1,
      signal: new AbortController().signal,
      log: () => {},
      progress: () => {},
      now: () => rigs.clock.now(),
    });
    rigs.clock.advance(10 * MINUTE);
    expect((await tokens.keys.signing()).algorithm).toBe("ES256");
  });

  test("with distrust, the old one counts nowhere any more", async () => {
    const [one, other] = [await rigs.node(), await rigs.node()];
    const { kid } = await one.tokens.keys.signing();
    expect(await other.tokens.keys.find(kid)).toBeDefined();
    const doer = { ...systemDoer, id: "somebody", name: "somebody" };
    await one.tokens.keys.rotate(doer, { distrust: true });
    expect(await one.tokens.keys.find(kid)).toBeUndefined();
    expect((await one.tokens.keys.signing()).kid).not.toBe(kid);
    // As the other node does twice a second.
    await other.revision.changed();
    expect(await other.tokens.keys.find(kid)).toBeUndefined();
    expect(await recorded()).toContain("somebody signing-key.create");
  });

  test("by hand goes the gentle way", async () => {
    const { tokens } = await rigs.node();
    const { kid } = await tokens.keys.signing();
    await tokens.keys.rotate(systemDoer, { distrust: false });
    expect((await tokens.keys.signing()).kid).toBe(kid);
    rigs.clock.advance(10 * MINUTE);
    expect((await tokens.keys.signing()).kid).not.toBe(kid);
  });
});

/** The database, telling how often somebody looked. */
function counted(db: Database): { db: Database; looks: () => number } {
  let looks = 0;
  const proxy = new Proxy(db, {
    get(target, name) {
      if (name === "read") looks += 1;
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { db: proxy, looks: () => looks };
}

describe("a key that nobody has heard of", () => {
  test("is looked for once in a while, however many are named", async () => {
    const { db, looks } = counted(rigs.db);
    const rig = await rigs.node({}, { db });
    await rig.tokens.keys.signing();
    rigs.clock.advance(SECOND);
    const before = looks();
    for (let at = 0; at < 100; at++) await rig.tokens.keys.find(newId());
    await Promise.all(Array.from({ length: 100 }, () => rig.tokens.keys.find(newId())));
    expect(looks() - before).toBe(1);
    rigs.clock.advance(SECOND);
    await Promise.all(Array.from({ length: 100 }, () => rig.tokens.keys.find(newId())));
    expect(looks() - before).toBe(2);
  });

  test("is found when another node has just made it", async () => {
    const [one, other] = [await rigs.node(), await rigs.node()];
    await other.tokens.keys.signing();
    rigs.clock.advance(SECOND);
    await one.tokens.keys.rotate(systemDoer, { distrust: true });
    const { kid } = await one.tokens.keys.signing();
    expect(await other.tokens.keys.find(kid)).toBeDefined();
  });
});

describe("the key of the installation", () => {
  const [old, fresh] = [new Secret("o".repeat(40)), new Secret("n".repeat(40))];

  test("may change: what the old one sealed is sealed anew", async () => {
    const { kid } = await (await rigs.node({}, { secrets: [old] })).tokens.keys.signing();
    const changed = await rigs.node({}, { secrets: [fresh, old] });
    await changed.tokens.keys.tend();
    expect((await (await rigs.node({}, { secrets: [fresh] })).tokens.keys.signing()).kid).toBe(kid);
    expect((await (await rigs.node({}, { secrets: [fresh, old] })).tokens.keys.signing()).kid).toBe(
      kid,
    );
  });

  test("must be there: without it nothing is signed, and nothing is replaced behind one's back", async () => {
    await (await rigs.node({}, { secrets: [old] })).tokens.keys.signing();
    const wrong = await rigs.node({}, { secrets: [fresh] });
    await expect(wrong.tokens.keys.signing()).rejects.toMatchObject({ code: "secrets.unreadable" });
    expect(await rows()).toHaveLength(1);
  });
});

describe("which key signs", () => {
  const key = (id: string, active_at: number, retired_at: number | null) => ({
    id,
    algorithm: "EdDSA",
    active_at,
    retired_at,
  });
  test.each([
    [[], 5, undefined],
    [[key("a", 0, null)], 5, "a"],
    [[key("a", 0, 10), key("b", 10, null)], 9, "a"],
    [[key("a", 0, 10), key("b", 10, null)], 10, "b"],
    // A clock that lags behind all of them.
    [[key("b", 10, null)], 5, "b"],
    [[key("a", 0, 3), key("b", 10, null)], 5, "b"],
  ])("%j at %d", (keys, now, id) => {
    expect(signingAt(keys, now)?.id).toBe(id);
  });

  test("it is due by age and by algorithm", () => {
    const at = (now: number, algorithm = "EdDSA") => ({ algorithm, now, every: 100 });
    expect(isDue([], at(0))).toBe(true);
    expect(isDue([key("a", 0, null)], at(99))).toBe(false);
    expect(isDue([key("a", 0, null)], at(100))).toBe(true);
    expect(isDue([key("a", 0, null)], at(1, "ES256"))).toBe(true);
    expect(isDue([key("a", 0, 10), key("b", 10, null)], at(100))).toBe(false);
  });
});
