import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatScopes, parseScopes } from "../../oci/scope.ts";
import { grantable } from "../access/permissions.ts";
import { limitsCover } from "../access/rules.ts";
import { type Actor, anonymousAt, everybodyAt } from "../identity/principal.ts";
import type { RegistryToken } from "./service.ts";
import { here, type Rig, Rigs } from "./suite-rig.ts";

let rigs: Rigs;
let rig: Rig;
/** Of the team, on `team/app/…` alone. */
let worker: Actor;
let team: string;

beforeAll(async () => {
  rigs = await Rigs.open();
  rig = await rigs.node();
  team = await rig.project("team");
  await rig.project("library", true);
  worker = await rig.login((await rig.person("maintainer", team, "app/*")).name);
});

afterAll(() => rigs.close());

async function ask(actor: Actor, ...scopes: string[]): Promise<RegistryToken> {
  return rig.tokens.issue(actor, parseScopes(scopes));
}

async function grants(actor: Actor, ...scopes: string[]): Promise<string> {
  return formatScopes((await ask(actor, ...scopes)).granted);
}

function claimsOf({ token }: RegistryToken): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

describe("a token gives what was asked and is allowed (A38, A45)", () => {
  test("less than asked, or nothing, is no error", async () => {
    const actor = worker;
    expect(await grants(actor, "repository:team/app/x:pull,push")).toBe(
      "repository:team/app/x:pull,push",
    );
    expect(await grants(actor, "repository:team/other:pull")).toBe("");
    expect(await grants(actor)).toBe("");
    expect(await grants(actor, "repository:team/app/x:*")).toBe(
      "repository:team/app/x:delete,pull,push",
    );
    expect(
      await grants(
        actor,
        "repository:team/app/x:push,pull repository:team/secret:pull",
        "repository:localhost:5000/team/app/x:pull",
        "repository:Team/App:pull",
        "repository:team/app/x:frobnicate",
        "unknown:team/app/x:pull",
        "registry:other:*",
        "registry:catalog:pull",
        "nonsense",
      ),
    ).toBe("repository:team/app/x:pull,push");
  });

  test("a mount's second scope comes beside the first", async () => {
    const scopes = ["repository:team/app/x:pull,push", "repository:library/base:pull"];
    expect(await grants(worker, ...scopes)).toBe(scopes.join(" "));
  });

  test("one repository has one name: `alpine` is `library/alpine`", async () => {
    const scopes = ["repository:alpine:pull", "repository:library/alpine:pull,push"];
    expect(await grants(worker, ...scopes)).toBe("repository:library/alpine:pull");
  });

  test("nobody gets what is public", async () => {
    const nobody = anonymousAt("192.0.2.1");
    const token = await ask(nobody, "repository:library/a:pull,push repository:team/app/x:pull");
    expect(formatScopes(token.granted)).toBe("repository:library/a:pull");
    expect(claimsOf(token)).toMatchObject({ sub: "", via: "none", cred: null });
    const actor = await rig.tokens.actorOf(token.token, here);
    expect(actor).toMatchObject({ principal: { kind: "anonymous" }, address: here.address });
    expect(actor.limits).toEqual([
      { actions: ["repository:pull", "repository:read"], repositories: ["library/a"] },
    ]);
  });

  test("the catalogue is for everybody whose credential is not limited to other things", async () => {
    const limits = [{ actions: ["repository:pull"], repositories: ["team/**"] }];
    const catalog = "registry:catalog:*";
    expect(await grants(worker, catalog)).toBe(catalog);
    expect(await grants(anonymousAt(null), catalog)).toBe(catalog);
    expect(await grants({ ...worker, limits }, catalog)).toBe("");
  });

  test("everybody, where authentication is off, is nobody to others", async () => {
    const token = await ask(everybodyAt(null), "repository:team/app/x:pull");
    expect(claimsOf(token)).toMatchObject({ sub: "", via: "none" });
  });

  test("never more than the credential's own limits, nor more than the rights of now", async () => {
    const words = ["repository:pull", "repository:push", "repository:delete", "repository:read"];
    const actions = fc.subarray([...words, "*"]);
    const pattern = fc.constantFrom(
      "**",
      "team/**",
      "team/app/*",
      "team/app/x",
      "library/*",
      "x/y",
    );
    const limit = fc.record({ actions, repositories: fc.array(pattern, { maxLength: 2 }) });
    const name = fc.constantFrom("team/app/x", "team/app/y", "team/z", "library/a", "new/a");
    const asked = fc.array(fc.tuple(name, fc.subarray(["pull", "push", "delete", "*"])));
    await fc.assert(
      fc.asyncProperty(fc.array(limit, { maxLength: 3 }), asked, async (limits, scopes) => {
        const actor = { ...worker, limits };
        const texts = scopes.map(([each, words]) => `repository:${each}:${words.join(",")}`);
        const token = await ask(actor, ...texts);
        const bearer = await rig.tokens.actorOf(token.token, here);
        const whole = await rig.tokens.wholeActorOf(token.token, here);
        expect(whole.limits).toBeNull();
        for (const action of grantable) {
          for (const each of ["team/app/x", "team/app/y", "team/z", "library/a", "new/a"]) {
            const resource = { kind: "repository", name: each } as const;
            if (!limitsCover(bearer.limits, action, resource)) continue;
            const main = action === "repository:read" ? "repository:pull" : action;
            if (action !== "repository:force-delete") {
              expect(limitsCover(limits, main, resource)).toBe(true);
              expect((await rig.access.decide(actor, main, resource)).allowed).toBe(true);
            }
          }
          expect(limitsCover(bearer.limits, action, { kind: "registry" })).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("fifty scopes at most (A63), and never a token that is too long to be read", async () => {
    const project = "p".repeat(60);
    await rig.project(project, true);
    const short = Array.from({ length: 60 }, (_, at) => `repository:library/${at}:pull`);
    const long = Array.from(
      { length: 60 },
      (_, at) => `repository:${project}/${"r".repeat(180)}${at}:pull`,
    );
    const nobody = anonymousAt(null);
    for (const scopes of [short, long]) {
      const token = await ask(nobody, ...scopes);
      expect(token.granted.length).toBeGreaterThan(5);
      expect(token.granted.length).toBeLessThanOrEqual(50);
      expect(token.token.length).toBeLessThanOrEqual(8_192);
      expect(await rig.tokens.actorOf(token.token, here)).toMatchObject({ via: "none" });
    }
  });

  test("as long as configured, and never less than clients take for granted", async () => {
    for (const [lifetime, seconds] of [
      [300_000, 300],
      [1_000, 60],
      [90_500, 90],
    ] as const) {
      const node = await rigs.node({ lifetime });
      const token = await node.tokens.issue(anonymousAt(null), []);
      const { iat, exp, nbf } = claimsOf(token);
      expect(token.expiresIn).toBe(seconds);
      expect([Number(exp) - Number(iat), nbf]).toEqual([seconds, iat]);
      expect(token.issuedAt).toBe(Number(iat) * 1_000);
    }
  });

  test("whoever logged in through a session, or is gone, gets none", async () => {
    const actor = worker;
    const session = { ...actor, via: "session", credentialId: "s" } as const;
    await expect(ask(session)).rejects.toMatchObject({ code: "access.bad_credentials" });
    const gone = { ...actor, principal: { ...actor.principal, id: "gone" } };
    await expect(ask(gone)).rejects.toMatchObject({ code: "access.bad_credentials" });
  });

  test("what a provider said goes along, unless it is too much", async () => {
    const actor = { ...worker, claims: { groups: ["a", "b"] } };
    const { token } = await ask(actor);
    expect(await rig.tokens.actorOf(token, here)).toMatchObject({ claims: { groups: ["a", "b"] } });
    const much = { ...actor, claims: { groups: Array.from({ length: 500 }, () => "group") } };
    await expect(ask(much)).rejects.toMatchObject({ code: "token.claims_too_large" });
  });
});
