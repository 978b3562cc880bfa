import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Idp, startIdp } from "../../../../tests/support/idp.ts";
import { MINUTE, SECOND } from "../../../kernel/clock.ts";
import { systemDoer } from "../../audit/entry.ts";
import type { Robot } from "../../identity/robots/robot.ts";
import { AUDIENCE, codeOf, here, operator, World } from "../suite.ts";
import type { TrustScope } from "../trust/rule.ts";

let idp: Idp;
let world: World;
let scope: NonNullable<TrustScope>;
let robot: Robot;
let leadsTo: string;

beforeEach(async () => {
  leadsTo = "127.0.0.1";
  idp = await startIdp();
  world = await World.open({
    allow: ["127.0.0.1"],
    resolve: async (host) => (host === "issuer.example" ? [leadsTo] : []),
  });
  scope = await world.project("team");
  robot = await world.robot(scope, "builder");
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await idp.close();
});

const good = { sub: "repo:team/app:x", aud: AUDIENCE };
const mint = (claims: Record<string, unknown> = {}) =>
  idp.mint({ ...good, ...claims }, { now: world.clock.now() });
const exchange = (jwt: string, ask = {}) => world.workload.exchange(jwt, here, ask);

async function refusedFor(jwt: string): Promise<string | null> {
  expect(await codeOf(exchange(jwt))).toBe("workload.refused");
  return (await world.lastRefusal()).reason;
}

describe("JWT-SVIDs", () => {
  const domain = "spiffe://prod.example.com";
  const sub = `${domain}/ns/ci/sa/builder`;
  const svid = (claims = {}) => mint({ iss: undefined, nbf: undefined, sub, ...claims });

  beforeEach(async () => {
    const more = { jwksUrl: idp.jwksUrl, subject: `${domain}/ns/ci/**` };
    await world.rule(scope, robot, domain, more);
  });

  test("need no issuer and no beginning", async () => {
    expect((await exchange(await svid())).name).toBe(robot.name);
  });

  test("may have an issuer, which means nothing", async () => {
    await exchange(await svid({ iss: "https://spire.example.com" }));
  });

  test("of another trust domain, path or signer are refused", async () => {
    expect(await refusedFor(await svid({ sub: "spiffe://evil.example/ns/ci/x" }))).toBe("no_rule");
    expect(await refusedFor(await svid({ sub: `${domain}/ns/evil/sa/x` }))).toBe("subject");
    const other = await startIdp();
    const jwt = await other.mint({ ...good, iss: undefined, sub }, { now: world.clock.now() });
    await other.close();
    expect(await refusedFor(jwt)).toBe("key_unknown");
  });

  test("cannot be said to be one by an issuer who is trusted for something else", async () => {
    const other = await startIdp();
    const subject = "repo:team/app:*";
    await world.rule(scope, robot, other.issuer, { subject });
    const jwt = await other.mint({ aud: AUDIENCE, sub }, { now: world.clock.now() });
    expect(await refusedFor(jwt)).toBe("key_unknown");
    await other.close();
  });
});

describe("changes count at once", () => {
  test("a rule that is switched off, changed or deleted, and a robot or project that goes", async () => {
    const { rules } = world.workload;
    const { id } = await world.rule(scope, robot, idp.issuer);
    await exchange(await mint());
    await rules.update(operator, scope, id, { enabled: false });
    expect(await refusedFor(await mint())).toBe("no_rule");
    await rules.update(operator, scope, id, { enabled: true, audience: "another" });
    expect(await refusedFor(await mint())).toBe("audience");
    await rules.update(operator, scope, id, { audience: AUDIENCE });
    await exchange(await mint());
    await world.identity.robots.disable(systemDoer, robot.id);
    expect(await refusedFor(await mint())).toBe("no_rule");
    await world.identity.robots.enable(systemDoer, robot.id);
    await exchange(await mint());
    await world.access.projects.delete(systemDoer, scope.id);
    expect(await refusedFor(await mint())).toBe("no_rule");
  });
});

describe("an issuer behind a name", () => {
  test("is called at an address that was judged when it was called", async () => {
    const port = new URL(idp.issuer).port;
    const issuer = `http://issuer.example:${port}`;
    const jwksUrl = `${issuer}/jwks`;
    await world.rule(scope, robot, issuer, { jwksUrl });
    leadsTo = "127.0.0.2";
    // Refused without a call, and the caller hears nothing of it (A47).
    expect(await refusedFor(await mint({ iss: issuer }))).toBe("keys_unavailable");
    expect(world.faults).toEqual(["127.0.0.2 is inside and not in outbound.allow"]);
    leadsTo = "127.0.0.1";
    expect(await refusedFor(await mint({ iss: issuer }))).toBe("keys_unavailable");
    world.clock.advance(30 * SECOND);
    await exchange(await mint({ iss: issuer }));
  });
});

describe("a flood", () => {
  test("of strangers' tokens makes no call, and is slowed down by its source alone", async () => {
    await world.rule(scope, robot, idp.issuer);
    let throttled: unknown;
    for (let at = 0; at < 40 && throttled === undefined; at++) {
      const jwt = await mint({ iss: `https://issuer-${at}.example` });
      const error = await exchange(jwt).catch((each) => each);
      if (error.code === "access.throttled") throttled = error;
      else expect(error.code).toBe("workload.refused");
    }
    expect(throttled).toMatchObject({ status: 429, details: { retry_after: 1 } });
    expect(world.faults).toEqual([]);
    const elsewhere = { ...here, address: "192.0.2.99" };
    await world.workload.exchange(await mint(), elsewhere);
    world.clock.advance(2 * MINUTE);
    await exchange(await mint());
  });
});
