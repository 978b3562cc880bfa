import { afterEach, beforeEach, expect, test } from "bun:test";
import { HOUR, MINUTE } from "../../../kernel/clock.ts";
import { codeOf, here, openWorld, operator, type World } from "../suite.ts";
import { addProject } from "../suite-procedures.ts";

let world: World;
const project = { id: "p1", name: "team" };

beforeEach(async () => {
  world = await openWorld();
  await world.db.write(addProject, project);
});

afterEach(() => world.close());

const BAD = "access.bad_credentials";

test("a robot of a project and one of the system log in by their names", async () => {
  const { robots } = world.identity;
  const limits = [{ actions: ["repository:push"], repositories: ["team/app"] }];
  const ci = await robots.create(operator, { name: "ci", project, limits, description: "builds" });
  expect(ci.robot).toMatchObject({
    name: "robot+team+ci",
    projectId: "p1",
    description: "builds",
    state: "active",
  });
  const actor = await world.identity.basic("robot+team+ci", ci.secret.secret, here);
  expect(actor).toMatchObject({
    principal: { id: ci.robot.id, kind: "robot", administrator: false },
    via: "robot",
    limits,
  });
  const system = await robots.create(operator, { name: "ci", project: null });
  expect(system.robot).toMatchObject({ name: "robot+ci", projectId: null });
  const rows = await world.db.read.selectFrom("audit").selectAll().execute();
  const created = rows.filter((row) => row.action === "robot.create");
  expect(new Set(created.map((row) => row.project_id))).toEqual(new Set(["p1", null]));
});

test("is refused with a bad name, a taken one, or a project that is gone", async () => {
  const { robots } = world.identity;
  await robots.create(operator, { name: "ci", project });
  const code = (input: Parameters<typeof robots.create>[1]) =>
    codeOf(robots.create(operator, input));
  expect(await code({ name: "ci", project })).toBe("identity.name_taken");
  expect(await code({ name: "a+b", project: null })).toBe("identity.name_invalid");
  expect(await code({ name: "$x", project: null })).toBe("identity.name_invalid");
  expect(await code({ name: "x", project: { id: "gone", name: "gone" } })).toBe("identity.unknown");
  expect(await code({ name: "x", project, limits: "all" })).toBe("identity.limits_invalid");
  expect(await code({ name: "x", project, lifetime: 1 })).toBe("identity.lifetime_invalid");
});

test("rotation: the new secret counts at once, the old for the overlap, and never more than two", async () => {
  const { robots } = world.identity;
  const limits = [{ actions: ["repository:pull"], repositories: ["team/**"] }];
  const made = await robots.create(operator, { name: "ci", project, limits });
  const { id } = made.robot;
  const counts = async (...secrets: string[]) => {
    const codes = await Promise.all(
      secrets.map((secret) => codeOf(world.identity.bearer(secret, here))),
    );
    return codes.map((code) => (code === "none" ? 1 : code === BAD ? 0 : code)).join("");
  };
  world.clock.advance(MINUTE);
  const second = await robots.rotate(operator, id);
  expect(second.token).toMatchObject({ limits, expiresAt: null });
  expect(await counts(made.secret.secret, second.secret)).toBe("11");
  world.clock.advance(MINUTE);
  const third = await robots.rotate(operator, id);
  expect(await counts(made.secret.secret, second.secret, third.secret)).toBe("011");
  expect(await robots.secrets(id)).toHaveLength(2);
  world.clock.advance(HOUR);
  await world.revision.changed();
  expect(await counts(second.secret, third.secret)).toBe("01");
  const fourth = await robots.rotate(operator, id, { overlap: 0 });
  expect(await counts(third.secret, fourth.secret)).toBe("01");
  expect(await robots.secrets(id)).toHaveLength(1);
  for (const overlap of [-1, 8 * 24 * HOUR, 0.5]) {
    expect(await codeOf(robots.rotate(operator, id, { overlap }))).toBe(
      "identity.lifetime_invalid",
    );
  }
});

test("rotations at once leave two secrets at most", async () => {
  const { robots } = world.identity;
  const { robot } = await robots.create(operator, { name: "ci", project });
  world.clock.advance(MINUTE);
  await Promise.all(Array.from({ length: 6 }, () => robots.rotate(operator, robot.id)));
  expect((await robots.secrets(robot.id)).length).toBeLessThanOrEqual(2);
});

test("a deleted robot comes back without secrets, and its next one has the limits of the last", async () => {
  const { robots } = world.identity;
  const limits = [{ actions: ["repository:pull"], repositories: ["team/**"] }];
  const { robot, secret } = await robots.create(operator, { name: "back", project: null, limits });
  await robots.delete(operator, robot.id);
  const restored = await robots.restore(operator, robot.id);
  expect(restored).toMatchObject({ id: robot.id, name: robot.name, state: "active" });
  expect(await robots.secrets(robot.id)).toEqual([]);
  expect(secret.token.limits).toEqual(limits);
  const next = await robots.rotate(operator, robot.id);
  expect(next.token.limits).toEqual(limits);
});

test("a deleted robot's name is free, and its successor inherits nothing (A32)", async () => {
  const { robots } = world.identity;
  const first = await robots.create(operator, { name: "ci", project });
  await robots.delete(operator, first.robot.id);
  const next = await robots.create(operator, { name: "ci", project });
  expect(next.robot.id).not.toBe(first.robot.id);
  expect(await codeOf(world.identity.basic("robot+team+ci", first.secret.secret, here))).toBe(BAD);
  await world.identity.basic("robot+team+ci", next.secret.secret, here);
});

test("lists are by project, by the system, or all", async () => {
  const { robots } = world.identity;
  await robots.create(operator, { name: "a", project });
  await robots.create(operator, { name: "b", project: null });
  const off = await robots.create(operator, { name: "c", project });
  await robots.disable(operator, off.robot.id);
  const of = async (query: Parameters<typeof robots.list>[0]) =>
    (await robots.list(query)).items.map((each) => each.name).sort();
  expect(await of({ projectId: "p1" })).toEqual(["robot+team+a", "robot+team+c"]);
  expect(await of({ projectId: null })).toEqual(["robot+b"]);
  expect(await of({})).toHaveLength(3);
  expect(await of({ state: "disabled" })).toEqual(["robot+team+c"]);
  expect(await of({ prefix: "robot+team+" })).toHaveLength(2);
});

test("a robot is no user, and a user no robot", async () => {
  const { robots, users } = world.identity;
  const { robot } = await robots.create(operator, { name: "ci", project });
  const user = await world.person("ada");
  expect(await codeOf(users.get(robot.id))).toBe("identity.unknown");
  expect(await codeOf(users.setAdministrator(operator, robot.id, true))).toBe("identity.unknown");
  expect(await codeOf(users.setPassword(operator, robot.id, {}))).toBe("identity.unknown");
  expect(await codeOf(robots.rotate(operator, user.id))).toBe("identity.unknown");
  const changed = await robots.update(operator, robot.id, { description: "new" }, 1);
  expect(changed).toMatchObject({ description: "new", version: 2 });
  const stale = robots.update(operator, robot.id, { description: "old" }, 1);
  expect(await codeOf(stale)).toBe("api.precondition");
});
