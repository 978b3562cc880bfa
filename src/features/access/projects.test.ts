import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { anonymousAt } from "../identity/principal.ts";
import type { Acting } from "./acting.ts";
import type { Action } from "./permissions.ts";
import { type AccessBench, openAccessBench, refusal } from "./suite.ts";
import { deleteRepository, publish } from "./suite-procedures.ts";

let bench: AccessBench;
let alice: Acting;
let bob: Acting;
beforeEach(async () => {
  bench = await openAccessBench();
  [alice, bob] = [await bench.user("alice"), await bench.user("bob")];
});
afterEach(() => bench.close());

const may = async ({ actor }: Acting, action: Action, name: string) => {
  const kind = name.includes("/") ? ("repository" as const) : ("project" as const);
  return (await bench.access.decide(actor, action, { kind, name })).allowed;
};

describe("projects", () => {
  test("whoever makes one is its administrator, unless they are one of the installation", async () => {
    const { projects, bindings } = bench.access;
    const team = await projects.create(alice.doer, { name: "team", description: "Ours" });
    expect(team).toMatchObject({ name: "team", isPublic: false, networks: null, version: 1 });
    expect(await may(alice, "member:write", "team")).toBe(true);
    expect(await may(bob, "project:read", "team")).toBe(false);
    const { items } = await bindings.list(team.id, {});
    expect(items).toMatchObject([{ role: "project-administrator", subject: { name: "alice" } }]);
    const own = await projects.create(bench.root.doer, { name: "own" });
    expect((await bindings.list(own.id, {})).items).toEqual([]);
  });

  test.each(["", "Team", "a/b", "-a", "a-", "a..b", "a___b", "..", "a b", "x".repeat(129)])(
    "%j is no name of one",
    async (name) => {
      expect(await refusal(bench.access.projects.create(alice.doer, { name }))).toMatchObject({
        code: "project.name_invalid",
      });
    },
  );

  test("a name is there once, also when two make it at once", async () => {
    const { projects } = bench.access;
    const both = await Promise.allSettled([
      projects.create(alice.doer, { name: "team" }),
      projects.create(bob.doer, { name: "team" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = both.find(({ status }) => status === "rejected");
    expect(refused).toMatchObject({ reason: { code: "project.exists", status: 409 } });
  });

  test("going public and private takes effect at once (A28)", async () => {
    const { projects, decide } = bench.access;
    const { id } = await projects.create(alice.doer, { name: "team" });
    const nobody = anonymousAt("10.0.0.1");
    const pull = () => decide(nobody, "repository:pull", { kind: "repository", name: "team/app" });
    expect(await pull()).toMatchObject({ allowed: false, login: true });
    await projects.update(alice.doer, id, { isPublic: true });
    expect(await pull()).toMatchObject({ allowed: true, reason: "public" });
    // From memory now, and all the same gone at once.
    expect(pull()).toMatchObject({ allowed: true });
    await projects.update(alice.doer, id, { isPublic: false });
    expect(await pull()).toMatchObject({ allowed: false });
    expect(
      await decide(nobody, "repository:push", { kind: "repository", name: "team/app" }),
    ).toMatchObject({ allowed: false });
  });

  test("a change of another node lets in at once, because refusals are looked up anew", async () => {
    const { projects } = bench.access;
    const { id } = await projects.create(alice.doer, { name: "team" });
    expect(await may(bob, "repository:pull", "team/app")).toBe(false);
    await bench.db.write(publish, id);
    expect(await may(bob, "repository:pull", "team/app")).toBe(true);
  });

  test("networks bind its members, and not administrators of the installation", async () => {
    const { projects } = bench.access;
    const { id } = await projects.create(alice.doer, { name: "team" });
    await projects.update(alice.doer, id, { networks: ["192.168.0.0/16"], isPublic: true });
    const resource = { kind: "repository", name: "team/app" } as const;
    for (const who of [alice, bob]) {
      expect(await bench.access.decide(who.actor, "repository:pull", resource)).toMatchObject({
        allowed: false,
        reason: "network",
      });
    }
    const near = { ...alice.actor, address: "192.168.3.4" };
    expect(await bench.access.decide(near, "repository:push", resource)).toMatchObject({
      allowed: true,
    });
    expect(await may(bench.root, "repository:push", "team/app")).toBe(true);
    const local = { ...alice.actor, address: null };
    expect(await bench.access.decide(local, "repository:pull", resource)).toMatchObject({
      allowed: false,
    });
  });

  test("changes that were made on what is there no more are refused", async () => {
    const { projects } = bench.access;
    const { id } = await projects.create(alice.doer, { name: "team" });
    await projects.update(alice.doer, id, { description: "one" }, 1);
    expect(await refusal(projects.update(alice.doer, id, { description: "two" }, 1))).toMatchObject(
      {
        code: "rights.changed",
        details: { current: 2 },
      },
    );
    expect(await projects.named("team")).toMatchObject({ description: "one", version: 2 });
    await expect(
      projects.update(alice.doer, id, { networks: ["10.0.0.1/8"] }),
    ).rejects.toMatchObject({
      code: "network.invalid",
    });
    expect(await refusal(projects.update(alice.doer, "nothing", {}))).toMatchObject({
      code: "project.unknown",
    });
  });

  test("lists show what the reader may see, page by page", async () => {
    const { projects, visibleProject } = bench.access;
    for (let at = 0; at < 7; at++) {
      await projects.create((at % 2 === 0 ? alice : bob).doer, { name: `p${at}` });
    }
    await projects.create(bob.doer, { name: "public", isPublic: true });
    const filter = ({ name }: { name: string }) => visibleProject(alice.actor)(name);
    const first = await projects.list({ limit: 2 }, filter);
    expect(first.items.map(({ name }) => name)).toEqual(["p0", "p2"]);
    const second = await projects.list({ limit: 10, after: first.next }, filter);
    expect(second.items.map(({ name }) => name)).toEqual(["p4", "p6", "public"]);
    expect(second.next).toBeNull();
    const found = await projects.list({ prefix: "pu" }, filter);
    expect(found.items.map(({ name }) => name)).toEqual(["public"]);
  });
});

describe("a deleted project", () => {
  test("leaves its name to a new one, which inherits nothing (A32)", async () => {
    const { access } = bench;
    const old = await access.projects.create(alice.doer, { name: "team", isPublic: true });
    await bench.push(alice, "team/app");
    const robot = await bench.robot("robot+team+ci", old.id);
    await access.bindings.create(alice, old.id, {
      subject: { kind: "principal", id: robot.actor.principal.id },
      role: "developer",
    });
    expect(await may(robot, "repository:push", "team/app")).toBe(true);
    await access.projects.delete(alice.doer, old.id);
    expect(await access.projectId("team")).toBeUndefined();
    for (const who of [alice, bob, robot]) {
      expect(await may(who, "repository:pull", "team/app")).toBe(false);
    }
    const young = await access.projects.create(bob.doer, { name: "team" });
    expect(young.id).not.toBe(old.id);
    expect(await access.projectId("team")).toBe(young.id);
    expect(await may(alice, "repository:pull", "team/app")).toBe(false);
    expect(await may(robot, "repository:pull", "team/app")).toBe(false);
    expect(await may(bob, "repository:push", "team/app")).toBe(true);
    const live = await bench.db.read
      .selectFrom("repositories")
      .select("id")
      .where("deleted_at", "is", null)
      .execute();
    expect(live).toEqual([]);
    const account = await bench.db.read
      .selectFrom("principals")
      .select(["deleted_at", "generation"])
      .where("id", "=", robot.actor.principal.id)
      .executeTakeFirstOrThrow();
    expect(account).toEqual({ deleted_at: bench.clock.now(), generation: 2 });
    expect(await refusal(access.projects.restore(bench.root.doer, old.id))).toMatchObject({
      code: "project.exists",
    });
  });

  test("comes back whole while its name is free, but for its robots", async () => {
    const { access, clock } = bench;
    const { id } = await access.projects.create(alice.doer, { name: "team" });
    await bench.push(alice, "team/app");
    await bench.robot("robot+team+ci", id);
    await bench.push(alice, "team/gone");
    await bench.db.write(deleteRepository, { name: "team/gone", now: clock.now() });
    clock.advance(1);
    await access.projects.delete(alice.doer, id);
    expect((await access.projects.deleted({})).items).toMatchObject([{ id, name: "team" }]);
    clock.advance(1);
    await access.projects.restore(bench.root.doer, id);
    expect((await access.projects.deleted({})).items).toEqual([]);
    expect(await may(alice, "repository:push", "team/app")).toBe(true);
    const repositories = await bench.db.read
      .selectFrom("repositories")
      .select("name")
      .where("deleted_at", "is", null)
      .execute();
    expect(repositories).toEqual([{ name: "team/app" }]);
    const robots = await bench.db.read
      .selectFrom("principals")
      .select("name")
      .where("deleted_at", "is not", null)
      .execute();
    expect(robots).toEqual([{ name: "robot+team+ci" }]);
    expect(await refusal(access.projects.restore(bench.root.doer, id))).toMatchObject({
      code: "project.unknown",
    });
  });

  test("takes along what is pushed into it at that moment", async () => {
    const { access } = bench;
    for (let round = 0; round < 10; round++) {
      const name = `team${round}`;
      const { id } = await access.projects.create(alice.doer, { name });
      await Promise.allSettled([
        bench.push(alice, `${name}/app`, false),
        access.projects.delete(alice.doer, id),
        bench.push(alice, `${name}/web`, false),
      ]);
      expect(await access.projectId(name)).toBeUndefined();
    }
    const live = await bench.db.read
      .selectFrom("repositories")
      .select("name")
      .where("deleted_at", "is", null)
      .execute();
    expect(live).toEqual([]);
  });
});

describe("a push to a project that is not there", () => {
  test("is for those who may create projects, and makes them its administrators", async () => {
    const { access } = bench;
    const resource = { kind: "repository", name: "fresh/app" } as const;
    const none = { allowed: false, reason: "none" };
    expect(await access.decide(alice.actor, "repository:push", resource)).toMatchObject(none);
    const role = await access.roles.create(bench.root, null, {
      name: "founder",
      permissions: ["project:create"],
    });
    await access.bindings.create(bench.root, null, {
      subject: { kind: "principal", id: alice.actor.principal.id },
      role: role.id,
    });
    expect(await access.decide(alice.actor, "repository:push", resource)).toMatchObject({
      allowed: true,
      createsProject: true,
    });
    expect(await access.decide(alice.actor, "repository:pull", resource)).toMatchObject(none);
    const id = await bench.push(alice, "fresh/app");
    expect(await access.decide(alice.actor, "repository:pull", resource)).toMatchObject({
      allowed: true,
      createsProject: false,
    });
    expect(
      await access.decide(bench.root.actor, "repository:push", {
        kind: "repository",
        name: "other/app",
      }),
    ).toMatchObject({
      allowed: true,
      createsProject: true,
    });
    const entry = (await bench.audited()).find(
      ({ project_id: of, action }) => of === id && action === "project.create",
    );
    expect(JSON.parse(entry?.details ?? "{}")).toMatchObject({ by: "push", founder: true });
  });

  test("is refused where it may not make one", async () => {
    expect(await refusal(bench.push(bench.root, "fresh/app", false))).toMatchObject({
      code: "project.unknown",
    });
  });

  test("happens once when several come at once", async () => {
    const ids = await Promise.all(
      ["a", "b", "c", "d"].map((path) => bench.push(bench.root, `fresh/${path}`)),
    );
    expect(new Set(ids).size).toBe(1);
  });
});

test("every change is in the audit log, with what was and what is", async () => {
  const { projects } = bench.access;
  const { id } = await projects.create(alice.doer, { name: "team" });
  await projects.update(alice.doer, id, { isPublic: true, description: "x" });
  await projects.update(alice.doer, id, { isPublic: true });
  await projects.delete(alice.doer, id);
  await projects.restore(alice.doer, id);
  const entries = await bench.audited();
  expect(entries.map(({ action, project_id }) => [action, project_id])).toEqual([
    ["project.create", id],
    ["project.update", id],
    ["project.delete", id],
    ["project.restore", id],
  ]);
  expect(JSON.parse(entries[1]?.details ?? "")).toEqual({
    changes: [
      { field: "public", from: 0, to: 1 },
      { field: "description", from: null, to: "x" },
    ],
  });
});
