import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Finished } from "../../src/features/identity/providers/oidc/login.ts";
import { MINUTE } from "../../src/kernel/clock.ts";
import { type Idp, startIdp } from "../support/idp.ts";
import { codeOf, end, type House, here, openHouse } from "./house.ts";

const ORIGIN = "https://registry.example";
const CLIENT = { id: "entrepot", secret: "a-secret-of-the-client" };

let idp: Idp;
let other: Idp;
let house: House;
/** What the next calls to an issuer are answered instead, by a part of their URL. */
const tampering = new Map<string, (response: Response) => Promise<Response>>();
let calls: string[] = [];

function redirectUris(...names: string[]) {
  return names.map((name) => `${ORIGIN}/auth/${name}/callback`);
}

async function tampered(url: string, init: RequestInit): Promise<Response> {
  calls.push(new URL(url).pathname);
  const response = await fetch(url, init);
  for (const [part, change] of tampering) if (url.includes(part)) return change(response);
  return response;
}

const json = (change: (body: Record<string, unknown>) => unknown) => async (response: Response) =>
  Response.json(await change((await response.json()) as Record<string, unknown>));

beforeAll(async () => {
  const client = { ...CLIENT, redirectUris: redirectUris("corp", "strict", "lean", "moved") };
  idp = await startIdp({ clients: [{ ...client, postLogoutRedirectUris: [`${ORIGIN}/`] }] });
  other = await startIdp({
    clients: [{ id: "entrepot", redirectUris: redirectUris("other") }],
    claimsInIdToken: false,
  });
});
afterAll(() => Promise.all([idp.close(), other.close()]));

const corp = () => ({
  ...{ type: "oidc", name: "corp", label: "Corp", issuer: idp.issuer },
  ...{ client_id: CLIENT.id, client_secret: CLIENT.secret, auto_provision: true, logout: true },
  scopes: ["openid", "profile", "email", "groups", "roles"],
  claims: { groups: "realm_access.roles" },
});
const second = () => ({
  ...{ type: "oidc", name: "other", issuer: other.issuer, client_id: "entrepot" },
  ...{ auto_provision: true, userinfo: true, scopes: ["openid", "profile", "groups"] },
  claims: { groups: "groups" },
});

async function withHouse(entries: unknown[], work: (house: House) => Promise<void>) {
  const opened = await openHouse(entries, { fetch: tampered });
  try {
    await work(opened);
  } finally {
    await opened.close();
  }
}

beforeEach(async () => {
  tampering.clear();
  calls = [];
  idp.accounts.clear();
  other.accounts.clear();
  account("u-1", { preferred_username: "Ann", name: "Ann Example", email: "ann@example.org" });
});

function account(id: string, claims: Record<string, unknown>, at: Idp = idp) {
  at.accounts.set(id, { id, claims });
}

async function begun(name = "corp", from: House = house, at: Idp = idp, who = "u-1") {
  const login = from.providers.oidc(name);
  const { url, sealedState } = await login.begin({ origin: ORIGIN, returnTo: "/projects?a=1" });
  return { login, url: new URL(url), sealedState, back: await at.signIn(url, who) };
}

async function login(name = "corp", from = house, at = idp, who = "u-1"): Promise<Finished> {
  const { login: one, back, sealedState } = await begun(name, from, at, who);
  return one.finish(back, sealedState, here);
}

describe("single sign-on", () => {
  beforeAll(async () => {
    house = await openHouse([{ type: "local" }, corp(), second()], { fetch: tampered });
  });
  afterAll(() => house.close());

  test("asks with PKCE, state and nonce, and finds the same account each time", async () => {
    account("u-2", { preferred_username: "Zoë@example.org", name: "Zoë" });
    const { login: one, url, sealedState, back } = await begun("corp", house, idp, "u-2");
    const asked = Object.fromEntries(url.searchParams);
    expect(asked.code_challenge_method).toBe("S256");
    expect(asked).toMatchObject({ response_type: "code", redirect_uri: redirectUris("corp")[0] });
    for (const name of ["code_challenge", "state", "nonce"]) {
      expect(asked[name]?.length).toBeGreaterThan(20);
      expect(sealedState).not.toContain(String(asked[name]));
    }
    const done = await one.finish(back, sealedState, here);
    expect(done).toMatchObject({ provider: "corp", returnTo: "/projects?a=1", isFresh: false });
    expect(done.claims).toMatchObject({ sub: "u-2", iss: idp.issuer });
    expect(done.claims.nonce).toBeUndefined();
    const row = await house.db.read
      .selectFrom("principals")
      .selectAll()
      .where("id", "=", done.principalId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      name: "zoe",
      display_name: "Zoë",
      origin: "corp",
      administrator: 0,
    });
    expect((await login("corp", house, idp, "u-2")).principalId).toBe(done.principalId);
  });

  test("the same name or e-mail at two issuers, or here, is never the same account (A42)", async () => {
    const local = await house.local("kim");
    const claims = { preferred_username: "kim", email: "kim@example.org" };
    account("kim", claims);
    account("kim", claims, other);
    const one = await login("corp", house, idp, "kim");
    const two = await login("other", house, other, "kim");
    expect(new Set([local, one.principalId, two.principalId]).size).toBe(3);
    const names = await house.db.read
      .selectFrom("principals")
      .select("name")
      .where("id", "in", [one.principalId, two.principalId])
      .orderBy("name")
      .execute();
    expect(names.map((row) => row.name)).toEqual(["kim-2", "kim-3"]);
  });

  test("groups of a dotted claim are replaced at each login, others stay (A39)", async () => {
    const staff = await house.group("staff", "corp", "staff");
    await house.group("admins", "corp", "admins");
    const own = await house.group("own");
    await house.group("elsewhere", "other", "staff");
    account("u-3", { preferred_username: "lee", realm_access: { roles: ["staff", "x"] } });
    const { principalId } = await login("corp", house, idp, "u-3");
    const member = { group_id: own, principal_id: principalId, origin: "local", added_at: 0 };
    await house.insert("group_members", member);
    expect(await house.groupsOf(principalId)).toEqual(["own (local)", "staff (corp)"]);
    const before = house.revision.number;
    account("u-3", { preferred_username: "lee", realm_access: { roles: ["admins"] } });
    await login("corp", house, idp, "u-3");
    expect(await house.groupsOf(principalId)).toEqual(["admins (corp)", "own (local)"]);
    expect(house.revision.number).toBeGreaterThan(before);
    // A claim that is gone, or of another kind, means no group.
    account("u-3", { preferred_username: "lee", realm_access: { roles: { staff } } });
    const changed = house.revision.number;
    await login("corp", house, idp, "u-3");
    expect(await house.groupsOf(principalId)).toEqual(["own (local)"]);
    await login("corp", house, idp, "u-3");
    expect(house.revision.number).toBe(changed + 1);
  });

  test("a second provider tells groups at its userinfo endpoint", async () => {
    await house.group("readers", "other", "readers");
    account("u-9", { preferred_username: "sam", groups: ["readers"] }, other);
    const { principalId } = await login("other", house, other, "u-9");
    expect(await house.groupsOf(principalId)).toEqual(["readers (other)"]);
  });

  test("a disabled or deleted account is not brought back, and groups do not change (A39)", async () => {
    await house.group("late", "corp", "late");
    for (const how of ["disabled", "deleted"] as const) {
      const subject = `u-${how}`;
      account(subject, { preferred_username: subject });
      const { principalId } = await login("corp", house, idp, subject);
      await end(house, principalId, how);
      account(subject, { preferred_username: "new-name", realm_access: { roles: ["late"] } });
      expect(await codeOf(login("corp", house, idp, subject))).toBe("provider.login_failed");
      expect(await house.groupsOf(principalId)).toEqual([]);
    }
    expect((await house.denials()).slice(-2)).toEqual(["provider.disabled", "provider.deleted"]);
  });

  test("a state counts once begun, here, for its provider, for ten minutes", async () => {
    const { login: one, back, sealedState } = await begun();
    const expired = "provider.login_expired";
    for (const state of [undefined, "", "s1.x.y", `${sealedState.slice(0, -6)}AAAAAA`]) {
      expect(await codeOf(one.finish(back, state, here))).toBe(expired);
    }
    const twin = house.providers.oidc("other");
    expect(await codeOf(twin.finish(back, sealedState, here))).toBe(expired);
    house.clock.advance(10 * MINUTE);
    expect(await codeOf(one.finish(back, sealedState, here))).toBe(expired);
  });

  test("what comes back is for this login only: state, code, issuer", async () => {
    const failed = "provider.login_failed";
    const one = await begun();
    const two = await begun();
    // Somebody else's answer, put under this browser's cookie (login CSRF).
    expect(await codeOf(one.login.finish(two.back, one.sealedState, here))).toBe(failed);
    // A code that was got for another login: PKCE binds it.
    const mixed = new URL(one.back);
    mixed.searchParams.set("code", two.back.searchParams.get("code") ?? "");
    expect(await codeOf(one.login.finish(mixed, one.sealedState, here))).toBe(failed);
    // RFC 9207: the issuer is named, and MUST be the one that was asked.
    for (const iss of [other.issuer, undefined]) {
      const three = await begun();
      if (iss === undefined) three.back.searchParams.delete("iss");
      else three.back.searchParams.set("iss", iss);
      const finished = three.login.finish(three.back, three.sealedState, here);
      expect(await codeOf(finished)).toBe(failed);
    }
    // A code counts once.
    const four = await begun();
    await four.login.finish(four.back, four.sealedState, here);
    const again = four.login.finish(four.back, four.sealedState, here);
    expect(await codeOf(again)).toBe(failed);
    expect((await house.denials()).at(-1)).toBe("provider.login_failed");
  });

  describe("an ID token is refused", () => {
    type Forge = (claims: Record<string, unknown>) => Promise<string>;
    const now = () => Math.floor(Date.now() / 1000);
    const forged: Record<string, Forge> = {
      "of another issuer": (claims) => idp.mint({ ...claims, iss: other.issuer }),
      "for another audience": (claims) => idp.mint({ ...claims, aud: "somebody-else" }),
      "with another nonce": (claims) => idp.mint({ ...claims, nonce: "x" }),
      "without a nonce": (claims) => idp.mint({ ...claims, nonce: undefined }),
      "that has expired": (claims) => idp.mint({ ...claims, exp: now() - 90 }),
      "not valid yet": (claims) => idp.mint({ ...claims, nbf: now() + 90 }),
      "without a subject": (claims) => idp.mint({ ...claims, sub: undefined }),
      "signed by another issuer's key": (claims) => other.mint({ ...claims, iss: idp.issuer }),
      "with an unknown critical header": (claims) =>
        idp.mint(claims, { header: { crit: ["b64"], b64: true } }),
      "that is unsigned": async (claims) => {
        const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
        return `${part({ alg: "none" })}.${part(claims)}.`;
      },
      "whose signature was cut": async (claims) => (await idp.mint(claims)).slice(0, -9),
    };
    for (const [what, forge] of Object.entries(forged)) {
      test(what, async () => {
        const { login: one, back, sealedState } = await begun();
        tampering.set(
          "/token",
          json(async (body) => {
            const [, payload = ""] = String(body.id_token).split(".");
            const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
            return { ...body, id_token: await forge(claims) };
          }),
        );
        expect(await codeOf(one.finish(back, sealedState, here))).toBe("provider.login_failed");
      });
    }

    test("but clocks may differ by a minute", async () => {
      const { login: one, back, sealedState } = await begun();
      tampering.set(
        "/token",
        json(async (body) => {
          const [, payload = ""] = String(body.id_token).split(".");
          const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
          return { ...body, id_token: await idp.mint({ ...claims, exp: now() - 30 }) };
        }),
      );
      expect(await one.finish(back, sealedState, here)).toMatchObject({ provider: "corp" });
    });
  });

  test("userinfo of somebody else is refused", async () => {
    account("u-5", { preferred_username: "pat" }, other);
    const { login: one, back, sealedState } = await begun("other", house, other, "u-5");
    tampering.set(
      "/me",
      json((body) => ({ ...body, sub: "u-6" })),
    );
    expect(await codeOf(one.finish(back, sealedState, here))).toBe("provider.login_failed");
  });

  test("an issuer that does not answer is a fault and no refusal", async () => {
    const { login: one, back, sealedState } = await begun();
    tampering.set("/token", () => Promise.reject(new TypeError("connection refused")));
    expect(await codeOf(one.finish(back, sealedState, here))).toBe("provider.unavailable");
  });

  test("a refusal at the provider's pages ends the login", async () => {
    const one = house.providers.oidc("corp");
    const { url, sealedState } = await one.begin({ origin: ORIGIN });
    const back = new URL(`${redirectUris("corp")[0]}?error=access_denied`);
    back.searchParams.set("state", new URL(url).searchParams.get("state") ?? "");
    back.searchParams.set("iss", idp.issuer);
    expect(await codeOf(one.finish(back, sealedState, here))).toBe("provider.login_failed");
  });

  test("a login can be asked for anew, and is checked to be one", async () => {
    const one = house.providers.oidc("corp");
    const { url, sealedState } = await one.begin({ origin: ORIGIN, isFresh: true });
    expect(new URL(url).searchParams.get("prompt")).toBe("login");
    const back = await idp.signIn(url, "u-1");
    expect(await one.finish(back, sealedState, here)).toMatchObject({ isFresh: true });
  });

  test("logs out there too where that is configured", async () => {
    const url = new URL((await house.providers.oidc("corp").logoutUrl(`${ORIGIN}/`)) ?? "");
    expect(url.origin).toBe(idp.issuer);
    expect(url.searchParams.get("post_logout_redirect_uri")).toBe(`${ORIGIN}/`);
    expect(url.searchParams.get("client_id")).toBe("entrepot");
    expect(await house.providers.oidc("other").logoutUrl(`${ORIGIN}/`)).toBeUndefined();
  });

  test("lists what the sign-in page shows, and knows no other provider", () => {
    expect(house.providers.options).toEqual([
      { name: "local", label: "local", kind: "password" },
      { name: "corp", label: "Corp", kind: "redirect" },
      { name: "other", label: "other", kind: "redirect" },
    ]);
    expect(house.providers.passwords).toEqual(["local"]);
    expect(() => house.providers.oidc("local")).toThrow();
  });
});

test("without auto-provisioning only those come in whom an administrator admitted", () =>
  withHouse([{ ...corp(), name: "strict", auto_provision: false }], async (strict) => {
    const refused = "provider.not_admitted";
    expect(await codeOf(login("strict", strict))).toBe(refused);
    expect(await strict.denials()).toEqual(["provider.not_admitted"]);
    const doer = { id: "a", kind: "user", name: "admin", via: "password" } as const;
    const by = { ...doer, credentialId: null, address: null, requestId: null };
    const id = await strict.providers.admit(by, "strict", { subject: "u-1", name: "ann" });
    expect((await login("strict", strict)).principalId).toBe(id);
    const twice = strict.providers.admit(by, "strict", { subject: "u-1", name: "ann2" });
    expect(await codeOf(twice)).toBe("provider.identity_taken");
    const taken = strict.providers.admit(by, "strict", { subject: "u-7", name: "ann" });
    expect(await codeOf(taken)).toBe("identity.name_taken");
    const rows = await strict.db.read.selectFrom("principals").select("id").execute();
    expect(rows.length).toBe(1);
  }));

test("only members of the allowed groups come in", () =>
  withHouse([{ ...corp(), name: "lean", allowed_groups: ["registry"] }], async (lean) => {
    account("u-1", { preferred_username: "ann", realm_access: { roles: ["x"] } });
    const refused = "provider.not_admitted";
    expect(await codeOf(login("lean", lean))).toBe(refused);
    expect(await lean.denials()).toEqual(["provider.not_allowed"]);
    account("u-1", { preferred_username: "ann", realm_access: { roles: ["registry"] } });
    expect(await login("lean", lean)).toMatchObject({ provider: "lean" });
  }));

test("discovery is asked once an hour, and an old answer serves while the issuer is away", () =>
  withHouse([{ ...corp(), name: "moved" }], async ({ providers, clock, lines }) => {
    const discoveries = () => calls.filter((path) => path.includes("well-known")).length;
    const one = providers.oidc("moved");
    const begin = () => one.begin({ origin: ORIGIN });
    await Promise.all([begin(), begin(), begin()]);
    await begin();
    expect(discoveries()).toBe(1);
    clock.advance(61 * MINUTE);
    await begin();
    expect(discoveries()).toBe(2);
    tampering.set("well-known", () => Promise.reject(new TypeError("down")));
    clock.advance(61 * MINUTE);
    await begin();
    await begin();
    expect(discoveries()).toBe(3);
    expect(lines.map((line) => line.level)).toEqual(["warn"]);
    clock.advance(24 * 60 * MINUTE);
    expect(await codeOf(begin())).toBe("provider.unavailable");
    expect(await one.test()).toMatchObject({ ok: false, steps: [{ step: "discovery" }] });
  }));

test("an issuer that calls itself otherwise is refused", () =>
  withHouse([{ ...corp(), name: "moved" }], async ({ providers }) => {
    tampering.set(
      "well-known",
      json((body) => ({ ...body, issuer: `${idp.issuer}/` })),
    );
    const begun = providers.oidc("moved").begin({ origin: ORIGIN });
    expect(await codeOf(begun)).toBe("provider.unavailable");
    tampering.clear();
    const { steps, ok } = await providers.test("moved", {});
    expect(ok).toBe(true);
    expect(steps.map(({ step }) => step)).toEqual(["discovery", "keys"]);
  }));
