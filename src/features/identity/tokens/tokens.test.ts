import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DAY, HOUR, MINUTE } from "../../../kernel/clock.ts";
import type { Actor } from "../principal.ts";
import { codeOf, from, here, openWorld, operator, PASSWORD, type World } from "../suite.ts";
import { addSession } from "../suite-procedures.ts";
import type { IssuedToken } from "./token.ts";

let world: World;
let ada: Actor;

beforeEach(async () => {
  world = await openWorld();
  await world.person("ada");
  ada = await world.identity.basic("ada", PASSWORD, here);
});

afterEach(() => world.close());

const BAD = "access.bad_credentials";
const teamPull = [{ actions: ["repository:pull"], repositories: ["team/**"] }];

describe("a personal token", () => {
  test("logs in as its user, with its limits, and is listed without its secret", async () => {
    const { tokens } = world.identity;
    const input = { name: "ci", limits: teamPull, lifetime: 7 * DAY };
    const { token, secret } = await tokens.createPersonal(ada, "r", input);
    expect(token).toMatchObject({ kind: "personal", name: "ci", state: "active", parentId: null });
    expect(token.expiresAt).toBe(world.clock.now() + 7 * DAY);
    const actor = await world.identity.basic("ada", secret, here);
    expect(actor).toMatchObject({
      principal: ada.principal,
      via: "personal",
      credentialId: token.id,
      limits: teamPull,
    });
    expect(await world.identity.bearer(secret, here)).toEqual(actor);
    const { items } = await tokens.list({ principalId: ada.principal.id });
    expect(items).toHaveLength(1);
    const stored = await world.db.read.selectFrom("tokens").selectAll().execute();
    const log = await world.db.read.selectFrom("audit").selectAll().execute();
    expect(JSON.stringify([items, stored, log])).not.toContain(secret.slice(8, 40));
  });

  test("counts for its own user's name only", async () => {
    await world.person("bob");
    const { secret } = await world.identity.tokens.createPersonal(ada, "r", { name: "ci" });
    expect(await codeOf(world.identity.basic("bob", secret, here))).toBe(BAD);
    expect(await codeOf(world.identity.basic("nobody", secret, here))).toBe(BAD);
    expect((await world.log()).filter((line) => line.includes("name_of_another"))).toHaveLength(2);
  });

  test("counts from its networks only, at each use", async () => {
    const input = { name: "ci", addresses: ["10.0.0.0/8"] };
    const { secret, token } = await world.identity.tokens.createPersonal(ada, "r", input);
    expect(token.addresses).toEqual(["10.0.0.0/8"]);
    await world.identity.bearer(secret, from("10.1.1.1"));
    expect(await codeOf(world.identity.bearer(secret, from("11.1.1.1")))).toBe(BAD);
    expect(await codeOf(world.identity.bearer(secret, from(null)))).toBe(BAD);
    const of = {
      principalId: ada.principal.id,
      via: "personal",
      credentialId: token.id,
      generation: 1,
    } as const;
    expect(await world.identity.actor({ ...of, address: "10.1.1.1" })).toBeDefined();
    expect(await world.identity.actor({ ...of, address: "11.1.1.1" })).toBeUndefined();
    expect(await world.log()).toContain("login denied login.address");
  });

  test("lives for 90 days unless told, and no longer than is configured", async () => {
    const { tokens } = world.identity;
    const { token, secret } = await tokens.createPersonal(ada, "r", { name: "ci" });
    expect(token.expiresAt).toBe(world.clock.now() + 90 * DAY);
    for (const lifetime of [0, -1, 59_999, 367 * DAY, 1.5 * MINUTE + 0.5, Number.NaN]) {
      const made = tokens.createPersonal(ada, "r", { name: "ci", lifetime });
      expect(await codeOf(made)).toBe("identity.lifetime_invalid");
    }
    world.clock.advance(90 * DAY - 1);
    await world.identity.bearer(secret, here);
    world.clock.advance(1);
    expect(await codeOf(world.identity.bearer(secret, here))).toBe(BAD);
    expect(await world.log()).toContain("login denied login.expired");
    expect((await tokens.list({ principalId: ada.principal.id })).items).toEqual([]);
    const ended = await tokens.list({ principalId: ada.principal.id, ended: true });
    expect(ended.items.map((each) => each.state)).toEqual(["expired"]);
  });

  test("is dead at once when it is revoked", async () => {
    const { tokens } = world.identity;
    const { token, secret } = await tokens.createPersonal(ada, "r", { name: "ci" });
    await world.identity.bearer(secret, here);
    expect(await tokens.revoke(operator, token.id)).toMatchObject({ state: "revoked" });
    expect(await codeOf(world.identity.bearer(secret, here))).toBe(BAD);
    expect(await tokens.revoke(operator, token.id)).toMatchObject({ state: "revoked" });
    expect(await codeOf(tokens.revoke(operator, "none"))).toBe("identity.unknown");
    const revoked = (await world.log()).filter((line) => line === "token.revoke done");
    expect(revoked).toHaveLength(1);
    expect(await world.log()).toContain("login denied login.revoked");
  });

  test("tells to the minute when and from where it was used", async () => {
    const { tokens } = world.identity;
    const { token, secret } = await tokens.createPersonal(ada, "r", { name: "ci" });
    expect(await tokens.get(token.id)).toMatchObject({ lastUsedAt: null });
    const first = world.clock.now();
    await world.identity.bearer(secret, here);
    world.clock.advance(30_000);
    await world.identity.bearer(secret, from("192.0.2.8"));
    await world.identity.close();
    expect(await tokens.get(token.id)).toMatchObject({
      lastUsedAt: first,
      lastUsedAddress: here.address,
    });
    world.clock.advance(30_000);
    await world.identity.bearer(secret, from("192.0.2.8"));
    await world.identity.close();
    expect(await tokens.get(token.id)).toMatchObject({
      lastUsedAt: first + MINUTE,
      lastUsedAddress: "192.0.2.8",
    });
  });

  test("outlives a new password, as the log of its making says", async () => {
    const { secret } = await world.identity.tokens.createPersonal(ada, "r", { name: "ci" });
    await world.identity.users.setPassword(operator, ada.principal.id, {});
    await world.identity.bearer(secret, here);
    expect(await world.log()).toContain("token.create done");
  });
});

describe("nobody gives more than they hold (A31)", () => {
  test("a token of a limited token is as limited, ends no later, and dies with it", async () => {
    const { tokens } = world.identity;
    const input = { name: "narrow", limits: teamPull, lifetime: DAY, addresses: ["192.0.2.0/24"] };
    const parent = await tokens.createPersonal(ada, "r", input);
    const narrow = await world.identity.bearer(parent.secret, here);
    const wider = tokens.createPersonal(narrow, "r", { name: "wide", limits: null });
    expect(await codeOf(wider)).toBe("identity.limits_wider");
    const child = await tokens.createPersonal(narrow, "r", {
      name: "child",
      limits: [{ actions: ["repository:pull"], repositories: ["team/app"] }],
      lifetime: 30 * DAY,
      addresses: ["0.0.0.0/0"],
    });
    expect(child.token).toMatchObject({
      parentId: parent.token.id,
      expiresAt: parent.token.expiresAt,
    });
    await world.identity.bearer(child.secret, here);
    // The parent's networks hold for it too.
    expect(await codeOf(world.identity.bearer(child.secret, from("198.51.100.1")))).toBe(BAD);
    await tokens.revoke(operator, parent.token.id);
    expect(await codeOf(world.identity.bearer(child.secret, here))).toBe(BAD);
  });

  test("a stand-in for a password inherits the limits, and makes nothing that lasts", async () => {
    const { tokens } = world.identity;
    const parent = await tokens.createPersonal(ada, "r", { name: "narrow", limits: teamPull });
    const narrow = await world.identity.bearer(parent.secret, here);
    const login = await tokens.createLogin(narrow, "r");
    expect(login.token).toMatchObject({
      limits: teamPull,
      parentId: parent.token.id,
      expiresAt: world.clock.now() + HOUR,
    });
    const actor = await world.identity.basic("ada", login.secret, here);
    expect(actor).toMatchObject({ via: "login", limits: teamPull });
    const lasting = tokens.createPersonal(actor, "r", { name: "x", limits: teamPull });
    expect(await codeOf(lasting)).toBe("identity.maker_refused");
    expect(await codeOf(tokens.createLogin(actor, "r"))).toBe("identity.maker_refused");
    const long = tokens.createLogin(ada, "r", { lifetime: 13 * HOUR });
    expect(await codeOf(long)).toBe("identity.lifetime_invalid");
  });

  test("robots, workloads, refresh tokens and nobody make no personal token", async () => {
    const { tokens, robots } = world.identity;
    const { secret } = await robots.create(operator, { name: "ci", project: null });
    const robot = await world.identity.bearer(secret.secret, here);
    const refresh = await tokens.issueRefresh(ada, "r", "docker");
    const refreshed = await tokens.refresh(refresh.secret, here);
    const nobody = {
      ...ada,
      via: "none",
      principal: { ...ada.principal, kind: "anonymous" },
    } as const;
    for (const maker of [robot, refreshed, nobody, { ...robot, via: "workload" } as const]) {
      const made = tokens.createPersonal(maker, "r", { name: "x" });
      expect(await codeOf(made)).toBe("identity.maker_refused");
    }
    expect(await codeOf(tokens.issueRefresh(refreshed, "r", "x"))).toBe("identity.maker_refused");
    expect(await codeOf(tokens.issueRefresh(nobody, "r", "x"))).toBe("identity.maker_refused");
  });

  test("a user has so many and no more", async () => {
    const { tokens } = world.identity;
    const makes = Array.from({ length: 201 }, (_, at) =>
      codeOf(tokens.createPersonal(ada, "r", { name: `t${at}` })),
    );
    const codes = await Promise.all(makes);
    expect(codes.filter((code) => code === "identity.too_many")).not.toHaveLength(0);
    const { items, next } = await tokens.list({ principalId: ada.principal.id, limit: 150 });
    expect(items).toHaveLength(150);
    const rest = await tokens.list({ principalId: ada.principal.id, limit: 150, after: next });
    expect(items.length + rest.items.length).toBeLessThanOrEqual(201);
  });
});

describe("kinds of secrets on paths of logins (A37)", () => {
  test("each counts where it belongs and nowhere else", async () => {
    const { tokens, robots } = world.identity;
    const { robot, secret: robotSecret } = await robots.create(operator, {
      name: "ci",
      project: null,
    });
    const issue = (): Promise<IssuedToken> =>
      tokens.issue(operator, {
        kind: "workload",
        principalId: robot.id,
        name: "main branch",
        lifetime: HOUR,
        limits: teamPull,
        claims: { sub: "repo:x" },
      });
    const now = world.clock.now();
    const session = {
      id: "session",
      principalId: ada.principal.id,
      generation: 1,
      now,
      until: now + HOUR,
    };
    await world.db.write(addSession, session);
    const secrets: [string, string, string][] = [
      ["password", "ada", PASSWORD],
      ["personal", "ada", (await tokens.createPersonal(ada, "r", { name: "x" })).secret],
      ["robot", robot.name, robotSecret.secret],
      ["login", "ada", (await tokens.createLogin(ada, "r")).secret],
      ["workload", robot.name, (await issue()).secret],
      ["refresh", "ada", (await tokens.issueRefresh(ada, "r", "docker")).secret],
      ["session", "ada", "ent_ses_0123456789012345678901234567890123456789012"],
      ["access token", "ada", "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
      ["nothing", "ada", ""],
    ];
    const table: Record<string, string> = {};
    for (const [kind, name, secret] of secrets) {
      world.clock.advance(10 * MINUTE);
      const paths = await Promise.all([
        codeOf(world.identity.basic(name, secret, here)),
        codeOf(world.identity.bearer(secret, here)),
        codeOf(tokens.refresh(secret, here)),
        codeOf(world.identity.checkPassword(name, secret, here)),
      ]);
      table[kind] = paths
        .map((code) => (code === "none" ? "yes" : code === BAD ? "no" : code))
        .join(" ");
    }
    // As Basic, as Bearer, at the refresh grant, at the console.
    expect(table).toEqual({
      password: "yes no no yes",
      personal: "yes yes no no",
      robot: "yes yes no no",
      login: "yes yes no no",
      workload: "yes yes no no",
      refresh: "no no yes no",
      session: "no no no no",
      "access token": "no no no no",
      nothing: "no no no no",
    });
  });

  test("one kind of credential is not taken for another where only its id is shown", async () => {
    const { tokens } = world.identity;
    const { token } = await tokens.createPersonal(ada, "r", { name: "x" });
    const of = { principalId: ada.principal.id, generation: 1, address: null };
    const actor = (via: Actor["via"], credentialId: string | null) =>
      world.identity.actor({ ...of, via, credentialId });
    expect(await actor("personal", token.id)).toBeDefined();
    for (const via of ["robot", "refresh", "login", "workload", "session"] as const) {
      expect(await actor(via, token.id)).toBeUndefined();
      expect(await actor(via, null)).toBeUndefined();
    }
    const bob = await world.person("bob");
    const stolen = { ...of, principalId: bob.id, via: "personal", credentialId: token.id } as const;
    expect(await world.identity.actor(stolen)).toBeUndefined();
  });
});

describe("a refresh token", () => {
  test("is reusable, keeps the limits of what it was got with, and does not slide", async () => {
    const { tokens } = world.identity;
    const parent = await tokens.createPersonal(ada, "r", {
      name: "narrow",
      limits: teamPull,
      lifetime: 366 * DAY,
    });
    const narrow = await world.identity.bearer(parent.secret, here);
    const { secret, token } = await tokens.issueRefresh(narrow, "r", "docker\r\n\u0000");
    expect(token).toMatchObject({ name: "docker", parentId: parent.token.id });
    for (let day = 0; day < 30; day++) {
      const actor = await tokens.refresh(secret, here);
      expect(actor).toMatchObject({ via: "refresh", credentialId: token.id, limits: teamPull });
      world.clock.advance(DAY);
    }
    expect(await codeOf(tokens.refresh(secret, here))).toBe(BAD);
  });

  test("of a short-lived credential ends with it", async () => {
    const { tokens } = world.identity;
    const login = await tokens.createLogin(ada, "r");
    const actor = await world.identity.basic("ada", login.secret, here);
    const { token, secret } = await tokens.issueRefresh(actor, "r", "docker");
    expect(token.expiresAt).toBe(login.token.expiresAt);
    world.clock.advance(HOUR);
    expect(await codeOf(tokens.refresh(secret, here))).toBe(BAD);
  });

  test("beyond the most that one may have, the oldest makes room", async () => {
    const { tokens } = world.identity;
    const first = await tokens.issueRefresh(ada, "r", "docker");
    world.clock.advance(1);
    await Promise.all(Array.from({ length: 500 }, () => tokens.issueRefresh(ada, "r", "docker")));
    await world.revision.changed();
    expect(await codeOf(tokens.refresh(first.secret, here))).toBe(BAD);
  });
});
