import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Project } from "../../projects/project.ts";
import type { Acting } from "../acting.ts";
import type { Action } from "../permissions.ts";
import { type AccessBench, openAccessBench, refusal } from "../suite.ts";
import { builtInRoles } from "./built-in.ts";

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

const to = ({ actor }: Acting) => ({ kind: "principal" as const, id: actor.principal.id });
const decide = ({ actor }: Acting, action: Action, name: string) =>
  bench.access.decide(actor, action, { kind: "repository", name });
const may = async (...asked: Parameters<typeof decide>) => (await decide(...asked)).allowed;

describe("roles", () => {
  test("built-in ones are listed first, cannot be changed, and never have secrets to show", async () => {
    const { roles } = bench.access;
    const own = await roles.create(alice, team.id, {
      name: "tagger",
      description: "x",
      permissions: ["repository:push", "project:read"],
    });
    expect(own).toMatchObject({
      builtIn: false,
      permissions: ["project:read", "repository:push"],
      version: 1,
    });
    const first = await roles.list(team.id, { limit: 4 });
    expect(first.items.map(({ name }) => name)).toEqual([
      "guest",
      "developer",
      "maintainer",
      "project-administrator",
    ]);
    const rest = await roles.list(team.id, { after: first.next, limit: 10 });
    expect(rest.items.map(({ name }) => name)).toEqual(["auditor", "administrator", "tagger"]);
    expect(rest.next).toBeNull();
    expect((await roles.list(null, {})).items).toHaveLength(6);
    expect(await refusal(roles.update(bench.root, null, "guest", {}))).toMatchObject({
      code: "role.built_in",
    });
    expect(await refusal(roles.delete(bench.root, null, "guest"))).toMatchObject({
      code: "role.built_in",
    });
    for (const { title, description } of builtInRoles) {
      expect(title.zh).not.toBe(title.en);
      expect(description.zh).not.toBe(description.en);
    }
    const auditor = builtInRoles.find(({ name }) => name === "auditor")?.permissions ?? [];
    expect(auditor.filter((each) => !each.endsWith(":read"))).toEqual([
      "access:explain",
      "registry:catalog",
    ]);
  });

  test.each([
    [{ name: "Bad", permissions: ["project:read"] }, "role.name_invalid"],
    [{ name: "guest", permissions: ["project:read"] }, "role.name_invalid"],
    [{ name: "x", permissions: [] }, "role.permission_invalid"],
    [{ name: "x", permissions: ["project:read", "project:read"] }, "role.permission_invalid"],
    [{ name: "x", permissions: ["registry:ping"] }, "role.permission_invalid"],
    [{ name: "x", permissions: ["self:update"] }, "role.permission_invalid"],
    [{ name: "x", permissions: ["user:create"] }, "role.permission_invalid"],
    [{ name: "x", permissions: ["*"] }, "role.permission_invalid"],
    [{ name: "x", permissions: ["project:read"], description: "a\nb" }, "rights.field_invalid"],
  ])("%j is %s", async (input, code) => {
    const made = bench.access.roles.create(bench.root, team.id, input);
    expect(await refusal(made)).toMatchObject({ code });
  });

  test("one in use is not deleted, and says by what it is used", async () => {
    const { roles, bindings } = bench.access;
    const role = await roles.create(alice, team.id, {
      name: "own",
      permissions: ["repository:pull"],
    });
    expect(
      await refusal(roles.create(alice, team.id, { name: "own", permissions: ["project:read"] })),
    ).toMatchObject({ code: "role.name_taken" });
    const { id } = await bindings.create(alice, team.id, { subject: to(bob), role: role.id });
    expect(await refusal(roles.delete(alice, team.id, role.id))).toMatchObject({
      code: "role.bound",
      details: { count: 1, bindings: [id] },
    });
    await bindings.delete(alice, team.id, id);
    await roles.delete(alice, team.id, role.id);
    expect(await refusal(roles.get(team.id, role.id))).toMatchObject({ code: "role.unknown" });
    await roles.create(alice, team.id, { name: "own", permissions: ["project:read"] });
  });

  test("count with a second factor only, where they say so", async () => {
    const { roles, bindings } = bench.access;
    const role = await roles.create(alice, team.id, {
      name: "own",
      permissions: ["repository:pull"],
      secondFactor: true,
    });
    await bindings.create(alice, team.id, { subject: to(bob), role: role.id });
    expect(await decide(bob, "repository:pull", "team/app")).toMatchObject({
      reason: "second_factor",
    });
    const shown = { ...bob, actor: { ...bob.actor, secondFactor: true } };
    expect(await may(shown, "repository:pull", "team/app")).toBe(true);
  });
});
