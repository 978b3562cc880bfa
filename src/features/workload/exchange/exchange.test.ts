import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createHmac, randomBytes } from "node:crypto";
import { exportSPKI, generateKeyPair, importJWK, SignJWT } from "jose";
import { type Idp, startIdp } from "../../../../tests/support/idp.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../kernel/clock.ts";
import { systemDoer } from "../../audit/entry.ts";
import type { Robot } from "../../identity/robots/robot.ts";
import { AUDIENCE, codeOf, here, operator, World } from "../suite.ts";
import type { TrustRule, TrustScope } from "../trust/rule.ts";

let idp: Idp;
let world: World;
let scope: NonNullable<TrustScope>;
let robot: Robot;
let rule: TrustRule;
let from = 0;

const subject = "repo:team/app:ref:refs/heads/main";

beforeAll(async () => {
  idp = await startIdp();
  world = await World.open();
  scope = await world.project("team");
  robot = await world.robot(scope, "builder");
  const condition = 'claims.ref == "refs/heads/main"';
  rule = await world.rule(scope, robot, idp.issuer, { subject: "repo:team/app:ref:**", condition });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await idp.close();
});

// Each test comes from an address of its own, so that one's refusals do not slow the next,
// and at a time of its own, so that its entries in the log are told apart.
beforeEach(() => {
  from += 1;
  world.clock.advance(1);
});

const presence = () => ({ ...here, address: `10.1.${from >> 8}.${from & 255}` });
const good = { sub: subject, aud: AUDIENCE, ref: "refs/heads/main", jti: "1" };

function mint(claims: Record<string, unknown> = {}, options: Parameters<Idp["mint"]>[1] = {}) {
  return idp.mint({ ...good, ...claims }, { now: world.clock.now(), ...options });
}

const exchange = (jwt: string, ask = {}) => world.workload.exchange(jwt, presence(), ask);

/** What the log says of a refusal whose words are those of every other. */
async function refusedFor(jwt: string, ask = {}): Promise<string | null | undefined> {
  expect(await codeOf(exchange(jwt, ask))).toBe("workload.refused");
  return (await world.lastRefusal()).reason;
}

describe("a token that a rule takes", () => {
  test.each(["ES256", "RS256", "EdDSA"] as const)(
    "signed with %s is worth a robot's",
    async (algorithm) => {
      const given = await exchange(await mint({}, { algorithm }));
      expect(given.name).toBe("robot+team+builder");
      expect(given.rule).toEqual({ id: rule.id, name: rule.name });
      expect(given.expiresAt).toBe(world.clock.now() + 15 * MINUTE);
      const actor = await world.identity.basic(given.name, given.secret, here);
      expect(actor).toMatchObject({
        principal: { id: robot.id, kind: "robot", administrator: false },
        via: "workload",
        claims: { sub: subject, ref: "refs/heads/main", iss: idp.issuer },
      });
      expect(given.actor).toMatchObject({ principal: { id: robot.id }, via: "workload" });
      expect(given.actor.credentialId).toBe(actor.credentialId);
      expect(given.actor.claims).toEqual(actor.claims);
    },
  );

  test("is recorded with rule, issuer and subject, and never with the secret", async () => {
    const jwt = await mint();
    const { secret } = await exchange(jwt);
    const entry = (await world.log()).findLast(({ result, at }) => {
      return result === "done" && at === world.clock.now();
    });
    expect(entry).toMatchObject({
      action: "workload.exchange",
      result: "done",
      actor_id: robot.id,
      project_id: scope.id,
      object_id: rule.id,
      details: { issuer: idp.issuer, subject, rule: rule.name },
    });
    expect(JSON.stringify(entry)).not.toContain(secret);
    expect(JSON.stringify(entry)).not.toContain(jwt);
    expect((await world.workload.rules.get(scope, rule.id)).lastUsedAt).toBe(world.clock.now());
  });

  test("may be shown again while it lives", async () => {
    const jwt = await mint();
    const [one, two] = [await exchange(jwt), await exchange(jwt)];
    expect(one.secret).not.toBe(two.secret);
  });

  test("may name one audience of several", async () => {
    await exchange(await mint({ aud: ["other", AUDIENCE] }));
  });

  test("is dead when its time is over, and as soon as the robot is disabled", async () => {
    const own = await world.robot(scope, "short");
    await world.rule(scope, own, idp.issuer, { subject: "repo:team/short:*" });
    const short = { sub: "repo:team/short:x" };
    const given = await exchange(await mint(short), { lifetime: 5 * MINUTE });
    const login = () => codeOf(world.identity.basic(given.name, given.secret, presence()));
    expect(await login()).toBe("none");
    world.clock.advance(5 * MINUTE);
    expect(await login()).toBe("access.bad_credentials");
    const again = await exchange(await mint(short));
    await world.identity.robots.disable(systemDoer, own.id);
    expect(await codeOf(world.identity.basic(again.name, again.secret, presence()))).toBe(
      "access.bad_credentials",
    );
    expect(await refusedFor(await mint(short), { robot: own.name })).toBe("no_rule");
  });

  test("lives an hour at most, whatever is asked for", async () => {
    const { expiresAt } = await exchange(await mint(), { lifetime: DAY });
    expect(expiresAt).toBe(world.clock.now() + HOUR);
  });
});

describe("limits", () => {
  const push = [{ actions: ["repository:push"], repositories: ["team/app"] }];

  test("narrow what the token may", async () => {
    const { actor } = await exchange(await mint(), { limits: push });
    expect(actor.limits).toEqual(push);
  });

  test("are those of the robot's own secrets, and can only be narrowed (A38)", async () => {
    const limits = [{ actions: ["repository:push", "repository:pull"], repositories: ["team/**"] }];
    const own = await world.robot(scope, "limited", { limits, lifetime: HOUR });
    await world.rule(scope, own, idp.issuer, { subject: "repo:team/limited:*" });
    const limited = { sub: "repo:team/limited:x" };
    expect((await exchange(await mint(limited))).actor.limits).toEqual(limits);
    expect((await exchange(await mint(limited), { limits: push })).actor.limits).toEqual(push);
    const wider = [{ actions: ["*"], repositories: ["team/app"] }];
    expect(await codeOf(exchange(await mint(limited), { limits: wider }))).toBe(
      "identity.limits_wider",
    );
    world.clock.advance(2 * HOUR);
    expect((await exchange(await mint(limited))).actor.limits).toEqual(limits);
  });
});

describe("refused alike, for a reason that the log knows", () => {
  test.each([
    ["another issuer", { iss: "https://elsewhere.example" }, "no_rule"],
    ["an issuer with a slash too many", { iss: undefined, slash: true }, "no_rule"],
    ["no issuer", { iss: undefined }, "no_rule"],
    ["another audience", { aud: "somebody.else" }, "audience"],
    ["an audience that contains ours", { aud: `${AUDIENCE}.evil.example` }, "audience"],
    ["no audience in a list", { aud: [] }, "malformed"],
    ["no audience", { aud: undefined }, "malformed"],
    ["an audience that is no text", { aud: { [AUDIENCE]: true } }, "malformed"],
    ["another subject", { sub: "repo:evil/app:ref:refs/heads/main" }, "subject"],
    ["a subject that goes on before", { sub: `x${subject}` }, "subject"],
    ["no subject", { sub: undefined }, "malformed"],
    ["a list of subjects", { sub: [subject] }, "malformed"],
    ["another branch", { ref: "refs/heads/evil" }, "condition"],
    ["no branch", { ref: undefined }, "condition"],
    ["a branch of another type", { ref: ["refs/heads/main"] }, "condition"],
    ["no time to die", { exp: undefined }, "claims_missing"],
    ["no time of birth", { iat: undefined }, "claims_missing"],
    ["no beginning", { nbf: undefined }, "claims_missing"],
    ["an end that is no number", { exp: "never" }, "claims_missing"],
  ] as const)("%s", async (_, { slash, ...claims }: Record<string, unknown>, reason) => {
    const given = slash === true ? { iss: `${idp.issuer}/` } : claims;
    expect(await refusedFor(await mint(given))).toBe(reason);
  });

  test("expired, not yet valid, from the future, and too old, with a minute for clocks", async () => {
    const now = world.clock.now() / SECOND;
    const times = (iat: number, nbf: number, exp: number) => mint({ iat, nbf, exp });
    await exchange(await times(now + 59, now + 59, now + 300));
    await exchange(await times(now - 300, now - 300, now - 59));
    expect(await refusedFor(await times(now - 300, now - 300, now - 61))).toBe("expired");
    expect(await refusedFor(await times(now, now + 61, now + 300))).toBe("not_yet");
    expect(await refusedFor(await times(now + 61, now, now + 300))).toBe("not_yet");
    const day = DAY / SECOND;
    expect(await refusedFor(await times(now - day - 61, now - day, now + 300))).toBe("too_old");
  });

  test.each([
    ["", "malformed"],
    ["a.b", "malformed"],
    ["a.b.c.d", "malformed"],
    ["....", "malformed"],
    ["not a token", "malformed"],
    ["x".repeat(20_000), "malformed"],
    [`${b64("[1]")}.${b64("{}")}.AA`, "malformed"],
    [`${b64("{}")}.${b64("{}")}.AA`, "algorithm"],
    [`${b64('{"alg":"ES256","kid":"x"}')}.${b64("{")}.AA`, "malformed"],
    [
      `${b64('{"alg":"ES256","kid":"x"}')}.${b64(`${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`)}.AA`,
      "malformed",
    ],
    [`${b64("[".repeat(8_000))}.${b64("{}")}.AA`, "malformed"],
  ])("what is no token: %.40s", async (text, reason) => {
    expect(await refusedFor(text)).toBe(reason);
  });

  test("a huge token", async () => {
    expect(await refusedFor(await mint({ padding: "x".repeat(16_384) }))).toBe("malformed");
  });

  test("not signed, or signed with the public key as a password (A36)", async () => {
    const [payload = ""] = (await mint()).split(".").slice(1);
    const none = `${b64('{"alg":"none","kid":"x"}')}.${payload}.`;
    expect(await refusedFor(none)).toBe("malformed");
    expect(await refusedFor(`${none}AA`)).toBe("algorithm");
    const key = idp.publicKeys.find(({ kty }) => kty === "RSA");
    if (key === undefined) throw new Error("the issuer has no RSA key");
    const pem = await exportSPKI((await importJWK(key, "RS256")) as CryptoKey);
    for (const alg of ["HS256", "HS384", "HS512"]) {
      const head = b64(JSON.stringify({ alg, kid: key.kid, typ: "JWT" }));
      const mac = createHmac(`sha${alg.slice(2)}`, pem).update(`${head}.${payload}`);
      expect(await refusedFor(`${head}.${payload}.${mac.digest("base64url")}`)).toBe("algorithm");
    }
  });

  test("another's signature, a broken one, and a payload that was changed", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const [head = "", payload = "", signature = ""] = (await mint()).split(".");
    const { kid } = JSON.parse(Buffer.from(head, "base64url").toString());
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid, typ: "JWT" })
      .sign(privateKey);
    expect(await refusedFor(forged)).toBe("signature");
    const random = randomBytes(64).toString("base64url");
    expect(await refusedFor(`${head}.${payload}.${random}`)).toBe("signature");
    const changed = b64(JSON.stringify({ ...claims, jti: "2" }));
    expect(await refusedFor(`${head}.${changed}.${signature}`)).toBe("signature");
  });

  test("a key of another algorithm than the header says", async () => {
    const rsa = idp.publicKeys.find(({ kty }) => kty === "RSA")?.kid;
    expect(await refusedFor(await mint({}, { header: { kid: String(rsa) } }))).toBe("key_unknown");
  });

  test.each([
    ["a key inside", { jwk: { kty: "oct" } }, "header"],
    ["a place for keys", { jku: "https://evil.example/jwks" }, "header"],
    ["certificates", { x5c: ["AA"] }, "header"],
    ["a place for certificates", { x5u: "https://evil.example/x" }, "header"],
    ["another type of token", { typ: "at+jwt" }, "header"],
    ["a key that nobody knows", { kid: "nobody" }, "key_unknown"],
    ["no key id", { kid: "" }, "key_unknown"],
  ])("a header with %s", async (_, header, reason) => {
    expect(await refusedFor(await mint({}, { header: header as never }))).toBe(reason);
  });

  test("the words, the status and the details never differ", async () => {
    const told = new Set<string>();
    const tokens = [
      "nonsense",
      await mint({ aud: "x" }),
      await mint({ sub: "x" }),
      await mint({ ref: "x" }),
      await mint({ iss: "https://elsewhere.example" }),
    ];
    for (const jwt of tokens) {
      const error = await exchange(jwt).catch((each) => each);
      told.add(JSON.stringify([error.code, error.status, error.details, error.message]));
    }
    expect(told.size).toBe(1);
  });

  test("what strangers wrote is marked and cut in the log", async () => {
    await refusedFor(await mint({ sub: `repo:evil/\n${"x".repeat(500)}` }));
    const { details, project_id } = await world.lastRefusal();
    expect(details.verified).toBe(false);
    expect(details.subject).toContain("\\u000a");
    expect(details.subject.length).toBeLessThan(200);
    expect(project_id).toBe(scope.id);
  });
});

describe("of several rules", () => {
  test("the one that is named is asked, and no other", async () => {
    const ask = { rule: rule.id };
    await exchange(await mint(), ask);
    await exchange(await mint(), { robot: "robot+team+builder" });
    await exchange(await mint(), { robot: robot.id });
    expect(await refusedFor(await mint(), { robot: "robot+team+other" })).toBe("no_rule");
    expect(await refusedFor(await mint(), { rule: "01" })).toBe("no_rule");
  });

  test("a stranger's rule cannot decide as whom a pipeline works", async () => {
    const theirs = await world.project("theirs");
    const thief = await world.robot(theirs, "thief");
    const extra = await world.rule(theirs, thief, idp.issuer, { subject: "repo:team/app:**" });
    expect(await refusedFor(await mint())).toBe("ambiguous");
    const given = await exchange(await mint(), { robot: robot.name });
    expect(given.name).toBe(robot.name);
    await world.workload.rules.delete(operator, theirs, extra.id);
    await exchange(await mint());
  });
});

function b64(text: string): string {
  return Buffer.from(text).toString("base64url");
}
