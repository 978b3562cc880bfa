import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstPasswordFile } from "../first-password.ts";
import { codeOf, from, here, openWorld, operator, PASSWORD, type World } from "../suite.ts";
import { addForeign } from "../suite-procedures.ts";

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

/** The first administrator, who has `PASSWORD`. */
async function admin() {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-users-"));
  await world.identity.bootstrap(PASSWORD, firstPasswordFile(folder));
  await rm(folder, { recursive: true });
  return await world.identity.users.named("admin");
}

describe("making accounts", () => {
  test("with a random password, told once, which must be changed", async () => {
    const { users } = world.identity;
    const { user, password } = await users.create(operator, { name: "ada", email: "ada@x.org" });
    expect(user).toMatchObject({
      name: "ada",
      email: "ada@x.org",
      origin: "local",
      administrator: false,
      mustChangePassword: true,
      state: "active",
      version: 1,
    });
    const actor = await world.identity.basic("ada", password ?? "", here);
    expect(actor).toMatchObject({ via: "password", credentialId: null, limits: null });
    expect(await world.identity.standing(user.id)).toMatchObject({ mustChangePassword: true });
  });

  test("an explicit list of fields counts, whatever else comes along (A30)", async () => {
    const { users } = world.identity;
    const body = JSON.parse(`{"name": "eve", "password": "${PASSWORD}", "administrator": true,
      "origin": "ldap", "id": "mine", "generation": 99, "project_id": "p",
      "__proto__": {"administrator": 1}, "constructor": {"prototype": {"administrator": 1}}}`);
    const { user } = await users.create(operator, body);
    expect(user).toMatchObject({ administrator: false, origin: "local", version: 1 });
    expect(user.id).not.toBe("mine");
    const change = JSON.parse(`{"displayName": "Eve", "administrator": true, "name": "admin",
      "origin": "ldap", "disabled_at": 1, "version": 7, "__proto__": {"administrator": 1}}`);
    const changed = await users.update(operator, user.id, change);
    expect(changed).toEqual({ ...user, displayName: "Eve", version: 2 });
  });

  test.each([
    ["Ada", "identity.name_invalid"],
    ["robot+ci", "identity.name_invalid"],
    ["", "identity.name_invalid"],
    ["admin", "identity.name_reserved"],
    ["anonymous", "identity.name_reserved"],
    ["everybody", "identity.name_reserved"],
    ["system", "identity.name_reserved"],
  ])("not with the name %j", async (name, code) => {
    const made = world.identity.users.create(operator, { name, password: PASSWORD });
    expect(await codeOf(made)).toBe(code);
  });

  test("not with a weak password, nor with texts that cannot be read on one line", async () => {
    const { users } = world.identity;
    const make = (more: object) =>
      codeOf(users.create(operator, { name: "ada", password: PASSWORD, ...more }));
    expect(await make({ password: "password1" })).toBe("identity.password_known");
    expect(await make({ displayName: "a\r\nb" })).toBe("identity.field_invalid");
    expect(await make({ displayName: "a".repeat(129) })).toBe("identity.field_invalid");
    expect(await make({ email: "\ud800" })).toBe("identity.field_invalid");
    expect(await make({})).toBe("none");
  });

  test("of many who want one name at once, one gets it", async () => {
    const { users } = world.identity;
    const made = Array.from({ length: 8 }, () =>
      codeOf(users.create(operator, { name: "ada", password: PASSWORD })),
    );
    const codes = await Promise.all(made);
    expect(codes.filter((code) => code === "none")).toHaveLength(1);
    expect(codes.filter((code) => code === "identity.name_taken")).toHaveLength(7);
  });
});

describe("changing accounts", () => {
  test("a change that was decided on an older version is refused", async () => {
    const { users } = world.identity;
    const { id } = await world.person("ada");
    await users.update(operator, id, { description: "first" }, 1);
    const second = users.update(operator, id, { description: "second" }, 1);
    expect(await codeOf(second)).toBe("api.precondition");
    expect(await users.get(id)).toMatchObject({ description: "first", version: 2 });
    expect(await codeOf(users.setAdministrator(operator, id, true, 1))).toBe("api.precondition");
  });

  test("a change to the same is none, and an empty text takes away", async () => {
    const { users } = world.identity;
    const { id } = await world.person("ada");
    await users.update(operator, id, { description: "x" });
    expect(await users.update(operator, id, { description: "x" })).toMatchObject({ version: 2 });
    expect(await users.update(operator, id, { description: "" })).toMatchObject({
      description: null,
      version: 3,
    });
  });

  test("every change is in the log, with what was and what is", async () => {
    const { users } = world.identity;
    const { id } = await world.person("ada");
    await users.update(operator, id, { displayName: "Ada" });
    await users.setAdministrator(operator, id, true);
    await users.setAdministrator(operator, id, false).catch(() => {});
    await users.setPassword(operator, id, {});
    const rows = await world.db.read.selectFrom("audit").selectAll().orderBy("seq").execute();
    expect(rows.map((row) => row.action)).toEqual([
      "user.create",
      "user.update",
      "user.set-administrator",
      "password.change",
    ]);
    expect(rows.map((row) => JSON.parse(row.details))).toMatchObject([
      { mustChangePassword: false },
      { display_name: { from: null, to: "Ada" } },
      { administrator: { from: false, to: true } },
      { by: "administrator", mustChangePassword: true },
    ]);
    for (const row of rows) expect(row).toMatchObject({ actor_id: "operator", object_id: id });
    expect(JSON.stringify(rows)).not.toContain("argon2");
  });
});

describe("the last administrator", () => {
  test("can be neither disabled, deleted, nor made an ordinary user", async () => {
    const { users } = world.identity;
    const { id } = await admin();
    const code = "identity.last_administrator";
    expect(await codeOf(users.disable(operator, id))).toBe(code);
    expect(await codeOf(users.delete(operator, id))).toBe(code);
    expect(await codeOf(users.setAdministrator(operator, id, false))).toBe(code);
    const other = await world.person("ada");
    await users.setAdministrator(operator, other.id, true);
    await users.disable(operator, other.id);
    // A disabled one is no help.
    expect(await codeOf(users.delete(operator, id))).toBe(code);
    await users.enable(operator, other.id);
    await users.delete(operator, id);
    expect(await codeOf(users.delete(operator, other.id))).toBe(code);
  });

  test("stays when all administrators remove one another at once", async () => {
    const { users } = world.identity;
    const ids = [(await admin()).id];
    for (const name of ["ada", "bob", "eve"]) {
      const { id } = await world.person(name);
      await users.setAdministrator(operator, id, true);
      ids.push(id);
    }
    const codes = await Promise.all(
      ids.map((id, at) => {
        if (at % 3 === 0) return codeOf(users.disable(operator, id));
        if (at % 3 === 1) return codeOf(users.delete(operator, id));
        return codeOf(users.setAdministrator(operator, id, false));
      }),
    );
    expect(codes.filter((code) => code === "identity.last_administrator")).toHaveLength(1);
    const { items } = await users.list({ administrator: true, state: "active" });
    expect(items).toHaveLength(1);
  });
});

describe("deleting and restoring", () => {
  test("the name is free, and whoever has it next inherits nothing (A32)", async () => {
    const { users, tokens, groups } = world.identity;
    await admin();
    const ada = await world.person("ada");
    await users.setAdministrator(operator, ada.id, true);
    const group = await groups.create(operator, { name: "team" });
    await groups.addMember(operator, group.id, ada.id);
    const actor = await world.identity.basic("ada", PASSWORD, here);
    const { secret } = await tokens.createPersonal(actor, "r", { name: "ci" });
    await users.delete(operator, ada.id);

    const next = await users.create(operator, { name: "ada", password: `${PASSWORD} two` });
    expect(next.user.id).not.toBe(ada.id);
    expect(next.user.administrator).toBe(false);
    expect(await codeOf(world.identity.basic("ada", PASSWORD, here))).toBe(
      "access.bad_credentials",
    );
    expect(await codeOf(world.identity.basic("ada", secret, here))).toBe("access.bad_credentials");
    const fresh = await world.identity.basic("ada", `${PASSWORD} two`, here);
    expect(fresh).toMatchObject({ groups: [], principal: { administrator: false } });
    expect((await tokens.list({ principalId: next.user.id })).items).toEqual([]);
    expect((await groups.members(group.id, {})).items).toEqual([]);
  });

  test("a restored one has its password, but no tokens and no groups", async () => {
    const { users, tokens, groups } = world.identity;
    const ada = await world.person("ada");
    const group = await groups.create(operator, { name: "team" });
    await groups.addMember(operator, group.id, ada.id);
    const before = await world.identity.basic("ada", PASSWORD, here);
    const { secret } = await tokens.createPersonal(before, "r", { name: "ci" });
    await users.delete(operator, ada.id);
    world.clock.advance(60_000);
    expect((await users.restore(operator, ada.id)).state).toBe("active");
    expect(await world.identity.basic("ada", PASSWORD, here)).toMatchObject({ groups: [] });
    expect(await codeOf(world.identity.bearer(secret, here))).toBe("access.bad_credentials");
  });

  test("is refused when somebody has the name by now", async () => {
    const { users } = world.identity;
    const ada = await world.person("ada");
    await users.delete(operator, ada.id);
    await world.person("ada");
    expect(await codeOf(users.restore(operator, ada.id))).toBe("identity.name_taken");
  });

  test("of several who are restored to one name at once, one is", async () => {
    const { users } = world.identity;
    const ids: string[] = [];
    for (let count = 0; count < 4; count++) {
      const { id } = await world.person("ada");
      await users.delete(operator, id);
      ids.push(id);
    }
    const codes = await Promise.all(ids.map((id) => codeOf(users.restore(operator, id))));
    expect(codes.filter((code) => code === "none")).toHaveLength(1);
    expect(codes.filter((code) => code === "identity.name_taken")).toHaveLength(3);
  });

  test("what is deleted is unknown to every change", async () => {
    const { users } = world.identity;
    const { id } = await world.person("ada");
    await users.delete(operator, id);
    const codes = await Promise.all([
      codeOf(users.update(operator, id, { email: "x" })),
      codeOf(users.setAdministrator(operator, id, true)),
      codeOf(users.disable(operator, id)),
      codeOf(users.enable(operator, id)),
      codeOf(users.delete(operator, id)),
      codeOf(users.setPassword(operator, id, {})),
      codeOf(users.named("ada")),
      codeOf(users.get("nobody")),
    ]);
    expect(new Set(codes)).toEqual(new Set(["identity.unknown"]));
    expect(await users.get(id)).toMatchObject({ state: "deleted" });
  });
});

describe("lists", () => {
  test("are paged by key in either order, and filtered", async () => {
    const { users } = world.identity;
    for (const name of ["cy", "ada", "al_x", "albert", "bob"]) await world.person(name);
    const bob = await users.named("bob");
    await users.disable(operator, bob.id);
    const old = await world.person("zoe");
    await users.delete(operator, old.id);
    await world.person("zoe");

    const names: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await users.list({ order: "name", after, limit: 2 });
      names.push(...page.items.map((each) => each.name));
      after = page.next;
      if (after === null) break;
    }
    expect(names).toEqual(["ada", "al_x", "albert", "bob", "cy", "zoe"]);
    const of = async (query: Parameters<typeof users.list>[0]) =>
      (await users.list(query)).items.map((each) => each.name).sort();
    expect(await of({ prefix: "al" })).toEqual(["al_x", "albert"]);
    // An underscore stands for itself.
    expect(await of({ prefix: "al_" })).toEqual(["al_x"]);
    expect(await of({ state: "disabled" })).toEqual(["bob"]);
    expect(await of({ state: "deleted" })).toEqual(["zoe"]);
    expect(await of({ state: "active", limit: 100 })).not.toContain("bob");
    expect(await of({ origin: "ldap" })).toEqual([]);
  });

  test("a bad filter or key is refused (A33)", async () => {
    const { users } = world.identity;
    for (const prefix of ["%", "A", "a' or 1=1", "\0"]) {
      expect(await codeOf(users.list({ prefix }))).toBe("identity.filter_invalid");
    }
    expect(await codeOf(users.list({ after: "x' --" }))).toBe("identity.filter_invalid");
    expect((await users.list({ order: "name", after: "nobody" })).items).toEqual([]);
    expect((await users.list({ limit: Number.NaN })).items).toEqual([]);
  });
});

describe("one's own password", () => {
  test("is changed with the one of now", async () => {
    const { users } = world.identity;
    const { id } = await world.person("ada");
    const next = `${PASSWORD} staple`;
    await users.changePassword(operator, id, { old: PASSWORD, new: next }, here);
    await world.identity.basic("ada", next, here);
    expect(await codeOf(world.identity.basic("ada", PASSWORD, here))).toBe(
      "access.bad_credentials",
    );
    const weak = users.changePassword(operator, id, { old: next, new: "ada12345" }, here);
    expect(await codeOf(weak)).toStartWith("identity.password_");
  });

  test("is guessed no faster than a login (A41)", async () => {
    const { users } = world.identity;
    const { id } = await world.person("ada");
    const codes: string[] = [];
    for (let guess = 0; guess < 10; guess++) {
      const words = { old: `wrong ${guess}`, new: `${PASSWORD} staple` };
      codes.push(await codeOf(users.changePassword(operator, id, words, from("203.0.113.9"))));
    }
    expect(codes.slice(0, 6)).toEqual(Array(6).fill("identity.password_wrong"));
    expect(codes.slice(6)).toEqual(Array(4).fill("access.throttled"));
    expect(await world.log()).toContain("password.change denied login.wrong");
  });

  test("that somebody else keeps is not ours to change", async () => {
    const args = { id: "l1", name: "lin", origin: "ldap", now: world.clock.now() };
    await world.db.write(addForeign, args);
    const { users } = world.identity;
    const words = { old: PASSWORD, new: `${PASSWORD} staple` };
    const code = "identity.password_elsewhere";
    expect(await codeOf(users.changePassword(operator, "l1", words, here))).toBe(code);
    expect(await codeOf(users.setPassword(operator, "l1", {}))).toBe(code);
  });
});
