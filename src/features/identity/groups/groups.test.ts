import { afterEach, beforeEach, expect, test } from "bun:test";
import { codeOf, openWorld, operator, type World } from "../suite.ts";

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

test("a group is made, renamed, described and deleted, each once in the log", async () => {
  const { groups } = world.identity;
  const made = await groups.create(operator, { name: "team", description: "us" });
  expect(made).toMatchObject({ name: "team", description: "us", version: 1 });
  const renamed = await groups.update(operator, made.id, { name: "crew" }, 1);
  expect(renamed).toMatchObject({ name: "crew", description: "us", version: 2 });
  const stale = groups.update(operator, made.id, { name: "x" }, 1);
  expect(await codeOf(stale)).toBe("api.precondition");
  await groups.update(operator, made.id, { description: null });
  expect(await groups.get(made.id)).toMatchObject({ description: null, version: 3 });
  await groups.delete(operator, made.id);
  expect(await codeOf(groups.get(made.id))).toBe("identity.unknown");
  expect(await codeOf(groups.delete(operator, made.id))).toBe("identity.unknown");
  expect(await world.log()).toEqual([
    "group.create done",
    "group.update done",
    "group.update done",
    "group.delete done",
  ]);
});

test("names are names, and live ones are unique", async () => {
  const { groups } = world.identity;
  const team = await groups.create(operator, { name: "team" });
  const crew = await groups.create(operator, { name: "crew" });
  expect(await codeOf(groups.create(operator, { name: "team" }))).toBe("identity.name_taken");
  expect(await codeOf(groups.create(operator, { name: "Team" }))).toBe("identity.name_invalid");
  const taken = groups.update(operator, crew.id, { name: "team" });
  expect(await codeOf(taken)).toBe("identity.name_taken");
  await groups.delete(operator, team.id);
  await groups.update(operator, crew.id, { name: "team" });
});

test("of two groups that take one name at once, one has it", async () => {
  const { groups } = world.identity;
  const made = await Promise.all(["a", "b", "c"].map((name) => groups.create(operator, { name })));
  const codes = await Promise.all(
    made.map(({ id }) => codeOf(groups.update(operator, id, { name: "team" }))),
  );
  expect(codes.filter((code) => code === "none")).toHaveLength(1);
  expect(codes.filter((code) => code === "identity.name_taken")).toHaveLength(2);
});

test("members come and go, are paged by key, and a new group of the name has none (A32)", async () => {
  const { groups } = world.identity;
  const { id } = await groups.create(operator, { name: "team" });
  const ids: string[] = [];
  for (const name of ["ada", "bob", "cy"]) {
    const user = await world.person(name);
    ids.push(user.id);
    await groups.addMember(operator, id, user.id);
    await groups.addMember(operator, id, user.id);
    world.clock.advance(1);
  }
  const first = await groups.members(id, { limit: 2 });
  expect(first.items.map((each) => each.name)).toEqual(["ada", "bob"]);
  expect(first.items[0]).toMatchObject({ kind: "user", origins: ["local"] });
  const rest = await groups.members(id, { limit: 2, after: first.next });
  expect(rest).toMatchObject({ items: [{ name: "cy" }], next: null });
  expect(await groups.of(ids[0] ?? "")).toMatchObject([{ name: "team" }]);
  await groups.removeMember(operator, id, ids[0] ?? "");
  await groups.removeMember(operator, id, ids[0] ?? "");
  expect((await groups.members(id, {})).items).toHaveLength(2);
  expect(await groups.of(ids[0] ?? "")).toEqual([]);
  expect((await world.log()).filter((line) => line === "group.add-member done")).toHaveLength(3);
  expect((await world.log()).filter((line) => line === "group.remove-member done")).toHaveLength(1);
  await groups.delete(operator, id);
  const again = await groups.create(operator, { name: "team" });
  expect((await groups.members(again.id, {})).items).toEqual([]);
});

test("nobody that is not there becomes a member", async () => {
  const { groups, users } = world.identity;
  const { id } = await groups.create(operator, { name: "team" });
  const ada = await world.person("ada");
  await users.delete(operator, ada.id);
  expect(await codeOf(groups.addMember(operator, id, ada.id))).toBe("identity.unknown");
  expect(await codeOf(groups.addMember(operator, id, "nobody"))).toBe("identity.unknown");
  expect(await codeOf(groups.addMember(operator, "none", ada.id))).toBe("identity.unknown");
});

test("links to groups of providers come and go", async () => {
  const { groups } = world.identity;
  const { id } = await groups.create(operator, { name: "team" });
  const link = { provider: "corp", externalName: "cn=Team,ou=Groups,dc=example" };
  await groups.addLink(operator, id, link);
  await groups.addLink(operator, id, link);
  expect(await groups.links(id)).toEqual([link]);
  await groups.removeLink(operator, id, link);
  expect(await groups.links(id)).toEqual([]);
  for (const bad of [
    { provider: "", externalName: "x" },
    { provider: "local", externalName: "x" },
    { provider: "corp", externalName: "" },
    { provider: "corp", externalName: "a\0b" },
  ]) {
    expect(await codeOf(groups.addLink(operator, id, bad))).toBe("identity.field_invalid");
  }
});

test("lists are paged by key and filtered by prefix", async () => {
  const { groups } = world.identity;
  for (const name of ["a1", "a2", "b1"]) {
    await groups.create(operator, { name });
    world.clock.advance(1);
  }
  const first = await groups.list({ limit: 2 });
  expect(first.items.map((each) => each.name)).toEqual(["a1", "a2"]);
  expect((await groups.list({ after: first.next })).items.map((each) => each.name)).toEqual(["b1"]);
  expect((await groups.list({ prefix: "a" })).items).toHaveLength(2);
  expect(await codeOf(groups.list({ prefix: "%" }))).toBe("identity.filter_invalid");
});
