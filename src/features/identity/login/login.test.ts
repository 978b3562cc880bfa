import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PasswordProvider } from "../providers-port.ts";
import { codeOf, from, here, openWorld, operator, PASSWORD, type World } from "../suite.ts";
import { addFactor, addForeign } from "../suite-procedures.ts";

let world: World;
let foreign: { check: number; recheck: number; good: boolean; away: boolean };

/** A provider that knows `lin` and the password `lin's own`. */
const other: PasswordProvider = {
  name: "other",
  async check(name, password) {
    foreign.check += 1;
    if (foreign.away) throw new Error("the directory is away");
    if (name === "lin" && password === "lin's own") {
      return { principalId: "lin", provider: "other", claims: { department: "sea" } };
    }
    // It would vouch for somebody whose account is not its own.
    if (name === "ada" && password === "ada elsewhere") {
      const { id } = await world.identity.users.named("ada");
      return { principalId: id, provider: "other", claims: {} };
    }
    return undefined;
  },
  async recheck() {
    foreign.recheck += 1;
    if (foreign.away) throw new Error("the directory is away");
    return foreign.good;
  },
};

beforeEach(async () => {
  foreign = { check: 0, recheck: 0, good: true, away: false };
  world = await openWorld({ providers: ["local", other] });
});

afterEach(() => world.close());

describe("every reason for a refusal looks alike (A40)", () => {
  test("the same error, and exactly one hash, for each of them", async () => {
    const { users, robots } = world.identity;
    await world.person("ada");
    const off = await world.person("off");
    await users.disable(operator, off.id);
    const gone = await world.person("gone");
    await users.delete(operator, gone.id);
    const two = await world.person("two");
    await world.db.write(addFactor, { principalId: two.id, now: world.clock.now() });
    await world.revision.changed();
    await robots.create(operator, { name: "ci", project: null });
    const args = { id: "lin", name: "lin", origin: "other", now: world.clock.now() };
    await world.db.write(addForeign, args);
    // The first refusal makes the verifier that decoys are checked against.
    await codeOf(world.identity.basic("first", PASSWORD, from("192.0.2.200")));

    const cases: [string, string, string][] = [
      ["nobody", PASSWORD, "login.unknown_name"],
      ["ada", "wrong", "login.wrong"],
      ["off", PASSWORD, "login.disabled"],
      ["off", "wrong", "login.wrong"],
      ["gone", PASSWORD, "login.unknown_name"],
      ["two", PASSWORD, "login.second_factor_needed"],
      ["robot+ci", PASSWORD, "login.wrong"],
      ["lin", "wrong", "login.wrong"],
      ["ada", "ada elsewhere", "login.origin"],
    ];
    const seen: unknown[] = [];
    for (const [at, [name, password]] of cases.entries()) {
      world.clock.advance(1_000);
      const { checks, hashes } = world.hasher;
      const error = await world.identity
        .basic(name, password, from(`192.0.2.${at + 1}`))
        .catch((each: unknown) => each);
      const { code, message, details } = Object(error);
      seen.push({ code, message, details, checks: world.hasher.checks - checks });
      expect(world.hasher.hashes).toBe(hashes);
    }
    const same = {
      code: "access.bad_credentials",
      message: "the user name or password is not right",
      details: {},
      checks: 1,
    };
    expect(seen).toEqual(cases.map(() => same));
    const log = (await world.log()).filter((line) => line.startsWith("login"));
    expect(log.slice(1)).toEqual(cases.map(([, , reason]) => `login denied ${reason}`));
  });

  test("what cannot be a password costs no hash, and no provider sees it", async () => {
    await world.person("ada");
    const hopeless: [string, string][] = [
      ["ada", ""],
      ["", PASSWORD],
      ["ada\0", PASSWORD],
      ["ada", `${PASSWORD}\0`],
      ["a".repeat(513), PASSWORD],
      ["ada", "x".repeat(1_025)],
      ["ada", "ent_pat_nonsense"],
      ["ada", "ent_ses_nonsense"],
    ];
    for (const [at, [name, password]] of hopeless.entries()) {
      const refused = world.identity.basic(name, password, from(`192.0.2.${at + 1}`));
      expect(await codeOf(refused)).toBe("access.bad_credentials");
    }
    expect(world.hasher.checks).toBe(0);
    expect(foreign.check).toBe(0);
  });

  test("the log has no password that was typed as a name", async () => {
    await codeOf(world.identity.basic("My Secret Passw0rd!", "x", here));
    const rows = await world.db.read.selectFrom("audit").selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("Secret Passw0rd");
    const counters = await world.db.read.selectFrom("counters").selectAll().execute();
    expect(counters.length).toBeGreaterThan(0);
    expect(JSON.stringify(counters)).not.toContain("Secret Passw0rd");
  });
});

describe("a password that was right", () => {
  test("is not hashed again for minutes, and is in the log once", async () => {
    await world.person("ada");
    const { hasher } = world;
    const before = hasher.checks;
    const many = Array.from({ length: 20 }, () => world.identity.basic("ada", PASSWORD, here));
    await Promise.all(many);
    await world.identity.basic("ada", PASSWORD, here);
    expect(hasher.checks - before).toBe(1);
    expect((await world.log()).filter((line) => line === "login done")).toHaveLength(1);
    world.clock.advance(5 * 60_000);
    await world.identity.basic("ada", PASSWORD, here);
    expect(hasher.checks - before).toBe(2);
    expect((await world.log()).filter((line) => line === "login done")).toHaveLength(2);
  });

  test("is checked and written down anew for another source", async () => {
    await world.person("ada");
    const before = world.hasher.checks;
    await world.identity.basic("ada", PASSWORD, from("192.0.2.1"));
    await world.identity.basic("ada", PASSWORD, from("192.0.2.2"));
    expect(world.hasher.checks - before).toBe(2);
    expect((await world.log()).filter((line) => line === "login done")).toHaveLength(2);
  });

  test("counts no longer once it was changed, on another node too", async () => {
    const { id } = await world.person("ada");
    const second = await world.node();
    await second.identity.basic("ada", PASSWORD, here);
    await world.identity.basic("ada", PASSWORD, here);
    const password = `${PASSWORD} staple`;
    await world.identity.users.setPassword(operator, id, { password });
    expect(await codeOf(world.identity.basic("ada", PASSWORD, here))).toBe(
      "access.bad_credentials",
    );
    // What the timer of another node does within half a second.
    await second.revision.changed();
    expect(await codeOf(second.identity.basic("ada", PASSWORD, here))).toBe(
      "access.bad_credentials",
    );
    await second.identity.basic("ada", password, here);
  });

  test("is refused where the log cannot be written", async () => {
    await world.person("ada");
    const broken = await world.node({
      audit: {
        witness: (doer) => ({ doer, at: world.clock.now(), headKey: "not hex at all" }),
        append: () => Promise.reject(new Error("no log")),
      },
      db: { ...world.db, write: () => Promise.reject(new Error("no writes")) },
    });
    const refused = broken.identity.basic("ada", PASSWORD, here);
    expect(String(await refused.catch((error: unknown) => error))).toContain("no writes");
  });

  test("does not log in a machine for whoever has a second factor, but begins at the console", async () => {
    const ada = await world.person("ada");
    await world.identity.basic("ada", PASSWORD, here);
    await world.db.write(addFactor, { principalId: ada.id, now: world.clock.now() });
    await world.revision.changed();
    expect(await codeOf(world.identity.basic("ada", PASSWORD, here))).toBe(
      "access.bad_credentials",
    );
    const vouched = await world.identity.checkPassword("ada", PASSWORD, here);
    expect(vouched).toEqual({ principalId: ada.id, provider: "local", claims: {} });
    expect(await world.identity.standing(ada.id)).toMatchObject({ secondFactor: true });
    expect((await world.identity.users.get(ada.id)).lastLoginAt).toBe(world.clock.now());
  });
});

describe("an account of another provider", () => {
  beforeEach(async () => {
    const args = { id: "lin", name: "lin", origin: "other", now: world.clock.now() };
    await world.db.write(addForeign, args);
    await world.revision.changed();
  });

  test("logs in there, with its claims", async () => {
    const actor = await world.identity.basic("lin", "lin's own", here);
    expect(actor).toMatchObject({
      principal: { id: "lin", name: "lin" },
      via: "password",
      claims: { department: "sea" },
    });
  });

  test("is asked about again a minute later, and at once at a refresh (A39)", async () => {
    const { tokens } = world.identity;
    const actor = await world.identity.basic("lin", "lin's own", here);
    const { secret, token } = await tokens.createPersonal(actor, "r", { name: "ci" });
    const refresh = await tokens.issueRefresh(actor, "r", "docker");
    await world.identity.bearer(secret, here);
    expect(foreign.recheck).toBe(0);
    world.clock.advance(60_000);
    await world.revision.changed();
    await Promise.all([world.identity.bearer(secret, here), world.identity.bearer(secret, here)]);
    expect(foreign.recheck).toBe(1);
    await tokens.refresh(refresh.secret, here);
    expect(foreign.recheck).toBe(2);

    foreign.good = false;
    expect(await codeOf(tokens.refresh(refresh.secret, here))).toBe("access.bad_credentials");
    expect(await codeOf(world.identity.bearer(secret, here))).toBe("access.bad_credentials");
    const of = { principalId: "lin", credentialId: token.id, generation: 1, address: null };
    expect(await world.identity.actor({ ...of, via: "personal" })).toBeUndefined();
    expect(await world.log()).toContain("login denied login.origin");
  });

  test("is not taken for gone while its provider is away: minutes on its word, then a fault", async () => {
    const actor = await world.identity.basic("lin", "lin's own", here);
    const { secret } = await world.identity.tokens.createPersonal(actor, "r", { name: "ci" });
    foreign.away = true;
    world.clock.advance(9 * 60_000);
    await world.revision.changed();
    await world.identity.bearer(secret, here);
    world.clock.advance(60_000);
    await world.revision.changed();
    expect(await codeOf(world.identity.bearer(secret, here))).toBe("identity.provider_unavailable");
    foreign.away = false;
    await world.identity.bearer(secret, here);
  });

  test("whose provider is away is not told that the password is wrong, nor counted", async () => {
    foreign.away = true;
    const refused = await world.identity
      .basic("lin", "lin's own", here)
      .catch((error: unknown) => error);
    expect(String(refused)).toContain("the directory is away");
    expect(await world.db.read.selectFrom("counters").selectAll().execute()).toEqual([]);
  });
});
