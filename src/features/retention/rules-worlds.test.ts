import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { RetentionRule } from "./policy.ts";
import { holdsOf, protectedOf, type TagFact } from "./rules-facts.ts";
import { type Decision, planRepository } from "./rules-plan.ts";
import { applied, DAY, digest, facts, manifest, NOW, tag } from "./suite-facts.ts";

const MOST = 14;

/** Worlds as damaged as they come: edges to what is not there, tags on nothing. */
const someone = fc.nat(MOST).map((of) => Math.floor((of * of) / MOST));
const worlds = fc
  .record({
    manifests: fc.array(
      fc.record({
        age: fc.integer({ min: 0, max: 6 }),
        pulled: fc.option(fc.integer({ min: 0, max: 6 })),
        // An index contains digests of what was pushed before it; so does a referrer.
        children: fc.array(someone, { maxLength: 3 }),
        subject: fc.option(someone, { freq: 3 }),
        kind: fc.constantFrom("image", "index", "signature" as const),
        known: fc.boolean(),
      }),
      { minLength: 5, maxLength: MOST },
    ),
    tags: fc.array(
      fc.record({
        name: fc.constantFrom(
          "a",
          "b",
          "latest",
          "1.0.0",
          "1.0.1",
          "1.1.0",
          "v2.0.0",
          "2.1.0-rc.1",
        ),
        of: someone,
        age: fc.integer({ min: 0, max: 6 }),
        isImmutable: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
    companions: fc.array(fc.tuple(someone, someone), { maxLength: 3 }),
    inUse: fc.array(someone, { maxLength: 2 }),
  })
  .map(({ manifests, tags, companions, inUse }) => {
    const named = new Map<string, TagFact>();
    for (const { name, of, age, isImmutable } of tags) {
      named.set(name, tag(name, of, { movedAt: NOW - age * DAY, isImmutable }));
    }
    for (const [subject, of] of companions) {
      const name = `sha256-${digest(subject).slice(7)}.sig`;
      named.set(name, tag(name, of));
    }
    return facts(
      manifests.map(({ age, pulled, children, subject, kind, known }, at) =>
        manifest(at, {
          pushedAt: NOW - age * DAY,
          pulledAt: pulled === null ? null : NOW - pulled * DAY,
          children: children.filter((child) => child !== at).map(digest),
          subject: subject === null || subject === at ? null : digest(subject),
          kind,
          labels: known ? { tier: "test" } : undefined,
        }),
      ),
      [...named.values()],
      inUse,
    );
  });

const counts = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  by: fc.constantFrom("pushed", "used", "version" as const),
  per: fc.constantFrom("repository", "major", "minor" as const),
});
/** Mostly of one condition or two, so that something fits. */
const conditions = fc.record(
  {
    tags: fc.constantFrom(["*"], ["a", "b"], ["1.*"]),
    exceptTags: fc.constantFrom(["latest"], ["v*"]),
    tagExpression: fc.constantFrom("[a-z]+", "v?[0-9.]+"),
    versions: fc.constantFrom("<2", "1.x", ">=1.0.1"),
    untagged: fc.boolean(),
    olderThanDays: fc.integer({ min: 0, max: 6 }),
    newerThanDays: fc.integer({ min: 0, max: 6 }),
    unusedForDays: fc.integer({ min: 0, max: 6 }),
    pulledWithinDays: fc.integer({ min: 0, max: 6 }),
    label: fc.constant({ name: "tier" }),
    signed: fc.boolean(),
    newest: counts,
    exceptNewest: counts,
  },
  { requiredKeys: [] },
);
const rule = (action: "keep" | "delete") =>
  fc.tuple(conditions, fc.subarray(["a", "b", "c"])).map(([given, [...some]]): RetentionRule => {
    const entries = Object.entries(given).slice(0, Math.max(1, some.length));
    return { action, ...Object.fromEntries(entries) };
  });
const rules = fc.array(fc.oneof(rule("keep"), rule("delete"), rule("delete")), {
  minLength: 1,
  maxLength: 5,
});

function keys(decisions: readonly Decision[]): Set<string> {
  return new Set(
    decisions
      .filter(({ outcome }) => outcome === "going")
      .map(({ kind, tag: name, digest: of }) => `${kind} ${name ?? of}`),
  );
}

const runs = { numRuns: 300 };

describe("whatever the rules and the repository are", () => {
  test("nothing goes that is held, runs or has a tag that stays, and holders go first", () => {
    fc.assert(
      fc.property(worlds, rules, (world, given) => {
        const plan = planRepository(world, applied(...given), NOW);
        const manifests = new Map(
          plan
            .filter((each) => each.kind === "manifest" && each.outcome === "going")
            .map((each) => [each.digest, each]),
        );
        const { up } = holdsOf(world);
        const safe = protectedOf(world);
        const staying = new Set(
          world.tags
            .filter(({ name }) => !keys(plan).has(`tag ${name}`))
            .map((each) => each.digest),
        );
        for (const [of, { level, cause, becauseOf }] of manifests) {
          expect(safe.has(of)).toBe(false);
          expect(staying.has(of)).toBe(false);
          for (const holder of up.get(of) ?? []) {
            expect(manifests.get(holder)?.level ?? Number.NaN).toBeLessThan(level);
          }
          if (cause === "follows") expect(up.get(of)).toContain(becauseOf ?? "");
        }
        for (const { name, digest: of, isImmutable } of world.tags) {
          if (!keys(plan).has(`tag ${name}`) || holdsOf(world).companions.has(name)) continue;
          expect(isImmutable || safe.has(of)).toBe(false);
        }
      }),
      runs,
    );
  });

  test("what keeps beats what deletes: one more rule that keeps lets nothing more go", () => {
    fc.assert(
      fc.property(worlds, rules, rule("keep"), (world, given, keep) => {
        const before = keys(planRepository(world, applied(...given), NOW));
        const after = keys(planRepository(world, applied(...given, keep), NOW));
        for (const key of after) expect(before).toContain(key);
      }),
      runs,
    );
  });

  test("what no rule names stays, unless all that held it goes", () => {
    fc.assert(
      fc.property(worlds, rules, (world, given) => {
        for (const each of planRepository(world, applied(...given), NOW)) {
          if (each.outcome !== "going") continue;
          if (each.cause === "rule") expect(given[each.rule ?? -1]?.action).toBe("delete");
          else expect(each.cause).toBe("follows");
        }
      }),
      runs,
    );
  });

  test("children and referrers follow: what only a goer held does not stay behind", () => {
    fc.assert(
      fc.property(worlds, rules, (world, given) => {
        const plan = planRepository(world, applied(...given), NOW);
        const { up } = holdsOf(world);
        const gone = keys(plan);
        const safe = protectedOf(world);
        const tagged = new Set(world.tags.map((each) => each.digest));
        for (const of of world.manifests.keys()) {
          const holders = up.get(of) ?? [];
          const all = holders.length > 0 && holders.every((each) => gone.has(`manifest ${each}`));
          if (!all || tagged.has(of) || safe.has(of)) continue;
          expect(gone).toContain(`manifest ${of}`);
        }
      }),
      runs,
    );
  });

  test("the order in which things are read makes no difference", () => {
    fc.assert(
      fc.property(worlds, rules, (world, given) => {
        const turned = {
          ...world,
          manifests: new Map([...world.manifests].reverse()),
          tags: world.tags.toReversed(),
        };
        const plan = keys(planRepository(world, applied(...given), NOW));
        expect(keys(planRepository(turned, applied(...given), NOW))).toEqual(plan);
      }),
      runs,
    );
  });
});
