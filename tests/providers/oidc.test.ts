import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { MINUTE } from "../../src/kernel/clock.ts";
import type { Idp } from "../support/idp.ts";
import { codeOf, end, type House, here } from "./house.ts";
import { begin, json, logIn, ORIGIN, redirectUri, type Sso, startSso } from "./sso.ts";

let house: House;
let sso: Sso;
let idp: Idp;
let other: Idp;

beforeAll(async () => {
  sso = await startSso();
  ({ idp, other } = sso);
});
afterAll(() => sso.close());
beforeEach(() => sso.reset());

const account: Sso["account"] = (...of) => sso.account(...of);
const begun = (name = "corp", at = idp, who = "u-1") => begin(house, name, at, who);
const login = (name = "corp", at = idp, who = "u-1") => logIn(house, name, at, who);

describe("single sign-on", () => {
  beforeAll(async () => {
    house = await sso.open([{ type: "local" }, sso.corp(), sso.second()]);
  });
  afterAll(() => house.close());

  test("asks with PKCE, state and nonce, and finds the same account each time", async () => {
    account("u-2", { preferred_username: "Zoë@example.org", name: "Zoë" });
    const { login: one, url, sealedState, back } = await begun("corp", idp, "u-2");
    const asked = Object.fromEntries(url.searchParams);
    expect(asked.code_challenge_method).toBe("S256");
    expect(asked).toMatchObject({ response_type: "code", redirect_uri: redirectUri("corp") });
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
    expect((await login("corp", idp, "u-2")).principalId).toBe(done.principalId);
  });

  test("the same name or e-mail at two issuers, or here, is never the same account (A42)", async () => {
    const local = await house.local("kim");
    const claims = { preferred_username: "kim", email: "kim@example.org" };
    account("kim", claims);
    account("kim", claims, other);
    const one = await login("corp", idp, "kim");
    const two = await login("other", other, "kim");
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
    const { principalId } = await login("corp", idp, "u-3");
    const member = { group_id: own, principal_id: principalId, origin: "local", added_at: 0 };
    await house.insert("group_members", member);
    expect(await house.groupsOf(principalId)).toEqual(["own (local)", "staff (corp)"]);
    const before = house.revision.number;
    account("u-3", { preferred_username: "lee", realm_access: { roles: ["admins"] } });
    await login("corp", idp, "u-3");
    expect(await house.groupsOf(principalId)).toEqual(["admins (corp)", "own (local)"]);
    expect(house.revision.number).toBeGreaterThan(before);
    // A claim that is gone, or of another kind, means no group.
    account("u-3", { preferred_username: "lee", realm_access: { roles: { staff } } });
    const changed = house.revision.number;
    await login("corp", idp, "u-3");
    expect(await house.groupsOf(principalId)).toEqual(["own (local)"]);
    await login("corp", idp, "u-3");
    expect(house.revision.number).toBe(changed + 1);
  });

  test("a second provider tells groups at its userinfo endpoint", async () => {
    await house.group("readers", "other", "readers");
    account("u-9", { preferred_username: "sam", groups: ["readers"] }, other);
    const { principalId } = await login("other", other, "u-9");
    expect(await house.groupsOf(principalId)).toEqual(["readers (other)"]);
  });

  test("a disabled or deleted account is not brought back, and groups do not change (A39)", async () => {
    await house.group("late", "corp", "late");
    for (const how of ["disabled", "deleted"] as const) {
      const subject = `u-${how}`;
      account(subject, { preferred_username: subject });
      const { principalId } = await login("corp", idp, subject);
      await end(house, principalId, how);
      account(subject, { preferred_username: "new-name", realm_access: { roles: ["late"] } });
      expect(await codeOf(login("corp", idp, subject))).toBe("provider.login_failed");
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
        sso.tampering.set(
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
      sso.tampering.set(
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
    const { login: one, back, sealedState } = await begun("other", other, "u-5");
    sso.tampering.set(
      "/me",
      json((body) => ({ ...body, sub: "u-6" })),
    );
    expect(await codeOf(one.finish(back, sealedState, here))).toBe("provider.login_failed");
  });

  test("an issuer that does not answer is a fault and no refusal", async () => {
    const { login: one, back, sealedState } = await begun();
    sso.tampering.set("/token", () => Promise.reject(new TypeError("connection refused")));
    expect(await codeOf(one.finish(back, sealedState, here))).toBe("provider.unavailable");
  });

  test("a refusal at the provider's pages ends the login", async () => {
    const one = house.providers.oidc("corp");
    const { url, sealedState } = await one.begin({ origin: ORIGIN });
    const back = new URL(`${redirectUri("corp")}?error=access_denied`);
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
