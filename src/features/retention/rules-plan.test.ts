import { describe, expect, test } from "bun:test";
import type { AppliedRule, RetentionRule } from "./policy.ts";
import type { RepositoryFacts } from "./rules-facts.ts";
import { planRepository } from "./rules-plan.ts";
import { applied, DAY, digest, facts, manifest, NOW, tag } from "./suite-facts.ts";

function going(world: RepositoryFacts, ...rules: RetentionRule[]): string[] {
  return planRepository(world, applied(...rules), NOW)
    .filter(({ outcome }) => outcome === "going")
    .map(({ tag: name, digest: of }) => name ?? `#${Number.parseInt(of.slice(7), 16)}`)
    .sort();
}

const old = { movedAt: NOW - 100 * DAY };
const aged = (of: number, days: number, more = {}) =>
  manifest(of, { pushedAt: NOW - days * DAY, ...more });
const named = (name: string, of: number, days: number) =>
  tag(name, of, { movedAt: NOW - days * DAY });

describe("conditions", () => {
  const versions = ["v1.0.0", "1.0.1", "1.1.0", "1.1.1", "1.1.2-rc.1", "2.0.0", "latest"];
  const released = facts(
    versions.map((_, at) => aged(at + 1, 50 - at)),
    versions.map((name, at) => named(name, at + 1, 50 - at)),
  );

  test.each<[string, RetentionRule, string[]]>([
    [
      "globs",
      { action: "delete", tags: ["1.1.*"] },
      ["#3", "#4", "#5", "1.1.0", "1.1.1", "1.1.2-rc.1"],
    ],
    [
      "globs with exceptions",
      { action: "delete", tags: ["1.*"], exceptTags: ["*-rc.*", "1.1.0"] },
      ["#2", "#4", "1.0.1", "1.1.1"],
    ],
    [
      "an expression",
      { action: "delete", tagExpression: "v?[0-9]+\\.0\\.[0-9]+" },
      ["#1", "#2", "#6", "1.0.1", "2.0.0", "v1.0.0"],
    ],
    [
      "a range",
      { action: "delete", versions: ">=1.0.1 <1.1.2" },
      ["#2", "#3", "#4", "#5", "1.0.1", "1.1.0", "1.1.1", "1.1.2-rc.1"],
    ],
    ["age", { action: "delete", olderThanDays: 49 }, ["#1", "#2", "1.0.1", "v1.0.0"]],
    ["youth", { action: "delete", newerThanDays: 45 }, ["#7", "latest"]],
    [
      "all but the newest",
      { action: "delete", exceptNewest: { count: 5, by: "pushed", per: "repository" } },
      ["#1", "#2", "1.0.1", "v1.0.0"],
    ],
    [
      "all but the newest of each minor version",
      { action: "delete", exceptNewest: { count: 1, by: "version", per: "minor" } },
      ["#1", "#3", "#4", "1.1.0", "1.1.1", "v1.0.0"],
    ],
    [
      "all but the newest of each major version",
      { action: "delete", exceptNewest: { count: 2, by: "version", per: "major" } },
      ["#1", "#2", "#3", "1.0.1", "1.1.0", "v1.0.0"],
    ],
  ])("%s", (_, rule, expected) => {
    expect(going(released, rule)).toEqual(expected);
  });

  test("tags of one image take one place among the most recent", () => {
    const world = facts(
      [aged(1, 3), aged(2, 2), aged(3, 1)],
      [named("a", 1, 3), named("b", 2, 2), named("b2", 2, 2), named("c", 3, 1), named("c2", 3, 1)],
    );
    const rule = {
      action: "delete",
      exceptNewest: { count: 2, by: "pushed", per: "repository" },
    } as const;
    expect(going(world, rule)).toEqual(["#1", "a"]);
  });

  test("a tag that was moved is as young as its move, and an image as its push", () => {
    const world = facts(
      [aged(1, 100), aged(2, 1)],
      [named("moved", 1, 1), tag("pushed-again", 2, old)],
    );
    expect(going(world, { action: "delete", olderThanDays: 30 })).toEqual([]);
  });

  test("who pulls a child has used the index", () => {
    const pulled = { pulledAt: NOW - DAY };
    const world = facts(
      [aged(1, 90, { children: [digest(2)], kind: "index" }), aged(2, 90, pulled), aged(3, 90)],
      [named("used", 1, 90), named("unused", 3, 90)],
    );
    expect(going(world, { action: "delete", unusedForDays: 30 })).toEqual(["#3", "unused"]);
  });

  test("what is not known is kept by what keeps and left by what deletes", () => {
    const unknown = { labels: undefined, platform: undefined };
    const world = facts([aged(1, 9, unknown), aged(2, 9)], [tag("a", 1), tag("b", 2)]);
    const label = { name: "tier" };
    expect(going(world, { action: "delete", label })).toEqual([]);
    expect(going(world, { action: "delete", platforms: ["linux/amd64"] })).toEqual(["#2", "b"]);
    const all = { action: "delete", olderThanDays: 0 } as const;
    expect(going(world, { action: "keep", label }, all)).toEqual(["#2", "b"]);
  });

  test("an index goes by its platforms only when all are meant, and stays when one is", () => {
    const arm = { platform: "linux/arm64/v8" };
    const index = { children: [digest(2), digest(3)], kind: "index", platform: null } as const;
    const world = facts([aged(1, 9, index), aged(2, 9), aged(3, 9, arm)], [tag("all", 1)]);
    expect(going(world, { action: "delete", platforms: ["linux/arm64"] })).toEqual([]);
    const both = ["linux/arm64", "linux/amd64"];
    expect(going(world, { action: "delete", platforms: both })).toEqual(["#1", "#2", "#3", "all"]);
    const all = { action: "delete", olderThanDays: 0 } as const;
    expect(going(world, { action: "keep", platforms: ["linux/arm64"] }, all)).toEqual([]);
  });

  test("a signature is a referrer or a tag beside the image, and goes with it", () => {
    const signature = { kind: "signature", subject: digest(1) } as const;
    const world = facts(
      [aged(1, 9), aged(2, 9, signature), aged(3, 9), aged(4, 9), aged(5, 9)],
      [tag("a", 1), tag("b", 3), tag(`sha256-${digest(3).slice(7)}.sig`, 4), tag("c", 5)],
    );
    expect(going(world, { action: "delete", signed: false })).toEqual(["#5", "c"]);
    expect(going(world, { action: "delete", tags: ["a"] })).toEqual(["#1", "#2", "a"]);
    const gone = going(world, { action: "delete", tags: ["b"] });
    expect(gone).toEqual(["#3", "#4", "b", `sha256-${digest(3).slice(7)}.sig`]);
  });
});

describe("what goes together", () => {
  test("a running digest survives whatever deletes, with the index above it", () => {
    const world = facts(
      [aged(1, 90, { children: [digest(2), digest(3)] }), aged(2, 90), aged(3, 90), aged(4, 90)],
      [named("multi", 1, 90), named("other", 4, 90)],
      [3],
    );
    expect(going(world, { action: "delete", olderThanDays: 1 })).toEqual(["#4", "other"]);
  });

  test("what runs stays, though what holds it goes", () => {
    const beside = aged(2, 9, { subject: digest(1) });
    const below = aged(3, 9, { subject: digest(2) });
    const world = facts([aged(1, 9), beside, below], [tag("a", 1)], [2]);
    expect(going(world, { action: "delete", tags: ["a"] })).toEqual(["#1", "a"]);
  });

  test("of what is equally old always the same goes", () => {
    const rule = {
      action: "delete",
      exceptNewest: { count: 1, by: "pushed", per: "repository" },
    } as const;
    expect(going(facts([aged(1, 9), aged(2, 9)], []), rule)).toEqual(["#2"]);
    expect(going(facts([aged(2, 9), aged(1, 9)], []), rule)).toEqual(["#2"]);
  });

  test("a tag that cannot be moved stays", () => {
    const world = facts([aged(1, 90)], [tag("fixed", 1, { isImmutable: true }), tag("free", 1)]);
    expect(going(world, { action: "delete", olderThanDays: 1 })).toEqual(["free"]);
  });

  test("a child that another index lists stays, and its tag goes alone", () => {
    const world = facts(
      [aged(1, 9, { children: [digest(3)] }), aged(2, 9, { children: [digest(3)] }), aged(3, 9)],
      [tag("one", 1), tag("two", 2), tag("child", 3)],
    );
    expect(going(world, { action: "delete", tags: ["one", "child"] })).toEqual([
      "#1",
      "child",
      "one",
    ]);
  });

  test("manifests that hold one another in a circle stay", () => {
    const circle = { children: [digest(1)], subject: digest(1) };
    const world = facts([aged(1, 9), aged(2, 9, circle)], [tag("a", 1)]);
    expect(going(world, { action: "delete", tags: ["a"] })).toEqual(["a"]);
  });

  test("rules of other policies count where those policies do", () => {
    const world = facts([aged(1, 9)], [tag("a", 1)]);
    const [own] = applied({ action: "delete", tags: ["a"] });
    const keeps = { policy: "other", isOwn: false, rule: { action: "keep" } } as const;
    const plan = (repositories: string[]) =>
      planRepository(world, [own as AppliedRule, { ...keeps, repositories }], NOW);
    expect(plan(["app"])[0]).toMatchObject({
      outcome: "spared",
      cause: "rule",
      rule: 1,
      against: 0,
    });
    expect(plan(["apps"])[0]).toMatchObject({ outcome: "going", cause: "rule", rule: 0 });
  });
});
