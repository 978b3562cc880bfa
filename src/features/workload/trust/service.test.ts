import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Acting } from "../../access/acting.ts";
import { systemDoer } from "../../audit/entry.ts";
import type { Robot } from "../../identity/robots/robot.ts";
import { AUDIENCE, codeOf, operator, World } from "../suite.ts";
import type { TrustScope } from "./rule.ts";

const ISSUER = "https://ci.example.com";
let world: World;
let team: NonNullable<TrustScope>;
let other: NonNullable<TrustScope>;
let robot: Robot;
let owner: Acting;
let leadsTo: Record<string, readonly string[]>;

beforeAll(async () => {
  world = await World.open({
    allow: ["10.0.0.0/8", "workload=git.corp.example"],
    resolve: async (host) => leadsTo[host] ?? ["198.41.0.4"],
  });
  team = await world.project("team");
  other = await world.project("other");
  robot = await world.robot(team, "builder");
  owner = await world.person("owner", team, "project-administrator");
});

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(() => {
  leadsTo = {};
  world.clock.advance(1_000);
});

const terms = (robotId: string) => ({
  name: "main branch",
  robotId,
  issuer: ISSUER,
  audience: AUDIENCE,
  subject: "repo:team/app:*",
});

describe("a rule", () => {
  test("is made, read, listed, changed, switched off and deleted, each time recorded", async () => {
    const { rules } = world.workload;
    const made = await rules.create(owner, team, terms(robot.id));
    expect(made).toMatchObject({
      ...{ projectId: team.id, robot: { id: robot.id, name: robot.name }, version: 1 },
      ...{ jwksUrl: null, condition: null, enabled: true, lastUsedAt: null },
    });
    expect(await rules.get(team, made.id)).toEqual(made);
    const condition = 'claims.ref == "refs/heads/main"';
    const changed = await rules.update(owner, team, made.id, { condition, enabled: false });
    expect(changed).toMatchObject({ condition, enabled: false, version: 2, subject: made.subject });
    expect((await rules.list(team, {})).items).toEqual([changed]);
    await rules.delete(owner, team, made.id);
    expect(await codeOf(rules.get(team, made.id))).toBe("trust.unknown");
    expect((await rules.list(team, {})).items).toEqual([]);
    const entries = (await world.log()).filter(({ object_id }) => object_id === made.id);
    expect(entries.map(({ action, actor_name }) => `${action} ${actor_name}`)).toEqual([
      "trust.create owner",
      "trust.update owner",
      "trust.delete owner",
    ]);
    const changes = { condition: [null, condition], enabled: [true, false] };
    expect(entries[1]?.details.changes).toEqual(changes);
  });

  test("is changed only at the version that was seen", async () => {
    const { rules } = world.workload;
    const { id } = await rules.create(owner, team, terms(robot.id));
    await rules.update(owner, team, id, { name: "next" }, 1);
    expect(await codeOf(rules.update(owner, team, id, { name: "late" }, 1))).toBe("rights.changed");
    expect(await codeOf(rules.delete(owner, team, id, 1))).toBe("rights.changed");
    await rules.delete(owner, team, id, 2);
  });

  test("is of its own scope and no other (A27)", async () => {
    const { rules } = world.workload;
    const { id } = await rules.create(owner, team, terms(robot.id));
    for (const scope of [other, null]) {
      expect(await codeOf(rules.get(scope, id))).toBe("trust.unknown");
      expect(await codeOf(rules.update(operator, scope, id, { name: "x" }))).toBe("trust.unknown");
      expect(await codeOf(rules.delete(operator, scope, id))).toBe("trust.unknown");
      expect((await rules.list(scope, {})).items).toEqual([]);
    }
    await rules.delete(owner, team, id);
  });

  test("pages", async () => {
    const { rules } = world.workload;
    const ids: string[] = [];
    for (let at = 0; at < 5; at++) {
      world.clock.advance(1);
      ids.push((await rules.create(owner, team, terms(robot.id))).id);
    }
    const first = await rules.list(team, { limit: 3 });
    const second = await rules.list(team, { limit: 3, after: first.next });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect([first.next, second.next]).toEqual([ids[2] ?? "none", null]);
    for (const id of ids) await rules.delete(owner, team, id);
  });
});

describe("nobody hands out more than they hold (A31)", () => {
  test.each(["guest", "developer", "maintainer", "auditor"])("not a %s", async (role) => {
    const person = await world.person(`a-${role}`, team, role);
    const { rules } = world.workload;
    const { id } = await rules.create(owner, team, terms(robot.id));
    for (const attempt of [
      () => rules.create(person, team, terms(robot.id)),
      () => rules.update(person, team, id, { subject: "repo:evil/app:*" }),
      () => rules.delete(person, team, id),
    ]) {
      expect(await codeOf(attempt())).toBe("access.more_than_held");
    }
    await rules.delete(owner, team, id);
  });

  test("not an administrator of another project, nor one of a project for the system", async () => {
    const { rules } = world.workload;
    const stranger = await world.person("stranger", other, "project-administrator");
    for (const [person, scope] of [
      [stranger, team],
      [owner, null],
      [owner, other],
    ] as const) {
      expect(await codeOf(rules.create(person, scope, terms(robot.id)))).toBe(
        "access.more_than_held",
      );
    }
  });

  test("a rule acts as a live robot of its own scope alone", async () => {
    const { rules } = world.workload;
    const theirs = await world.robot(other, "theirs");
    const system = await world.robot(null, "system");
    const gone = await world.robot(team, "gone");
    await world.identity.robots.delete(systemDoer, gone.id);
    const person = owner.actor.principal;
    for (const id of [theirs.id, system.id, gone.id, person.id, "nobody"]) {
      expect(await codeOf(rules.create(operator, team, terms(id)))).toBe("trust.robot_unknown");
    }
    expect(await codeOf(rules.create(operator, null, terms(robot.id)))).toBe("trust.robot_unknown");
    const { projectId } = await rules.create(operator, null, terms(system.id));
    expect(projectId).toBeNull();
  });
});

describe("what cannot work is refused when it is saved", () => {
  test.each([
    ["an issuer on this machine", { issuer: "https://127.0.0.1" }, "outbound.not_allowed"],
    ["metadata", { issuer: "https://169.254.169.254" }, "outbound.not_allowed"],
    ["metadata in disguise", { issuer: "https://[::ffff:a9fe:a9fe]" }, "outbound.not_allowed"],
    ["a name that leads inside", { issuer: "https://inside.example" }, "outbound.not_allowed"],
    ["a name that leads nowhere", { issuer: "https://nowhere.example" }, "outbound.not_allowed"],
    ["keys inside", { jwksUrl: "https://inside.example/jwks" }, "outbound.not_allowed"],
    ["plain http", { issuer: "http://ci.example.com" }, "outbound.bad_url"],
    ["keys in a file", { jwksUrl: "file:///etc/passwd" }, "outbound.bad_url"],
    ["credentials", { jwksUrl: "https://u:p@ci.example.com/jwks" }, "outbound.bad_url"],
    ["a condition that is none", { condition: "claims.ref ==" }, "condition.syntax"],
    ["a condition on what is not there", { condition: "request.via == 'x'" }, "condition.type"],
    ["a condition that is no answer", { condition: "size(claims)" }, "condition.not_boolean"],
    [
      "a regular expression",
      { condition: "string(claims.ref).matches('a+')" },
      "condition.function",
    ],
  ] as const)("%s", async (_, more, code) => {
    leadsTo = { "inside.example": ["198.41.0.4", "192.168.1.1"], "nowhere.example": [] };
    const { rules } = world.workload;
    const attempt = rules.create(owner, team, { ...terms(robot.id), ...more });
    expect(await codeOf(attempt)).toBe(code);
    const { id } = await rules.create(owner, team, terms(robot.id));
    expect(await codeOf(rules.update(owner, team, id, more))).toBe(code);
    await rules.delete(owner, team, id);
  });

  test("unless the operator allowed it", async () => {
    leadsTo = { "inside.example": ["10.1.1.1"], "git.corp.example": ["192.168.1.1"] };
    const { rules } = world.workload;
    for (const issuer of ["https://inside.example", "http://10.1.1.1", "http://git.corp.example"]) {
      const { id } = await rules.create(owner, team, { ...terms(robot.id), issuer });
      await rules.delete(owner, team, id);
    }
  });

  test("and so is one rule too many", async () => {
    const { rules } = world.workload;
    const full = await world.project("full");
    const own = await world.robot(full, "own");
    for (let at = 0; at < 100; at++) await rules.create(operator, full, terms(own.id));
    expect(await codeOf(rules.create(operator, full, terms(own.id)))).toBe("trust.too_many");
  });
});
