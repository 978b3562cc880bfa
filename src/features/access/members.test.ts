import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { HOUR } from "../../kernel/clock.ts";
import type { Project } from "../projects/project.ts";
import type { Acting } from "./acting.ts";
import type { Action } from "./permissions.ts";
import { type AccessBench, openAccessBench, refusal } from "./suite.ts";

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
const decide = ({ actor }: Acting, action: Action, name: string, tag?: string) =>
  bench.access.decide(actor, action, {
    kind: "repository",
    name,
    ...(tag === undefined ? {} : { tag }),
  });
const may = async (...asked: Parameters<typeof decide>) => (await decide(...asked)).allowed;

describe("bindings", () => {
  test("give, change and take away at once", async () => {
    const { bindings } = bench.access;
    expect(await may(bob, "repository:pull", "team/app")).toBe(false);
    const made = await bindings.create(alice, team.id, { subject: to(bob), role: "developer" });
    expect(made).toMatchObject({
      subject: { name: "bob" },
      roleName: "developer",
      scope: "project",
    });
    expect(await may(bob, "repository:push", "team/app")).toBe(true);
    const narrow = await bindings.update(alice, team.id, made.id, { repositories: "web/**" });
    expect(narrow).toMatchObject({ scope: "repository", version: 2 });
    expect(await may(bob, "repository:push", "team/app")).toBe(false);
    expect(await may(bob, "repository:push", "team/web/ui")).toBe(true);
    await bindings.delete(alice, team.id, made.id);
    expect(await may(bob, "repository:pull", "team/web/ui")).toBe(false);
  });

  test("of groups, of the logged in and of everyone", async () => {
    const { bindings } = bench.access;
    const group = await bench.group("ops");
    const carol = await bench.user("carol", { groups: [group] });
    await bindings.create(alice, team.id, { subject: { kind: "group", id: group }, role: "guest" });
    expect(await may(carol, "repository:pull", "team/app")).toBe(true);
    expect(await may(bob, "repository:pull", "team/app")).toBe(false);
    const all = { kind: "authenticated" as const };
    await bindings.create(alice, team.id, { subject: all, role: "guest", repositories: "docs" });
    expect(await may(bob, "repository:pull", "team/docs")).toBe(true);
    const nobody = await bench.user("nobody");
    const principal = { ...nobody.actor.principal, kind: "anonymous" as const };
    const anonymous = { ...nobody, actor: { ...nobody.actor, principal } };
    expect(await may(anonymous, "repository:pull", "team/docs")).toBe(false);
    const everyone = { kind: "everyone" as const };
    await bindings.create(alice, team.id, {
      subject: everyone,
      role: "guest",
      repositories: "docs",
    });
    expect(await may(anonymous, "repository:pull", "team/docs")).toBe(true);
    expect(
      (await bindings.list(team.id, { subject: { kind: "group", id: group } })).items,
    ).toMatchObject([{ subject: { kind: "group", name: "ops" } }]);
  });

  test("count for their tags, until their time, and while their condition is true", async () => {
    const { bindings } = bench.access;
    await bindings.create(alice, team.id, { subject: to(bob), role: "maintainer", tags: "v*" });
    expect(await may(bob, "repository:push", "team/app", "v1")).toBe(true);
    expect(await decide(bob, "repository:push", "team/app", "latest")).toMatchObject({
      reason: "tag",
    });
    // A blob comes before its tag, and a pull by digest after it; a removal by digest is of any tag.
    expect(await may(bob, "repository:push", "team/app")).toBe(true);
    expect(await may(bob, "repository:pull", "team/app")).toBe(true);
    expect(await decide(bob, "repository:delete", "team/app")).toMatchObject({ reason: "tag" });
    const carol = await bench.user("carol");
    const expiresAt = bench.clock.now() + HOUR;
    await bindings.create(alice, team.id, { subject: to(carol), role: "guest", expiresAt });
    expect(await may(carol, "repository:pull", "team/app")).toBe(true);
    bench.clock.advance(HOUR);
    expect(await decide(carol, "repository:pull", "team/app")).toMatchObject({ reason: "expired" });
    const dan = await bench.user("dan");
    const condition = 'inNetwork(request.address, "192.168.0.0/16")';
    await bindings.create(alice, team.id, { subject: to(dan), role: "guest", condition });
    expect(await decide(dan, "repository:pull", "team/app")).toMatchObject({ reason: "condition" });
    const near = { ...dan, actor: { ...dan.actor, address: "192.168.1.1" } };
    expect(await may(near, "repository:pull", "team/app")).toBe(true);
  });

  test.each([
    [{ role: "nothing" }, "role.unknown"],
    [{ role: "guest", repositories: "a//b" }, "binding.pattern_invalid"],
    [{ role: "guest", repositories: "/a" }, "binding.pattern_invalid"],
    [{ role: "guest", repositories: "UP" }, "binding.pattern_invalid"],
    [{ role: "guest", tags: "a/b" }, "binding.pattern_invalid"],
    [{ role: "guest", tags: "*".repeat(300) }, "glob.invalid"],
    [{ role: "guest", condition: "1 +" }, "condition.syntax"],
    [{ role: "guest", expiresAt: 5 }, "binding.expiry_invalid"],
    [{ role: "guest", subject: { kind: "principal", id: "x" } }, "binding.subject_unknown"],
    [{ role: "guest", subject: { kind: "group", id: "x" } }, "binding.subject_unknown"],
    [{ role: "guest", subject: { kind: "everyone", id: "x" } }, "binding.subject_invalid"],
    [{ role: "guest", subject: { kind: "principal" } }, "binding.subject_invalid"],
  ] as const)("%j is %s", async (input, code) => {
    const made = bench.access.bindings.create(alice, team.id, { subject: to(bob), ...input });
    expect(await refusal(made)).toMatchObject({ code });
  });

  test("the same one is not made twice, and not over another version", async () => {
    const { bindings } = bench.access;
    const input = { subject: to(bob), role: "guest", repositories: "a" };
    const { id } = await bindings.create(alice, team.id, input);
    const again = { ...input, expiresAt: bench.clock.now() + 1 };
    expect(await refusal(bindings.create(alice, team.id, again))).toMatchObject({
      code: "binding.exists",
      details: { id },
    });
    await bindings.update(alice, team.id, id, { role: "developer" }, 1);
    expect(await refusal(bindings.update(alice, team.id, id, { role: "guest" }, 1))).toMatchObject({
      code: "rights.changed",
    });
    expect(await refusal(bindings.delete(alice, team.id, id, 1))).toMatchObject({
      code: "rights.changed",
    });
  });

  test("ids of another project are unknown, whatever may be done there (A27)", async () => {
    const { bindings, projects, roles } = bench.access;
    const other = await projects.create(bob.doer, { name: "other" });
    const mine = await bindings.create(alice, team.id, { subject: to(bob), role: "guest" });
    const role = await roles.create(alice, team.id, {
      name: "puller",
      permissions: ["repository:pull"],
    });
    const unknown = { code: "binding.unknown", status: 404 };
    for (const scope of [other.id, null]) {
      expect(await refusal(bindings.get(scope, mine.id))).toMatchObject(unknown);
      expect(await refusal(bindings.delete(bench.root, scope, mine.id))).toMatchObject(unknown);
      expect(await refusal(bindings.update(bench.root, scope, mine.id, {}))).toMatchObject(unknown);
      expect(await refusal(roles.get(scope, role.id))).toMatchObject({ code: "role.unknown" });
      expect(await refusal(roles.delete(bench.root, scope, role.id))).toMatchObject({
        code: "role.unknown",
      });
      const given = bindings.create(bench.root, scope, { subject: to(bob), role: role.id });
      expect(await refusal(given)).toMatchObject({ code: "role.unknown" });
    }
    expect(await may(bob, "repository:pull", "team/app")).toBe(true);
  });

  test("a project's robot works in its project only", async () => {
    const { bindings, projects } = bench.access;
    const other = await projects.create(bob.doer, { name: "other" });
    const robot = await bench.robot("robot+team+ci", team.id);
    const system = await bench.robot("robot+all", null);
    const unknown = { code: "binding.subject_unknown" };
    expect(
      await refusal(bindings.create(bob, other.id, { subject: to(robot), role: "guest" })),
    ).toMatchObject(unknown);
    expect(
      await refusal(bindings.create(bench.root, null, { subject: to(robot), role: "guest" })),
    ).toMatchObject(unknown);
    await bindings.create(alice, team.id, { subject: to(robot), role: "guest" });
    await bindings.create(bob, other.id, { subject: to(system), role: "guest" });
    expect(await may(robot, "repository:pull", "team/app")).toBe(true);
    expect(await may(robot, "repository:pull", "other/app")).toBe(false);
  });
});

describe("nobody gives more than they hold (A31)", () => {
  const more = { code: "access.more_than_held", status: 403 };

  test("by a binding, new or changed", async () => {
    const { bindings, roles } = bench.access;
    const role = await roles.create(alice, team.id, {
      name: "recruiter",
      permissions: [
        "member:read",
        "member:write",
        "project:read",
        "repository:read",
        "repository:pull",
      ],
    });
    await bindings.create(alice, team.id, { subject: to(bob), role: role.id });
    const carol = await bench.user("carol");
    const give = (wanted: string) =>
      bindings.create(bob, team.id, { subject: to(carol), role: wanted });
    expect(await refusal(give("developer"))).toMatchObject({
      ...more,
      details: { permissions: ["repository:push"] },
    });
    expect(await refusal(give("project-administrator"))).toMatchObject(more);
    const { id } = await give("guest");
    expect(await refusal(bindings.update(bob, team.id, id, { role: "maintainer" }))).toMatchObject(
      more,
    );
    const self = bindings.create(bob, team.id, { subject: to(bob), role: "maintainer" });
    expect(await refusal(self)).toMatchObject(more);
    expect(
      await refusal(bindings.create(alice, null, { subject: to(alice), role: "guest" })),
    ).toMatchObject(more);
    expect(
      await refusal(bindings.create(alice, null, { subject: to(alice), role: "administrator" })),
    ).toMatchObject(more);
  });

  test("by a role, new or changed", async () => {
    const { bindings, roles } = bench.access;
    const writer = await roles.create(alice, team.id, {
      name: "writer",
      permissions: ["role:write", "repository:pull"],
    });
    await bindings.create(alice, team.id, { subject: to(bob), role: writer.id });
    const wanted = { name: "mine", permissions: ["repository:delete"] };
    expect(await refusal(roles.create(bob, team.id, wanted))).toMatchObject(more);
    expect(
      await refusal(
        roles.update(bob, team.id, writer.id, { permissions: ["role:write", "repository:push"] }),
      ),
    ).toMatchObject(more);
    const strict = await roles.create(alice, team.id, {
      name: "strict",
      permissions: ["repository:delete"],
      secondFactor: true,
    });
    expect(
      await refusal(roles.update(bob, team.id, strict.id, { secondFactor: false })),
    ).toMatchObject(more);
    await roles.update(bob, team.id, writer.id, { permissions: ["role:write"] });
    expect(await may(bob, "repository:pull", "team/app")).toBe(false);
  });

  test("with a credential that is limited to less", async () => {
    const limits = [{ actions: ["repository:pull", "member:write"], repositories: ["team/**"] }];
    const limited = { ...alice, actor: { ...alice.actor, limits } };
    const given = bench.access.bindings.create(limited, team.id, {
      subject: to(bob),
      role: "guest",
    });
    expect(await refusal(given)).toMatchObject({
      details: { permissions: ["project:read", "repository:read"] },
    });
  });

  test("for robots and tokens of other rooms by the same check", async () => {
    const role = { permissions: ["user:create"], secondFactor: false };
    expect(await refusal(bench.access.refuseMore(alice.actor, role, null))).toMatchObject(more);
    await bench.access.refuseMore(bench.root.actor, role, null);
    await bench.access.refuseMore(alice.actor, { ...role, permissions: ["member:write"] }, team.id);
  });
});

test("what was and what is stands in the audit log", async () => {
  const { roles, bindings } = bench.access;
  const role = await roles.create(alice, team.id, {
    name: "own",
    permissions: ["repository:pull"],
  });
  await roles.update(alice, team.id, role.id, { permissions: ["repository:push"] });
  const { id } = await bindings.create(alice, team.id, { subject: to(bob), role: role.id });
  await bindings.update(alice, team.id, id, { tags: "v*" });
  await bindings.delete(alice, team.id, id);
  await roles.delete(alice, team.id, role.id);
  const [, ...entries] = await bench.audited();
  expect(entries.map(({ action, project_id }) => [action, project_id])).toEqual(
    [
      "role.create",
      "role.update",
      "binding.create",
      "binding.update",
      "binding.delete",
      "role.delete",
    ].map((action) => [action, team.id]),
  );
  const details = entries.map((entry) => JSON.parse(entry.details));
  expect(details[1]).toMatchObject({ added: ["repository:push"], removed: ["repository:pull"] });
  expect(details[2]).toMatchObject({ subject: { name: "bob" }, role: role.id });
  expect(details[3]).toMatchObject({ from: { tag_pattern: null }, to: { tag_pattern: "v*" } });
});
