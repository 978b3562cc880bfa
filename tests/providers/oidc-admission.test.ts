import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { MINUTE } from "../../src/kernel/clock.ts";
import type { Idp } from "../support/idp.ts";
import { codeOf, type House } from "./house.ts";
import { json, logIn, ORIGIN, type Sso, startSso } from "./sso.ts";

let sso: Sso;
let idp: Idp;

beforeAll(async () => {
  sso = await startSso();
  ({ idp } = sso);
});
afterAll(() => sso.close());
beforeEach(() => sso.reset());

async function withHouse(entries: unknown[], work: (house: House) => Promise<void>) {
  const opened = await sso.open(entries);
  try {
    await work(opened);
  } finally {
    await opened.close();
  }
}

test("without auto-provisioning only those come in whom an administrator admitted", () =>
  withHouse([{ ...sso.corp("strict"), auto_provision: false }], async (strict) => {
    const refused = "provider.not_admitted";
    expect(await codeOf(logIn(strict, "strict", idp, "u-1"))).toBe(refused);
    expect(await strict.denials()).toEqual(["provider.not_admitted"]);
    const doer = { id: "a", kind: "user", name: "admin", via: "password" } as const;
    const by = { ...doer, credentialId: null, address: null, requestId: null };
    const id = await strict.providers.admit(by, "strict", { subject: "u-1", name: "ann" });
    expect((await logIn(strict, "strict", idp, "u-1")).principalId).toBe(id);
    const twice = strict.providers.admit(by, "strict", { subject: "u-1", name: "ann2" });
    expect(await codeOf(twice)).toBe("provider.identity_taken");
    const taken = strict.providers.admit(by, "strict", { subject: "u-7", name: "ann" });
    expect(await codeOf(taken)).toBe("identity.name_taken");
    const rows = await strict.db.read.selectFrom("principals").select("id").execute();
    expect(rows.length).toBe(1);
  }));

test("only members of the allowed groups come in", () =>
  withHouse([{ ...sso.corp("lean"), allowed_groups: ["registry"] }], async (lean) => {
    sso.account("u-1", { preferred_username: "ann", realm_access: { roles: ["x"] } });
    const refused = "provider.not_admitted";
    expect(await codeOf(logIn(lean, "lean", idp, "u-1"))).toBe(refused);
    expect(await lean.denials()).toEqual(["provider.not_allowed"]);
    sso.account("u-1", { preferred_username: "ann", realm_access: { roles: ["registry"] } });
    expect(await logIn(lean, "lean", idp, "u-1")).toMatchObject({ provider: "lean" });
  }));

test("discovery is asked once an hour, and an old answer serves while the issuer is away", () =>
  withHouse([sso.corp("moved")], async ({ providers, clock, lines }) => {
    const discoveries = () => sso.calls.filter((path) => path.includes("well-known")).length;
    const one = providers.oidc("moved");
    const begin = () => one.begin({ origin: ORIGIN });
    await Promise.all([begin(), begin(), begin()]);
    await begin();
    expect(discoveries()).toBe(1);
    clock.advance(61 * MINUTE);
    await begin();
    expect(discoveries()).toBe(2);
    sso.tampering.set("well-known", () => Promise.reject(new TypeError("down")));
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
  withHouse([sso.corp("moved")], async ({ providers }) => {
    sso.tampering.set(
      "well-known",
      json((body) => ({ ...body, issuer: `${idp.issuer}/` })),
    );
    const begun = providers.oidc("moved").begin({ origin: ORIGIN });
    expect(await codeOf(begun)).toBe("provider.unavailable");
    sso.tampering.clear();
    const { steps, ok } = await providers.test("moved", {});
    expect(ok).toBe(true);
    expect(steps.map(({ step }) => step)).toEqual(["discovery", "keys"]);
  }));
