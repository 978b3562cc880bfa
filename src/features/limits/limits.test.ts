import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type FreshDatabase, freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { insertRows } from "../../../tests/support/rows.ts";
import { BoundedCache } from "../../kernel/bounded-cache.ts";
import { HOUR, ManualClock, MINUTE, SECOND } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { type Actor, anonymousAt } from "../identity/principal.ts";
import { openLimits, type PullLimits } from "./service.ts";
import type { LimitSettings } from "./settings.ts";

const SETTINGS: LimitSettings = {
  perPrincipal: 200,
  perAnonymous: 100,
  window: 6 * HOUR,
  exemptGroups: [],
  exemptRobots: false,
};

let fresh: FreshDatabase;
let db: Database;
let clock: ManualClock;
const faults: unknown[] = [];
const opened: PullLimits[] = [];

beforeEach(async () => {
  fresh = await freshDatabase();
  db = await openFresh(fresh, new URL("../../../tests/support/writer.ts", import.meta.url));
  clock = new ManualClock(1_700_000_000_000);
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  expect(faults.splice(0)).toEqual([]);
  await db.close();
  await fresh.drop();
});

/** A node on the one database. */
function node(settings: Partial<LimitSettings> = {}): PullLimits {
  const limits = openLimits({
    db,
    clock,
    settings: { ...SETTINGS, ...settings },
    revision: { isFresh: true, number: 0, cache: (most) => new BoundedCache(most) },
    onFault: (error) => faults.push(error),
  });
  opened.push(limits);
  return limits;
}

function user(id: string, more: Partial<Actor> = {}, kind: "user" | "robot" = "user"): Actor {
  const principal = { id, kind, name: id, administrator: false };
  return { ...anonymousAt("192.0.2.1"), principal, via: "password", ...more };
}

async function pull(limits: PullLimits, actor: Actor): Promise<number | string> {
  try {
    return (await limits.take(actor))?.remaining ?? "unlimited";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function pulls(limits: PullLimits, actor: Actor, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await limits.take(actor);
}

describe("one node", () => {
  test("lets through exactly as many as the limit, however many come at once", async () => {
    const limits = node();
    const actor = user("ann");
    await pulls(limits, actor, 170);
    const rush = await Promise.all(Array.from({ length: 50 }, () => pull(limits, actor)));
    expect(rush.filter((each) => each === "limits.pulls")).toHaveLength(20);
    expect(rush.filter((each) => typeof each === "number").sort()).toEqual(
      Array.from({ length: 30 }, (_, left) => left).sort(),
    );
  });

  test("a rush at first sight is counted as exactly", async () => {
    const limits = node({ perPrincipal: 10 });
    const rush = await Promise.all(Array.from({ length: 50 }, () => pull(limits, user("ann"))));
    expect(rush.filter((each) => each === "limits.pulls")).toHaveLength(40);
  });

  test("the window begins with the first pull, and a new one after it", async () => {
    const limits = node({ perPrincipal: 2 });
    const actor = user("ann");
    expect(await pull(limits, actor)).toBe(1);
    clock.advance(5 * HOUR);
    expect(await pull(limits, actor)).toBe(0);
    const refused = await Promise.resolve()
      .then(() => limits.take(actor))
      .catch((error) => error);
    expect(refused.details).toEqual({
      limit: 2,
      window: "6h",
      seconds: 21_600,
      wait: "1h",
      retry_after: 3_600,
    });
    clock.advance(HOUR - 1);
    expect(await pull(limits, actor)).toBe("limits.pulls");
    clock.advance(1);
    expect(await pull(limits, actor)).toBe(1);
  });

  test("looking costs nothing", async () => {
    const limits = node({ perPrincipal: 2 });
    const actor = user("ann");
    for (let turn = 0; turn < 5; turn++) {
      expect(await limits.show(actor)).toEqual({ limit: 2, remaining: 2, window: 21_600 });
    }
    await limits.take(actor);
    expect(await limits.show(actor)).toMatchObject({ remaining: 1 });
  });

  test("each has their own, and an address has one of its own", async () => {
    const limits = node({ perPrincipal: 1, perAnonymous: 2 });
    expect(await pull(limits, user("ann"))).toBe(0);
    expect(await pull(limits, user("bob"))).toBe(0);
    expect(await pull(limits, anonymousAt("192.0.2.1"))).toBe(1);
    expect(await pull(limits, anonymousAt("192.0.2.2"))).toBe(1);
    expect(await pull(limits, anonymousAt(null))).toBe(1);
  });

  test("an IPv6 /64 counts as one", async () => {
    const limits = node({ perAnonymous: 2 });
    expect(await pull(limits, anonymousAt("2001:db8:1:2::1"))).toBe(1);
    expect(await pull(limits, anonymousAt("2001:db8:1:2:ffff:ffff:ffff:ffff"))).toBe(0);
    expect(await pull(limits, anonymousAt("2001:db8:1:2::7"))).toBe("limits.pulls");
    expect(await pull(limits, anonymousAt("2001:db8:1:3::7"))).toBe(1);
    expect(await pull(limits, anonymousAt("::ffff:192.0.2.9"))).toBe(1);
    expect(await pull(limits, anonymousAt("192.0.2.9"))).toBe(0);
  });
});

describe("who has no limit", () => {
  test("is not counted", async () => {
    expect(await pull(node({ perPrincipal: null }), user("ann"))).toBe("unlimited");
    expect(await pull(node({ perAnonymous: null }), anonymousAt("::1"))).toBe("unlimited");
    const lenient = node({ perPrincipal: 1, exemptRobots: true });
    expect(await pull(lenient, user("ci", {}, "robot"))).toBe("unlimited");
    expect(await pull(lenient, user("ann"))).toBe(0);
    expect(await pull(node({ perPrincipal: 1 }), user("ci", {}, "robot"))).toBe(0);
  });

  test("members of exempt groups", async () => {
    const group = { description: null, created_at: 1, version: 1 };
    const rows = [
      { ...group, id: "g1", name: "builders", deleted_at: null },
      // One of that name before, which is gone: a new one inherits nothing of it, nor the other way.
      { ...group, id: "g0", name: "builders", deleted_at: 5 },
    ];
    await db.write(insertRows, { table: "groups", rows });
    const limits = node({ perPrincipal: 1, exemptGroups: ["builders", "nobody"] });
    expect(await pull(limits, user("ann", { groups: ["g1"] }))).toBe("unlimited");
    expect(await pull(limits, user("bob", { groups: ["g0", "g2"] }))).toBe(0);
    expect(await pull(limits, user("eve"))).toBe(0);
  });
});

describe("what was counted", () => {
  test("outlives a restart", async () => {
    const before = node();
    await pulls(before, user("ann"), 150);
    await pulls(before, anonymousAt("192.0.2.1"), 3);
    await before.close();
    const after = node();
    expect(await pull(after, user("ann"))).toBe(49);
    expect(await pull(after, anonymousAt("192.0.2.1"))).toBe(96);
    clock.advance(6 * HOUR);
    await after.close();
    expect(await pull(node(), user("ann"))).toBe(199);
  });

  test("is of all nodes, within seconds", async () => {
    const [one, two] = [node(), node()];
    const actor = user("ann");
    expect(await pull(two, actor)).toBe(199);
    await two.close();
    await pulls(one, actor, 120);
    await one.close();
    // What it knows of the others is five seconds old at most.
    clock.advance(5 * SECOND - 1);
    expect(await two.show(actor)).toMatchObject({ remaining: 199 });
    clock.advance(1);
    expect(await two.show(actor)).toMatchObject({ remaining: 79 });
    clock.advance(MINUTE);
    expect(await pull(two, actor)).toBe(78);
  });

  test("goes into the window that another node began", async () => {
    const [one, two] = [node({ perPrincipal: 5 }), node({ perPrincipal: 5 })];
    const actor = user("ann");
    await one.show(actor);
    await two.show(actor);
    expect(await pull(one, actor)).toBe(4);
    clock.advance(3 * SECOND);
    expect(await pull(two, actor)).toBe(4);
    await one.close();
    await two.close();
    clock.advance(6 * HOUR - 3 * SECOND);
    expect(await node({ perPrincipal: 5 }).show(actor)).toMatchObject({ remaining: 5 });
  });
});
