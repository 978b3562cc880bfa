import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import { formatScopes, parseScopes } from "../../oci/scope.ts";
import { systemDoer } from "../audit/entry.ts";
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

async function refuse(token: string, node = rig): Promise<void> {
  const asked = async () => node.tokens.actorOf(token, here);
  await expect(asked()).rejects.toMatchObject({ code: "token.invalid" });
}

function claimsOf({ token }: RegistryToken): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

describe("at each use it is looked at again (A39)", () => {
  test.each([
    ["disabled", (id: string) => rig.identity.users.disable(systemDoer, id)],
    ["deleted", (id: string) => rig.identity.users.delete(systemDoer, id)],
    ["given another password", (id: string) => rig.identity.users.setPassword(systemDoer, id, {})],
  ])("a principal that was %s", async (_, end) => {
    const { id, name } = await rig.person("developer", team);
    const { token } = await ask(await rig.login(name), "repository:team/a:pull");
    expect(await rig.tokens.actorOf(token, here)).toMatchObject({ principal: { id } });
    const other = await rigs.node();
    expect(await other.tokens.actorOf(token, here)).toMatchObject({ principal: { id } });
    await end(id);
    await refuse(token);
    // As it does by itself twice a second.
    await other.revision.changed();
    await refuse(token, other);
  });

  test("a right that was taken away", async () => {
    const { id, name } = await rig.person("developer", team);
    const { token } = await ask(await rig.login(name), "repository:team/a:pull");
    const may = async () => {
      const actor = await rig.tokens.actorOf(token, here);
      const resource = { kind: "repository", name: "team/a" } as const;
      return (await rig.access.decide(actor, "repository:pull", resource)).allowed;
    };
    expect(await may()).toBe(true);
    const { items } = await rig.access.bindings.of({ kind: "principal", id }, { limit: 10 });
    const by = { actor: everybodyAt(null), doer: systemDoer };
    for (const each of items) await rig.access.bindings.delete(by, team, each.id);
    expect(await may()).toBe(false);
  });

  test("the token that it was got with, and what that one is limited to", async () => {
    const { name } = await rig.person("developer", team);
    const limits = [{ actions: ["*"], repositories: ["team/a", "team/b"] }];
    const input = { name: "ci", limits };
    const maker = await rig.login(name);
    const personal = await rig.identity.tokens.createPersonal(maker, "r-1", input);
    const actor = await rig.login(name, personal.secret);
    const token = await ask(actor, "repository:team/a:pull", "repository:team/c:pull");
    expect(formatScopes(token.granted)).toBe("repository:team/a:pull");
    const limited = [{ repositories: ["team/a"] }];
    const credentialId = personal.token.id;
    expect(await rig.tokens.actorOf(token.token, here)).toMatchObject({
      credentialId,
      via: "personal",
      limits: limited,
    });
    // For another token the credential's own limits count, and nothing beyond.
    expect((await rig.tokens.wholeActorOf(token.token, here)).limits).toEqual(limits);
    await rig.identity.tokens.revoke(systemDoer, credentialId);
    await refuse(token.token);
    const asked = rig.tokens.wholeActorOf(token.token, here);
    await expect(asked).rejects.toMatchObject({ code: "token.invalid" });
  });

  test("a refresh token, and the one that it was got with", async () => {
    const { name } = await rig.person("developer", team);
    const maker = await rig.login(name);
    const { tokens } = rig.identity;
    const personal = await tokens.createPersonal(maker, "r-1", { name: "laptop" });
    const viaPersonal = await rig.login(name, personal.secret);
    const [one, other] = [
      await tokens.issueRefresh(viaPersonal, "r-1", "docker"),
      await tokens.issueRefresh(maker, "r-1", "docker"),
    ];
    const given: string[] = [];
    for (const { secret } of [one, other]) {
      const actor = await tokens.refresh(secret, here);
      const { token } = await ask(actor, "repository:team/a:pull");
      expect(await rig.tokens.actorOf(token, here)).toMatchObject({ via: "refresh" });
      given.push(token);
    }
    await tokens.revoke(systemDoer, personal.token.id);
    await refuse(given[0] ?? "");
    expect(await rig.tokens.actorOf(given[1] ?? "", here)).toMatchObject({ via: "refresh" });
    await tokens.revoke(systemDoer, other.token.id);
    await refuse(given[1] ?? "");
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
    const { token } = await ask(worker, "repository:team/app/x:pull");
    const first = rig.tokens.actorOf(token, here);
    expect(first).toBeInstanceOf(Promise);
    await first;
    expect(rig.tokens.actorOf(token, here)).not.toBeInstanceOf(Promise);
    // After a change, and when the database was silent for long, everything is asked again.
    await rig.project("another");
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
  let boss: Actor;

  beforeAll(async () => {
    boss = await rig.login((await rig.administrator()).name);
  });

  async function limitsOf(token: RegistryToken) {
    const { limits } = await rig.tokens.actorOf(token.token, here);
    return limits?.flatMap(({ repositories }) => repositories) ?? null;
  }

  test("what was given for the old one gives nothing in the new one, and the rest goes on", async () => {
    const old = await rig.project("old");
    const scopes = ["repository:old/a:pull,push", "repository:library/b:pull"];
    const token = await ask(boss, ...scopes);
    expect(await limitsOf(token)).toEqual(["old/a", "library/b"]);
    await rig.access.projects.delete(systemDoer, old);
    expect(await limitsOf(token)).toEqual(["library/b"]);
    await rig.project("old");
    expect(await limitsOf(token)).toEqual(["library/b"]);
    const fresh = await ask(boss, ...scopes);
    expect(await limitsOf(fresh)).toEqual(["old/a", "library/b"]);
  });

  test("a push that makes its project goes on with the token it began with", async () => {
    const push = await ask(boss, "repository:made/a:pull,push");
    const pull = await ask(boss, "repository:made/a:pull");
    expect(formatScopes(push.granted)).toBe("repository:made/a:pull,push");
    expect(claimsOf(push)).toMatchObject({ projects: { made: null } });
    expect(await limitsOf(push)).toEqual(["made/a"]);
    await rig.project("made");
    expect(await limitsOf(push)).toEqual(["made/a"]);
    // Given before there was anything to pull: "tokens issued before creation are refused".
    expect(await limitsOf(pull)).toEqual([]);
  });

  test("nor on a node that has not heard of it: what is not confirmed is looked up", async () => {
    const id = await rig.project("quiet");
    const token = await ask(boss, "repository:quiet/a:pull");
    const deaf = await rigs.node();
    const limits = async () => (await deaf.tokens.actorOf(token.token, here)).limits;
    expect(await limits()).toHaveLength(1);
    deaf.revision.close();
    await rig.access.projects.delete(systemDoer, id);
    await rig.project("quiet");
    rigs.clock.advance(10 * SECOND);
    await rig.revision.changed();
    expect(await limits()).toEqual([]);
  });

  test("who may not make projects gets nothing for one that is not there", async () => {
    expect(await grants(worker, "repository:nowhere/a:pull,push")).toBe("");
  });

  test("a name with a meaning in the language is a name like any other", async () => {
    for (const name of ["constructor", "valueof", "hasownproperty"]) {
      const id = await rig.project(name);
      const token = await ask(boss, `repository:${name}/a:pull`);
      expect(await limitsOf(token)).toEqual([`${name}/a`]);
      await rig.access.projects.delete(systemDoer, id);
      await rig.project(name);
      expect(await limitsOf(token)).toEqual([]);
    }
  });
});
