import { expect, test } from "bun:test";
import fc from "fast-check";
import { HOUR, ManualClock } from "../../kernel/clock.ts";
import { startOf } from "./rules.ts";
import { everything, gatherer, NOON, openWorld, push, use } from "./suite.ts";
import type { Use } from "./usage.ts";

const RUNS = Number(process.env.ENTREPOT_TEST_RUNS ?? 20);
const REPOSITORIES: Readonly<Record<string, string>> = {
  "team/a": "r1",
  "team/b": "r2",
  "other/c": "r3",
};
const NAMES = Object.keys(REPOSITORIES);

type Step =
  | { readonly do: "use"; readonly node: number; readonly use: Use }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "flush"; readonly node: number }
  | { readonly do: "fail"; readonly node: number; readonly how: "before" | "after" };

const uses = fc
  .record({
    repository: fc.constantFrom(...NAMES, "team/gone"),
    principalId: fc.constantFrom("ada", "bob", "anonymous"),
    isPull: fc.boolean(),
    bytes: fc.nat(1_000_000),
    digest: fc.constantFrom("d1", "d2"),
    tag: fc.constantFrom("v1", "v2", undefined),
  })
  .map(({ repository, isPull, bytes, principalId, digest, tag }) =>
    isPull
      ? use(repository, { principalId, bytesOut: bytes, digest, tag })
      : push(repository, bytes, principalId),
  );
const nodes = fc.constantFrom(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("use" as const), node: nodes, use: uses }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.nat(60_000), fc.nat(30 * HOUR)),
    }),
  },
  fc.record({ do: fc.constant("flush" as const), node: nodes }),
  fc.record({
    do: fc.constant("fail" as const),
    node: nodes,
    how: fc.constantFrom("before" as const, "after" as const),
  }),
);

/** What must be stored of uses, written down the plain way. */
function model(done: readonly { readonly use: Use; readonly at: number }[]) {
  const hours = new Map<number, number[]>();
  const people = new Map<string, (number | null)[]>();
  const pulls = new Map<string, number[]>();
  for (const { use: each, at } of done) {
    const figures = [Number(each.isPull), Number(each.isPush), each.bytesIn, each.bytesOut];
    const hour = startOf("hour", at);
    hours.set(hour, plus(hours.get(hour), figures));
    const id = REPOSITORIES[each.repository];
    if (id === undefined) continue;
    const key = [startOf("day", at), id, each.principalId].join(" ");
    const [, , , , pulledAt = null, pushedAt = null] = people.get(key) ?? [];
    people.set(key, [
      ...plus(people.get(key) as number[] | undefined, figures),
      each.isPull ? at : pulledAt,
      each.isPush ? at : pushedAt,
    ]);
    if (!each.isPull) continue;
    for (const part of [each.digest, each.tag]) {
      if (part === undefined) continue;
      pulls.set(`${id} ${part}`, [(pulls.get(`${id} ${part}`)?.[0] ?? 0) + 1, at]);
    }
  }
  return { hours, people, pulls };
}

function plus(a: readonly number[] | undefined, b: readonly number[]): number[] {
  return b.map((each, index) => each + (a?.[index] ?? 0));
}

test("random histories are stored exactly, on two nodes, through failing writes and hour and day borders", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
      const { db, close } = await openWorld(REPOSITORIES);
      const clock = new ManualClock(NOON);
      const both = [gatherer(db, clock, { batch: 3 }), gatherer(db, clock)] as const;
      const done: { use: Use; at: number }[] = [];
      for (const each of steps) {
        if (each.do === "wait") {
          clock.advance(each.ms);
          continue;
        }
        const { gatherer: one, state } = both[each.node === 0 ? 0 : 1];
        if (each.do === "use") {
          one.count(each.use);
          done.push({ use: each.use, at: clock.now() });
        } else {
          state.fails = each.do === "fail" ? each.how : "never";
          await one.flush();
        }
      }
      for (const { gatherer: one, state } of both) {
        state.fails = "never";
        await one.close();
      }
      const expected = model(done);
      const stored = await everything(db);
      await close();
      expect(
        new Map(
          stored.hours.map((row) => [
            row.hour,
            [row.pulls, row.pushes, row.bytes_in, row.bytes_out],
          ]),
        ),
      ).toEqual(expected.hours);
      const people = stored.people.map((row) => [
        [row.day, row.repository_id, row.principal_id].join(" "),
        [row.pulls, row.pushes, row.bytes_in, row.bytes_out].concat(
          row.last_pulled_at ?? -1,
          row.last_pushed_at ?? -1,
        ),
      ]);
      expect(Object.fromEntries(people)).toEqual(
        Object.fromEntries(
          [...expected.people].map(([key, all]) => [key, all.map((each) => each ?? -1)]),
        ),
      );
      const parts = [
        ...stored.manifests.map((row) => [row, row.digest] as const),
        ...stored.tags.map((row) => [row, row.tag] as const),
      ].map(([row, part]) => [`${row.repository_id} ${part}`, [row.pulls, row.last_pulled_at]]);
      expect(Object.fromEntries(parts)).toEqual(Object.fromEntries(expected.pulls));
      // The sums of the sums.
      for (const { repository_id, pulls, bytes_in } of stored.ever) {
        const days = stored.days.filter((row) => row.repository_id === repository_id);
        const sum = (of: (row: (typeof days)[number]) => number) =>
          days.reduce((all, row) => all + of(row), 0);
        expect([pulls, bytes_in]).toEqual([sum((row) => row.pulls), sum((row) => row.bytes_in)]);
      }
    }),
    { numRuns: RUNS },
  );
}, 120_000);
