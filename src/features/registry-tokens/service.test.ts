import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MINUTE } from "../../kernel/clock.ts";
import { newId } from "../../kernel/ids.ts";
import { formatScopes, parseScopes } from "../../oci/scope.ts";
import { type Action, grantable } from "../access/permissions.ts";
import { limitsCover } from "../access/rules.ts";
import { systemDoer } from "../audit/entry.ts";
import { type Actor, anonymousAt, everybodyAt, type Limit } from "../identity/principal.ts";
import type { RegistryToken } from "./service.ts";
import { addToken, change, endPrincipal, revokeToken } from "./suite-procedures.ts";
import { here, openRigs, type Rig } from "./suite-rig.ts";

let rigs: Awaited<ReturnType<typeof openRigs>>;
let rig: Rig;
let worker: string;

const EVERYTHING: readonly Action[] = [
  "repository:pull",
  "repository:read",
  "repository:push",
  "repository:delete",
];

beforeAll(async () => {
  rigs = await openRigs();
  rig = await rigs.node();
  rig.rights.projects.set("team", { id: "p1", isPublic: false });
  rig.rights.projects.set("library", { id: "p2", isPublic: true });
  worker = await rig.person("app/*", EVERYTHING);
});

afterAll(() => rigs.close());

async function actorOf(id: string, more: { limits?: readonly Limit[] } = {}): Promise<Actor> {
  const of = { principalId: id, via: "password", credentialId: null, generation: 1 } as const;
  const actor = await rig.actors.actor({ ...of, address: here.address, ...more });
  if (actor === undefined) throw new Error("nobody");
  return actor;
}

async function ask(actor: Actor, ...scopes: string[]): Promise<RegistryToken> {
  return rig.tokens.issue(actor, parseScopes(scopes));
}

async function grants(actor: Actor, ...scopes: string[]): Promise<string> {
  return formatScopes((await ask(actor, ...scopes)).granted);
}

function refuse(token: string, node = rig): Promise<void> {
  const asked = async () => node.tokens.actorOf(token, here);
  return expect(asked()).rejects.toMatchObject({ code: "token.invalid" });
}

function claimsOf({ token }: RegistryToken): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

describe("a token gives what was asked and is allowed (A38, A45)", () => {
  test("less than asked, or nothing, is no error", async () => {
    const actor = await actorOf(worker);
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
    expect(await grants(await actorOf(worker), ...scopes)).toBe(scopes.join(" "));
  });

  test("one repository has one name: `alpine` is `library/alpine`", async () => {
    const scopes = ["repository:alpine:pull", "repository:library/alpine:pull,push"];
    expect(await grants(await actorOf(worker), ...scopes)).toBe("repository:library/alpine:pull");
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
    expect(await grants(await actorOf(worker), catalog)).toBe(catalog);
    expect(await grants(anonymousAt(null), catalog)).toBe(catalog);
    expect(await grants(await actorOf(worker, { limits }), catalog)).toBe("");
  });

  test("everybody, where authentication is off, is nobody to others", async () => {
    const token = await ask(everybodyAt(null), "repository:team/app/x:pull");
    expect(claimsOf(token)).toMatchObject({ sub: "", via: "none" });
  });

  test("never more than the credential's own limits, nor more than the rights of now", async () => {
    const actions = fc.subarray([...EVERYTHING]);
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
        const actor = await actorOf(worker, { limits });
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
              expect((await rig.rights.decide(actor, main, resource)).allowed).toBe(true);
            }
          }
          expect(limitsCover(bearer.limits, action, { kind: "registry" })).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("fifty scopes at most (A63), and never a token that is too long to be read", async () => {
    const project = "p".repeat(100);
    rig.rights.projects.set(project, { id: newId(), isPublic: true });
    const short = Array.from({ length: 60 }, (_, at) => `repository:library/${at}:pull`);
    const long = Array.from(
      { length: 60 },
      (_, at) => `repository:${project}/${"r".repeat(140)}${at}:pull`,
    );
    const nobody = anonymousAt(null);
    for (const scopes of [short, long]) {
      const token = await ask(nobody, ...scopes);
      expect(token.granted.length).toBeGreaterThan(9);
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
    const actor = await actorOf(worker);
    const session = { ...actor, via: "session", credentialId: "s" } as const;
    await expect(ask(session)).rejects.toMatchObject({ code: "access.bad_credentials" });
    const gone = { ...actor, principal: { ...actor.principal, id: "gone" } };
    await expect(ask(gone)).rejects.toMatchObject({ code: "access.bad_credentials" });
  });

  test("what a provider said goes along, unless it is too much", async () => {
    const actor = { ...(await actorOf(worker)), claims: { groups: ["a", "b"] } };
    const { token } = await ask(actor);
    expect(await rig.tokens.actorOf(token, here)).toMatchObject({ claims: { groups: ["a", "b"] } });
    const much = { ...actor, claims: { groups: Array.from({ length: 500 }, () => "group") } };
    await expect(ask(much)).rejects.toMatchObject({ code: "token.claims_too_large" });
  });
});

describe("at each use it is looked at again (A39)", () => {
  test.each(["disabled", "deleted", "generation"] as const)(
    "a principal that is %s",
    async (how) => {
      const id = await rig.person("**", EVERYTHING);
      const { token } = await ask(await actorOf(id), "repository:team/a:pull");
      expect(await rig.tokens.actorOf(token, here)).toMatchObject({ principal: { id } });
      const other = await rigs.node();
      expect(await other.tokens.actorOf(token, here)).toMatchObject({ principal: { id } });
      await rigs.db.write(endPrincipal, { id, how });
      await rig.revision.changed();
      await refuse(token);
      // As it does by itself twice a second.
      await other.revision.changed();
      await refuse(token, other);
    },
  );

  test("a token of the principal that it was got with", async () => {
    const id = await rig.person("**", EVERYTHING);
    const limits = [{ actions: ["*"], repositories: ["team/a", "team/b"] }];
    const credentialId = newId();
    await rigs.db.write(addToken, { id: credentialId, owner: id, limits: JSON.stringify(limits) });
    await rig.revision.changed();
    const actor = { ...(await actorOf(id, { limits })), via: "personal", credentialId } as const;
    const token = await ask(actor, "repository:team/a:pull", "repository:team/c:pull");
    expect(formatScopes(token.granted)).toBe("repository:team/a:pull");
    expect(await rig.tokens.actorOf(token.token, here)).toMatchObject({
      credentialId,
      limits: [{ repositories: ["team/a"] }],
    });
    // For another token the credential's own limits count, and nothing beyond.
    expect((await rig.tokens.wholeActorOf(token.token, here)).limits).toEqual(limits);
    await rigs.db.write(revokeToken, { id: credentialId });
    await rig.revision.changed();
    await refuse(token.token);
    await expect(rig.tokens.wholeActorOf(token.token, here)).rejects.toMatchObject({
      code: "token.invalid",
    });
  });

  test("its key", async () => {
    const node = await rigs.node();
    const { token } = await node.tokens.issue(anonymousAt(null), []);
    expect(await rig.tokens.actorOf(token, here)).toMatchObject({ via: "none" });
    await node.tokens.keys.rotate(systemDoer, { distrust: true });
    await refuse(token, node);
    await rig.revision.changed();
    await refuse(token);
  });

  test("but its signature is checked once: a token that was seen is answered at once", async () => {
    const { token } = await ask(await actorOf(worker), "repository:team/app/x:pull");
    const first = rig.tokens.actorOf(token, here);
    expect(first).toBeInstanceOf(Promise);
    await first;
    expect(rig.tokens.actorOf(token, here)).not.toBeInstanceOf(Promise);
    // After a change, and when the database was silent for long, everything is asked again.
    await rigs.db.write(change, null);
    await rig.revision.changed();
    const after = rig.tokens.actorOf(token, here);
    expect(after).toBeInstanceOf(Promise);
    await after;
    expect(rig.tokens.actorOf(token, here)).not.toBeInstanceOf(Promise);
    rigs.clock.advance(MINUTE);
    expect(rig.tokens.actorOf(token, here)).toBeInstanceOf(Promise);
    await rig.revision.changed();
  });
});

describe("another project of the same name inherits nothing (A32)", () => {
  async function changed() {
    await rigs.db.write(change, null);
    await rig.revision.changed();
  }

  async function limitsOf(token: RegistryToken) {
    const { limits } = await rig.tokens.actorOf(token.token, here);
    return limits?.flatMap(({ repositories }) => repositories) ?? null;
  }

  test("what was given for the old one gives nothing in the new one, and the rest goes on", async () => {
    const id = await rig.person("**", EVERYTHING);
    rig.rights.projects.set("old", { id: "o1", isPublic: false });
    const scopes = ["repository:old/a:pull,push", "repository:library/b:pull"];
    const token = await ask(await actorOf(id), ...scopes);
    expect(await limitsOf(token)).toEqual(["old/a", "library/b"]);
    rig.rights.projects.delete("old");
    await changed();
    expect(await limitsOf(token)).toEqual(["library/b"]);
    rig.rights.projects.set("old", { id: "o2", isPublic: false });
    await changed();
    expect(await limitsOf(token)).toEqual(["library/b"]);
    const fresh = await ask(await actorOf(id), ...scopes);
    expect(await limitsOf(fresh)).toEqual(["old/a", "library/b"]);
  });

  test("a push that makes its project goes on with the token it began with", async () => {
    const id = await rig.person("**", [...EVERYTHING, "project:create"]);
    const push = await ask(await actorOf(id), "repository:made/a:pull,push");
    expect(formatScopes(push.granted)).toContain("push");
    expect(claimsOf(push)).toMatchObject({ projects: { made: null } });
    expect(await limitsOf(push)).toEqual(["made/a"]);
    rig.rights.projects.set("made", { id: "m1", isPublic: false });
    await changed();
    expect(await limitsOf(push)).toEqual(["made/a"]);
  });

  test("a name with a meaning in the language is a name like any other", async () => {
    for (const name of ["constructor", "valueof", "hasownproperty"]) {
      const id = await rig.person("**", EVERYTHING);
      rig.rights.projects.set(name, { id: "c1", isPublic: false });
      const token = await ask(await actorOf(id), `repository:${name}/a:pull`);
      expect(await limitsOf(token)).toEqual([`${name}/a`]);
      rig.rights.projects.set(name, { id: "c2", isPublic: false });
      await changed();
      expect(await limitsOf(token)).toEqual([]);
    }
  });
});
