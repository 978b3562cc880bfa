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

describe("decisions from memory", () => {
  test("need no database, and end when the database has been silent for seconds", async () => {
    const { access, clock } = bench;
    await access.decide(alice.actor, "repository:push", app);
    const now = access.decide(alice.actor, "repository:push", app);
    expect(now).not.toBeInstanceOf(Promise);
    expect(now).toMatchObject({ allowed: true, reason: "binding" });
    clock.advance(6_000);
    const later = access.decide(alice.actor, "repository:push", app);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toMatchObject({ allowed: true });
  });

  test("refuse only after a look, whether the project is there or not (A29)", async () => {
    const { access } = bench;
    const there = () => access.decide(bob.actor, "repository:pull", app);
    const nowhere = () =>
      access.decide(bob.actor, "repository:pull", { kind: "repository", name: "nowhere/app" });
    await Promise.all([there(), nowhere()]);
    expect(there()).toBeInstanceOf(Promise);
    expect(nowhere()).toBeInstanceOf(Promise);
    expect(await there()).toEqual(await nowhere());
  });

  test("filter lists without a look at each name", async () => {
    const { access } = bench;
    const sees = access.visible(alice.actor);
    expect(await sees("team/app")).toBe(true);
    expect(sees("team/web")).toBe(true);
    const blind = access.visible(bob.actor);
    expect(await blind("team/app")).toBe(false);
    expect(blind("team/web")).toBe(false);
    expect(access.visible(alice.actor, "repository:push")("team/app")).toBe(true);
  });

  test("know the id of a project, and that there is none", async () => {
    const { access } = bench;
    expect(await access.projectId("team")).toBe(team.id);
    expect(access.projectId("team")).toBe(team.id);
    expect(await access.projectId("nowhere")).toBeUndefined();
  });
});
