import { afterEach, beforeEach, expect, test } from "bun:test";
import { HOUR } from "../../../kernel/clock.ts";
import type { CheckedCredential } from "../credential.ts";
import type { Actor } from "../principal.ts";
import type { Robot } from "../robots/robot.ts";
import {
  codeOf,
  from,
  here,
  type Node,
  openWorld,
  operator,
  PASSWORD,
  type World,
} from "../suite.ts";
import { addSession } from "../suite-procedures.ts";
import type { IssuedToken } from "../tokens/token.ts";

let world: World;
let second: Node;
let ada: Actor;
let robot: Robot;
let secrets: Record<"personal" | "login" | "refresh" | "robot" | "workload", IssuedToken>;

beforeEach(async () => {
  world = await openWorld();
  second = await world.node();
  const user = await world.person("ada");
  ada = await world.identity.basic("ada", PASSWORD, here);
  const { tokens, robots } = world.identity;
  const made = await robots.create(operator, { name: "ci", project: null });
  robot = made.robot;
  secrets = {
    personal: await tokens.createPersonal(ada, "r", { name: "x" }),
    login: await tokens.createLogin(ada, "r"),
    refresh: await tokens.issueRefresh(ada, "r", "docker"),
    robot: made.secret,
    workload: await tokens.issue(operator, {
      kind: "workload",
      principalId: robot.id,
      name: "main",
      lifetime: HOUR,
      limits: null,
      claims: {},
    }),
  };
  const now = world.clock.now();
  const session = { id: "session", principalId: user.id, generation: 1, now, until: now + HOUR };
  await world.db.write(addSession, session);
});

afterEach(() => world.close());

/** What counts now: secrets shown anew, and what was given before for each of them. */
async function alive(node: Node): Promise<string> {
  const { identity } = node;
  const shown: [string, Promise<unknown>][] = [
    ["password", identity.basic("ada", PASSWORD, from("192.0.2.50"))],
    ["personal", identity.bearer(secrets.personal.secret, here)],
    ["login", identity.bearer(secrets.login.secret, here)],
    ["refresh", identity.tokens.refresh(secrets.refresh.secret, here)],
    ["robot", identity.bearer(secrets.robot.secret, here)],
    ["workload", identity.bearer(secrets.workload.secret, here)],
  ];
  const given = (
    via: Actor["via"],
    id: string,
    credentialId: string | null,
  ): CheckedCredential => ({
    principalId: id,
    via,
    credentialId,
    generation: 1,
    address: here.address,
  });
  const earlier: [string, CheckedCredential][] = [
    ["password*", given("password", ada.principal.id, null)],
    ["session*", given("session", ada.principal.id, "session")],
    ["personal*", given("personal", ada.principal.id, secrets.personal.token.id)],
    ["login*", given("login", ada.principal.id, secrets.login.token.id)],
    ["refresh*", given("refresh", ada.principal.id, secrets.refresh.token.id)],
    ["robot*", given("robot", robot.id, secrets.robot.token.id)],
    ["workload*", given("workload", robot.id, secrets.workload.token.id)],
  ];
  const found: string[] = [];
  const codes = await Promise.all(shown.map(([, promise]) => codeOf(promise)));
  for (const [at, [name]] of shown.entries()) if (codes[at] === "none") found.push(name);
  for (const [name, of] of earlier) {
    if ((await identity.actor(of)) !== undefined) found.push(name);
    // A second look is answered from memory, and must be the same.
    const again = identity.actor(of);
    if (((await again) !== undefined) !== found.includes(name)) found.push(`${name}?`);
  }
  return found.join(" ");
}

/** The same on the node that made the change, and on another that has just looked. */
async function expectAlive(expected: string): Promise<void> {
  expect(await alive(world)).toBe(expected);
  await second.revision.changed();
  expect(await alive(second)).toBe(expected);
}

const ADA = "password personal login refresh";
const ADA_GIVEN = "password* session* personal* login* refresh*";
const ALL = `${ADA} robot workload ${ADA_GIVEN} robot* workload*`;
const ROBOT_ONLY = "robot workload robot* workload*";

test("before anything happens all of them count, and are answered from memory", async () => {
  await expectAlive(ALL);
  const of = {
    principalId: ada.principal.id,
    via: "personal",
    credentialId: secrets.personal.token.id,
    generation: 1,
    address: null,
  } as const;
  expect(world.identity.actor(of)).not.toBeInstanceOf(Promise);
});

test("a disabled user has nothing at once; enabled again, what stood in for a login stays dead", async () => {
  await expectAlive(ALL);
  await world.identity.users.disable(operator, ada.principal.id);
  await expectAlive(ROBOT_ONLY);
  world.clock.advance(HOUR / 2);
  await world.revision.changed();
  await world.identity.users.enable(operator, ada.principal.id);
  await expectAlive("password personal robot workload robot* workload*");
});

test("a deleted user has nothing at once", async () => {
  await expectAlive(ALL);
  await world.identity.users.delete(operator, ada.principal.id);
  await expectAlive(ROBOT_ONLY);
});

test("a new password ends sessions, refresh and login tokens, and what was given for each", async () => {
  await expectAlive(ALL);
  await world.identity.users.setPassword(operator, ada.principal.id, {});
  await expectAlive("personal robot workload robot* workload*");
});

test("a revoked token is dead with all that was given for it", async () => {
  await expectAlive(ALL);
  await world.identity.tokens.revoke(operator, secrets.personal.token.id);
  await expectAlive(ALL.replace(" personal ", " ").replace(" personal* ", " "));
});

test("a robot's rotated secret is dead at once without an overlap", async () => {
  await expectAlive(ALL);
  world.clock.advance(1);
  const { secret } = await world.identity.robots.rotate(operator, robot.id, { overlap: 0 });
  await expectAlive(ALL.replace(" robot ", " ").replace(" robot* ", " "));
  await second.identity.bearer(secret, here);
});

test("a disabled robot has nothing; enabled, its secret counts again and outside tokens do not", async () => {
  await expectAlive(ALL);
  await world.identity.robots.disable(operator, robot.id);
  await expectAlive(`${ADA} ${ADA_GIVEN}`);
  await world.identity.robots.enable(operator, robot.id);
  await expectAlive(`${ADA} robot ${ADA_GIVEN}`);
});

test("a time that is over ends each of them, from memory too", async () => {
  await expectAlive(ALL);
  world.clock.advance(HOUR);
  await world.revision.changed();
  await expectAlive("password personal refresh robot password* personal* refresh* robot*");
});

test("groups are as they are now", async () => {
  const { groups } = world.identity;
  const of = {
    principalId: ada.principal.id,
    via: "password",
    credentialId: null,
    generation: 1,
    address: null,
  } as const;
  const team = await groups.create(operator, { name: "team" });
  const groupsNow = async () => (await world.identity.actor(of))?.groups;
  expect(await groupsNow()).toEqual([]);
  await groups.addMember(operator, team.id, ada.principal.id);
  expect(await groupsNow()).toEqual([team.id]);
  await groups.removeMember(operator, team.id, ada.principal.id);
  expect(await groupsNow()).toEqual([]);
  await groups.addMember(operator, team.id, ada.principal.id);
  await groups.delete(operator, team.id);
  expect(await groupsNow()).toEqual([]);
});

test("an administrator who is none any more is none at once", async () => {
  const { users } = world.identity;
  const other = await world.person("bob");
  await users.setAdministrator(operator, other.id, true);
  await users.setAdministrator(operator, ada.principal.id, true);
  const admin = await world.identity.basic("ada", PASSWORD, here);
  expect(admin.principal.administrator).toBe(true);
  await users.setAdministrator(operator, ada.principal.id, false);
  const now = await world.identity.basic("ada", PASSWORD, here);
  expect(now.principal.administrator).toBe(false);
});

test("a session that another node prolonged is not taken for expired", async () => {
  await expectAlive(ALL);
  world.clock.advance(HOUR);
  await world.revision.changed();
  const now = world.clock.now();
  const session = {
    id: "longer",
    principalId: ada.principal.id,
    generation: 1,
    now,
    until: now + 5,
  };
  await world.db.write(addSession, session);
  const of = {
    principalId: ada.principal.id,
    via: "session",
    credentialId: "longer",
    generation: 1,
    address: null,
    secondFactor: true,
    confirmedAt: now,
    claims: { from: "idp" },
  } as const;
  expect(await world.identity.actor(of)).toMatchObject({
    via: "session",
    secondFactor: true,
    confirmedAt: now,
    claims: { from: "idp" },
  });
  expect(await world.identity.actor({ ...of, generation: 2 })).toBeUndefined();
});

test("limits that were narrowed elsewhere hold, and none given elsewhere never widen", async () => {
  const limits = [{ actions: ["repository:pull"], repositories: ["team/**"] }];
  const { tokens } = world.identity;
  const { token } = await tokens.createPersonal(ada, "r", { name: "narrow", limits });
  const of = {
    principalId: ada.principal.id,
    via: "personal",
    credentialId: token.id,
    generation: 1,
    address: null,
  } as const;
  const exact = [{ actions: ["repository:pull"], repositories: ["team/app"] }];
  expect((await world.identity.actor({ ...of, limits: exact }))?.limits).toEqual(exact);
  expect((await world.identity.actor({ ...of, limits: null }))?.limits).toEqual(limits);
  expect((await world.identity.actor(of))?.limits).toEqual(limits);
});
