import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DAY } from "../../../kernel/clock.ts";
import type { AuditHeadsTable, AuditTable } from "../../../platform/database/schema/access.ts";
import { chainOf, hashRow, sealOf } from "../chain.ts";
import { systemDoer } from "../entry.ts";
import { purgeChain } from "../store/purge.ts";
import { endWorlds, openWorld, stateOf, type World } from "../suite.ts";
import { tagMove, user } from "../suite-parts.ts";
import { putState, type State } from "../suite-procedures.ts";
import type { Finding } from "./findings.ts";
import { verifyLog } from "./verify.ts";

afterEach(endWorlds);

const doers = [user("a"), user("b"), user("c")];

/** Three chains with a checkpoint in the middle, one of them purged at its old end. */
async function writtenLog(): Promise<World & { readonly state: State }> {
  const world = await openWorld();
  const { audit, clock, db, keys } = world;
  const write = async (count: number) => {
    for (let each = 0; each < count; each++) {
      for (const doer of doers) await audit.append(doer, [tagMove(`v${each}`)]);
    }
  };
  await write(4);
  clock.advance(3 * DAY);
  await write(5);
  await audit.checkpoint();
  await db.write(purgeChain, {
    witness: { doer: systemDoer, at: clock.now(), headKey: keys.headKey },
    chain: chainOf("a"),
    before: clock.now() - DAY,
    limit: 100,
  });
  await write(3);
  return { ...world, state: await stateOf(db) };
}

/** Puts a tampered log in place and gives what is found. */
async function found({ db, keys }: World, state: State): Promise<readonly Finding[]> {
  await db.write(putState, state);
  return (await verifyLog(db, keys)).findings;
}

const kinds = (findings: readonly Finding[]) => [...new Set(findings.map((each) => each.kind))];
const pick = fc.nat({ max: 10_000 });
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const without = (row: AuditTable, others: readonly AuditTable[]) =>
  others.filter((other) => other !== row);

const TEXTS = [
  "id",
  "actor_id",
  "actor_kind",
  "actor_name",
  "via",
  "credential_id",
  "address",
  "request_id",
  "action",
  "object_kind",
  "object_id",
  "object_name",
  "project_id",
  "reason",
  "details",
  "hash",
] as const;

/** The same row with one field changed to something else. */
const changed = (row: AuditTable, field: number, text: string): AuditTable => {
  const all = [...TEXTS, "at", "result"] as const;
  const name = at(all, field);
  if (name === "at") return { ...row, at: row.at - 1 };
  if (name === "result") return { ...row, result: row.result === "done" ? "denied" : "done" };
  return { ...row, [name]: row[name] === text ? `${text}!` : text };
};

/** Computes the hashes of a chain anew, as whoever has no key of the heads can. */
function rechained(rows: readonly AuditTable[], head: AuditHeadsTable): State["rows"] {
  let previous = head.purged_hash;
  return rows.map((row) => {
    const hash = hashRow(previous, row);
    previous = hash;
    return { ...row, hash };
  });
}

const replaced = (state: State, chain: number, rows: readonly AuditTable[]): State["rows"] => [
  ...state.rows.filter((row) => row.chain !== chain),
  ...rows,
];

describe("verifying", () => {
  test("finds nothing wrong with a log that nobody touched", async () => {
    const { db, keys, state } = await writtenLog();
    const verdict = await verifyLog(db, keys);
    expect(verdict).toMatchObject({ intact: true, findings: [], rows: state.rows.length });
    expect(state.heads.some((head) => head.purged_seq > 0)).toBeTrue();
    expect(verdict.checkpoints).toBe(3);
  });

  test("names the row of which any field was changed", async () => {
    const world = await writtenLog();
    const { state } = world;
    const property = fc.asyncProperty(pick, pick, fc.string(), async (which, field, text) => {
      const row = at(state.rows, which);
      const rows = [...without(row, state.rows), changed(row, field, text.replaceAll("\0", ""))];
      const { chain, seq } = row;
      const findings = await found(world, { ...state, rows });
      expect(findings).toContainEqual(expect.objectContaining({ kind: "row_changed", chain, seq }));
    });
    await fc.assert(property, { numRuns: 80 });
  }, 60_000);

  test("finds a row that was moved to another place", async () => {
    const world = await writtenLog();
    const { state } = world;
    const place = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -50, max: 50 }));
    const property = fc.asyncProperty(pick, place, async (which, [chain, seq]) => {
      const row = at(state.rows, which);
      const others = without(row, state.rows);
      fc.pre(!others.some((each) => each.chain === chain && each.seq === seq));
      fc.pre(row.chain !== chain || row.seq !== seq);
      expect(
        await found(world, { ...state, rows: [...others, { ...row, chain, seq }] }),
      ).not.toBeEmpty();
    });
    await fc.assert(property, { numRuns: 50 });
  }, 60_000);

  test("names every row of any set that was removed", async () => {
    const world = await writtenLog();
    const { state } = world;
    const some = fc.uniqueArray(fc.nat({ max: state.rows.length - 1 }), { minLength: 1 });
    const property = fc.asyncProperty(some, async (gone) => {
      const rows = state.rows.filter((_, index) => !gone.includes(index));
      const findings = await found(world, { ...state, rows });
      for (const index of gone) {
        const { chain, seq } = at(state.rows, index);
        const names = findings.some(
          (each) =>
            (each.kind === "rows_missing" || each.kind === "tail_missing") &&
            each.chain === chain &&
            each.from <= seq &&
            seq <= each.to,
        );
        expect(names).toBeTrue();
      }
    });
    await fc.assert(property, { numRuns: 50 });
  }, 60_000);

  test("finds two rows that changed places", async () => {
    const world = await writtenLog();
    const { state } = world;
    const property = fc.asyncProperty(pick, pick, async (one, two) => {
      const [a, b] = [at(state.rows, one), at(state.rows, two)];
      fc.pre(a !== b);
      const rows = [
        ...without(b, without(a, state.rows)),
        { ...a, chain: b.chain, seq: b.seq },
        { ...b, chain: a.chain, seq: a.seq },
      ];
      expect(kinds(await found(world, { ...state, rows }))).toContain("row_changed");
    });
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);

  test("finds a tail that was cut, however well the head was made to fit", async () => {
    const world = await writtenLog();
    const { state } = world;
    const property = fc.asyncProperty(pick, pick, fc.boolean(), async (which, cut, adjusts) => {
      const { chain } = at(state.rows, which);
      const of = state.rows.filter((row) => row.chain === chain);
      const kept = of.slice(0, cut % of.length);
      const rows = replaced(state, chain, kept);
      const last = kept.at(-1);
      const heads = state.heads.map((head) => {
        if (head.chain !== chain || !adjusts) return head;
        const fitting = last ?? { seq: head.purged_seq, hash: head.purged_hash };
        return { ...head, seq: fitting.seq, hash: fitting.hash };
      });
      const named = kinds(await found(world, { ...state, rows, heads }));
      expect(named).toContain(adjusts ? "head_forged" : "tail_missing");
    });
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);

  test("finds a chain that was computed anew without the key, by its head and by checkpoints", async () => {
    const world = await writtenLog();
    const { state } = world;
    const property = fc.asyncProperty(pick, pick, pick, async (which, field, verb) => {
      const row = at(state.rows, which);
      const head = state.heads.find((each) => each.chain === row.chain);
      if (head === undefined) throw new Error("no head");
      const of = state.rows.filter((each) => each.chain === row.chain);
      const index = of.indexOf(row);
      const forged = { ...row, id: "00000000000000000000000000" };
      const edited = [
        of.with(index, changed(row, field % (TEXTS.length - 1), "forged")),
        of.toSpliced(index, 1),
        of.toSpliced(index, 0, forged),
      ][verb % 3] as AuditTable[];
      const numbered = edited.map((each, place) => ({ ...each, seq: head.purged_seq + 1 + place }));
      const rows = rechained(numbered, head);
      const last = rows.at(-1) as AuditTable;
      const fitting = { ...head, seq: last.seq, hash: last.hash };
      const mac = sealOf("ab".repeat(32), fitting);
      const heads = state.heads.map((each) => (each === head ? { ...fitting, mac } : each));
      const all = replaced(state, row.chain, rows);
      const named = kinds(await found(world, { rows: all, heads, checkpoints: state.checkpoints }));
      expect(named).toContain("head_forged");
      const signed = state.checkpoints.find((each) => each.chain === row.chain);
      if (signed !== undefined && row.seq <= signed.seq)
        expect(named).toContain("checkpoint_differs");
    });
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);

  test("finds any change of a head, and one that was removed", async () => {
    const world = await writtenLog();
    const { state } = world;
    const fields = ["seq", "hash", "mac", "purged_seq", "purged_hash"] as const;
    const property = fc.asyncProperty(
      pick,
      pick,
      fc.integer({ min: 1, max: 5 }),
      async (which, field, by) => {
        const head = at(state.heads, which);
        const name = at(fields, field);
        const value =
          typeof head[name] === "number" ? Number(head[name]) + by : "0".repeat(63) + by;
        const heads = state.heads.map((each) =>
          each === head ? { ...each, [name]: value } : each,
        );
        expect(kinds(await found(world, { ...state, heads }))).toContain("head_forged");
        const fewer = state.heads.filter((each) => each !== head);
        const { chain } = head;
        expect(await found(world, { ...state, heads: fewer })).toContainEqual({
          kind: "head_missing",
          chain,
        });
      },
    );
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);

  test("finds old entries removed as if they had been purged", async () => {
    const world = await writtenLog();
    const { state } = world;
    const property = fc.asyncProperty(pick, async (which) => {
      const row = at(state.rows, which);
      const { chain, seq, hash } = row;
      const rows = state.rows.filter((each) => each.chain !== chain || each.seq > seq);
      const heads = state.heads.map((head) =>
        head.chain === chain ? { ...head, purged_seq: seq, purged_hash: hash } : head,
      );
      const named = kinds(await found(world, { ...state, rows, heads }));
      expect(named).toContain("head_forged");
      expect(named).toContain("purge_unrecorded");
    });
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);

  test("finds any change of a checkpoint", async () => {
    const world = await writtenLog();
    const { state } = world;
    const fields = ["chain", "seq", "hash", "at", "signature"] as const;
    const property = fc.asyncProperty(
      pick,
      pick,
      fc.integer({ min: 1, max: 5 }),
      async (which, field, by) => {
        const one = at(state.checkpoints, which);
        const name = at(fields, field);
        const value =
          typeof one[name] === "number" ? Number(one[name]) + by : `!${one[name].slice(by)}`;
        const checkpoints = state.checkpoints.map((each) =>
          each === one ? { ...each, [name]: value } : each,
        );
        expect(await found(world, { ...state, checkpoints })).not.toBeEmpty();
      },
    );
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);

  test("still finds a forged or removed head after the log has gone on", async () => {
    const world = await writtenLog();
    const { state, audit } = world;
    const chain = chainOf("b");
    const of = state.rows.filter((row) => row.chain === chain);
    const last = of.at(-3) as AuditTable;
    const cut = { ...state, rows: replaced(state, chain, of.slice(0, -2)) };
    const shorter = state.heads.map((head) =>
      head.chain === chain ? { ...head, seq: last.seq, hash: last.hash } : head,
    );
    const removed = {
      ...state,
      rows: replaced(state, chain, []),
      heads: state.heads.filter((head) => head.chain !== chain),
    };
    for (const tampered of [{ ...cut, heads: shorter }, removed]) {
      await found(world, tampered);
      await audit.append(user("b"), [tagMove("later")]);
      await audit.append(user("b"), [tagMove("later still")]);
      const { findings } = await verifyLog(world.db, world.keys);
      expect(kinds(findings)).toContain("head_was_forged");
    }
  });

  test("says so when the keys of a log are gone", async () => {
    const { db } = await writtenLog();
    expect(await verifyLog(db, undefined)).toMatchObject({
      intact: false,
      findings: [{ kind: "keys_missing" }],
    });
  });
});
