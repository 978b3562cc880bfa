import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { anonymousAt } from "../identity/principal.ts";
import type { Project } from "../projects/project.ts";
import type { Acting } from "./acting.ts";
import type { Reason } from "./rules.ts";
import { type AccessBench, openAccessBench } from "./suite.ts";
import { why } from "./words.ts";

let bench: AccessBench;
let alice: Acting;
let bob: Acting;
let team: Project;
beforeEach(async () => {
  bench = await openAccessBench();
  [alice, bob] = [await bench.user("alice"), await bench.user("bob")];
  team = await bench.access.projects.create(alice.doer, { name: "team" });
});
afterEach(() => bench.close());

const app = { kind: "repository", name: "team/app" } as const;

describe("an explanation", () => {
  test("names every binding and what came of it, in both languages", async () => {
    const subject = { kind: "principal" as const, id: bob.actor.principal.id };
    const { bindings: all } = bench.access;
    const bindings = {
      create: (...args: Parameters<typeof all.create>) => {
        // Bindings are told in the order in which they were made.
        bench.clock.advance(1);
        return all.create(...args);
      },
    };
    const condition = 'inNetwork(request.address, "192.168.0.0/16")';
    await bindings.create(alice, team.id, { subject, role: "developer", condition });
    await bindings.create(alice, team.id, { subject, role: "guest" });
    await bindings.create(alice, team.id, { subject, role: "developer", repositories: "web/**" });
    await bindings.create(alice, team.id, { subject, role: "developer", tags: "v*" });
    await bindings.create(alice, team.id, {
      subject,
      role: "developer",
      condition: "claims.x == 1",
    });
    const told = await bench.access.explain(bob.actor, "repository:push", {
      ...app,
      tag: "latest",
    });
    expect(told.decision).toMatchObject({ allowed: false, reason: "condition" });
    expect(told.bindings.map(({ outcome }) => outcome)).toEqual([
      "condition",
      "action",
      "repository",
      "tag",
      "condition_error",
    ]);
    const [first, , third, , last] = told.bindings;
    expect(first?.words.en).toBe(
      `binding ${first?.id} gives role developer to the principal on project team, but its condition ` +
        `${condition} is not met (request.address = "10.0.0.1")`,
    );
    expect(first?.words.zh).toContain("但其条件");
    expect(third?.words.en).toContain("on repository team/web/**");
    expect(last?.words.en).toContain("No such key: x");
    expect(told.words.en).toBe(
      "bob may not repository:push repository team/app:latest: the condition of the right is not met",
    );
    expect(told.steps.map(({ step, outcome }) => [step, outcome])).toEqual([
      ["limits", "passes"],
      ["administrator", "passes"],
      ["project", "passes"],
      ["bindings", "refuses"],
    ]);
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
    expect(
      await bench.access.explain(bob.actor, "repository:push", { ...app, tag: "latest" }),
    ).toEqual(told);
  });

  test("is of the very decision that is made", async () => {
    const limits = [{ actions: ["repository:pull"], repositories: ["other/**"] }];
    await bench.access.projects.update(alice.doer, team.id, {
      networks: ["192.168.0.0/16"],
      isPublic: true,
    });
    const actors = [
      alice.actor,
      bob.actor,
      bench.root.actor,
      anonymousAt("192.168.1.1"),
      anonymousAt(null),
      { ...bench.root.actor, limits },
    ];
    for (const actor of actors) {
      for (const action of ["repository:pull", "repository:push", "self:read"] as const) {
        for (const name of ["team/app", "nowhere/app"]) {
          const resource = { kind: "repository", name } as const;
          const told = await bench.access.explain(actor, action, resource);
          expect(told.decision).toEqual(await bench.access.decide(actor, action, resource));
          const ends = told.steps.at(-1)?.outcome;
          if (!told.decision.allowed) expect(ends).toBe("refuses");
          else expect(told.steps.map(({ outcome }) => outcome)).toContain("allows");
        }
      }
    }
  });

  test("is for oneself, and for those who may explain there", async () => {
    const { mayExplain, bindings } = bench.access;
    expect(await mayExplain(bob.actor, bob.actor, app)).toBe(true);
    expect(await mayExplain(bob.actor, alice.actor, app)).toBe(false);
    expect(await mayExplain(alice.actor, bob.actor, app)).toBe(true);
    expect(await mayExplain(alice.actor, bob.actor, { kind: "registry" })).toBe(false);
    expect(await mayExplain(anonymousAt(null), anonymousAt(null), app)).toBe(false);
    const subject = { kind: "principal" as const, id: bob.actor.principal.id };
    await bindings.create(bench.root, null, { subject, role: "auditor" });
    expect(await mayExplain(bob.actor, alice.actor, app)).toBe(true);
  });
});

test("a refusal has words in both languages, and none about others", () => {
  const reasons: readonly Reason[] = [
    "limit",
    "network",
    "expired",
    "tag",
    "second_factor",
    "condition",
    "none",
  ];
  for (const reason of reasons) {
    expect(why({ reason }, "en")).toMatch(/^[a-z ]+$/);
    expect(why({ reason }, "zh")).toMatch(/\p{Script=Han}/u);
  }
});
