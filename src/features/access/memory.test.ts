import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Project } from "../projects/project.ts";
import type { Acting } from "./acting.ts";
import { type AccessBench, openAccessBench } from "./suite.ts";

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

  test("of the registry end with the others", async () => {
    const { access, clock } = bench;
    const subject = { kind: "principal" as const, id: bob.actor.principal.id };
    await access.bindings.create(bench.root, null, { subject, role: "auditor" });
    const ask = () => access.decide(bob.actor, "audit:read", { kind: "registry" });
    expect(await ask()).toMatchObject({ allowed: true });
    expect(ask()).not.toBeInstanceOf(Promise);
    clock.advance(6_000);
    expect(ask()).toBeInstanceOf(Promise);
  });

  test("that were under way during a change do not outlive it", async () => {
    const { access } = bench;
    const subject = { kind: "principal" as const, id: bob.actor.principal.id };
    for (let round = 0; round < 30; round++) {
      const { id } = await access.bindings.create(alice, team.id, { subject, role: "guest" });
      const asked = async () => {
        for (let turn = 0; turn < 20; turn++) {
          await access.decide(bob.actor, "repository:pull", app);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await Promise.all([asked(), access.bindings.delete(alice, team.id, id), asked()]);
      expect(await access.decide(bob.actor, "repository:pull", app)).toMatchObject({
        allowed: false,
      });
    }
  });
});
