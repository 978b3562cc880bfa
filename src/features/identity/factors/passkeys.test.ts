import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SoftwareAuthenticator, type Twist } from "../../../../tests/support/authenticator.ts";
import { MINUTE } from "../../../kernel/clock.ts";
import type { Session } from "../sessions/session.ts";
import { codeOf, ORIGIN, presenceAt, type Suite, signIn, startSuite } from "../sessions/suite.ts";
import { readAssertion, readRegistration } from "./passkey-response.ts";
import { redeemTicket } from "./ticket.ts";

const here = presenceAt("192.0.2.1", "r1");
let suite: Suite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

let count = 0;
/** Somebody with a passkey, and the session that added it. */
async function enrolled({ counts = true, origin = "local" } = {}) {
  count += 1;
  const who = await suite.person(`key-${count}`, origin);
  const first = await signIn(suite, who, here);
  const device = new SoftwareAuthenticator(ORIGIN, { counts });
  const added = await add(first.session, device);
  return { who, first, added, device };
}

async function add(session: Session, device: SoftwareAuthenticator, twist: Twist = {}) {
  const { options, ticket } = await suite.factors.beginPasskey(session);
  const answer = { ticket, response: device.create(options, twist), name: "blue key" };
  return suite.factors.addPasskey(session, answer, here);
}

async function assertion(session: Session, device: SoftwareAuthenticator, twist: Twist = {}) {
  const { options, ticket } = await suite.factors.askPasskey(session);
  return { ticket, response: device.get(options, twist) };
}

type Answer = Awaited<ReturnType<typeof assertion>>;
const show = (session: Session, answer: Answer) =>
  suite.factors.confirm(session, { method: "passkey", answer }, here);

const WRONG_PLACES: [string, Twist][] = [
  ["another page's", { origin: "https://registry.example.com.evil.test" }],
  ["another scheme's", { origin: "http://registry.example.com" }],
  ["another host's", { rpId: "example.com" }],
  ["one without PIN, finger or face", { verified: false }],
];

describe("adding a passkey", () => {
  test("asks for one that signs in by itself and checks its user", async () => {
    const who = await suite.person("asked");
    const { session } = await signIn(suite, who, here);
    const { options } = await suite.factors.beginPasskey(session);
    expect(options).toMatchObject({
      rp: { id: "registry.example.com", name: "Entrepôt" },
      user: { id: Buffer.from(who.id).toString("base64url"), name: "asked" },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
  });

  test("A44: counts as shown, under another cookie, and brings recovery codes", async () => {
    const { who, first, added } = await enrolled();
    expect(added.session).toMatchObject({ state: "active", actor: { secondFactor: true } });
    expect(added.recoveryCodes).toHaveLength(10);
    expect(await suite.sessions.find(first.cookie.reveal(), here)).toBeUndefined();
    expect((await suite.factors.list(who.id)).factors).toMatchObject([
      { kind: "passkey", name: "blue key", lastUsedAt: null },
    ]);
  });

  test("several are several, and each is told to the browser as known", async () => {
    const { who, added } = await enrolled();
    const other = await add(added.session, new SoftwareAuthenticator(ORIGIN));
    expect((await suite.factors.list(who.id)).factors).toHaveLength(2);
    const { options } = await suite.factors.beginPasskey(other.session);
    expect(options.excludeCredentials).toHaveLength(2);
  });

  test.each(WRONG_PLACES)("%s is refused", async (_, twist) => {
    count += 1;
    const who = await suite.person(`wrong-${count}`);
    const { session } = await signIn(suite, who, here);
    const work = add(session, new SoftwareAuthenticator(ORIGIN), twist);
    expect(await codeOf(work)).toBe("factor.passkey_invalid");
  });

  test("one that is registered already is refused, by whomever", async () => {
    const { added, device } = await enrolled();
    const again = add(added.session, device, { again: true });
    expect(await codeOf(again)).toBe("factor.passkey_taken");
    const other = await enrolled();
    const taken = add(other.added.session, device, { again: true });
    expect(await codeOf(taken)).toBe("factor.passkey_taken");
  });

  test("an answer is good once", async () => {
    const { added, device } = await enrolled();
    const { options, ticket } = await suite.factors.beginPasskey(added.session);
    const answer = { ticket, response: device.create(options), name: "" };
    const next = await suite.factors.addPasskey(added.session, answer, here);
    const again = suite.factors.addPasskey(next.session, answer, here);
    expect(await codeOf(again)).toBe("factor.challenge_expired");
  });

  test("an assertion's ticket is none for adding, nor another session's", async () => {
    const { added, device } = await enrolled();
    const other = await enrolled();
    const asked = await suite.factors.askPasskey(added.session);
    const theirs = await suite.factors.beginPasskey(other.added.session);
    for (const { ticket } of [asked, theirs]) {
      const response = device.create({ ...theirs.options, challenge: asked.options.challenge });
      const work = suite.factors.addPasskey(added.session, { ticket, response, name: "x" }, here);
      expect(await codeOf(work)).toBe("factor.challenge_expired");
    }
  });
});

describe("a passkey as the second factor", () => {
  async function owing(counts = true) {
    const person = await enrolled({ counts });
    const { cookie, session } = await signIn(suite, person.who, here);
    expect(session.state).toBe("owes-factor");
    return { ...person, cookie: cookie.reveal(), session };
  }

  test("A44: makes the session active, under another cookie", async () => {
    const { who, device, session, cookie } = await owing();
    const shown = await show(session, await assertion(session, device));
    expect(shown.session).toMatchObject({ id: session.id, state: "active" });
    expect(await suite.sessions.find(cookie, here)).toBeUndefined();
    const [entry] = await suite.recorded("factor.use", who.id);
    expect(entry).toMatchObject({ object_kind: "passkey", actor_id: who.id, result: "done" });
  });

  test.each(WRONG_PLACES)("%s is refused, and audited", async (_, twist) => {
    const { who, device, session } = await owing();
    const answer = await assertion(session, device, twist);
    expect(await codeOf(show(session, answer))).toBe("factor.refused");
    expect(await suite.recorded("factor.use", who.id)).toMatchObject([
      { result: "denied", reason: "factor.refused" },
    ]);
  });

  test("somebody else's is refused", async () => {
    const mine = await owing();
    const theirs = await owing();
    const { ticket, options } = await suite.factors.askPasskey(mine.session);
    const response = theirs.device.get({ ...options, allowCredentials: undefined });
    expect(await codeOf(show(mine.session, { ticket, response }))).toBe("factor.refused");
  });

  test("a changed signature is refused", async () => {
    const { device, session } = await owing();
    const { ticket, response } = await assertion(session, device);
    const signature = Buffer.from(response.response.signature, "base64url");
    signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    const forged = { ...response.response, signature: signature.toString("base64url") };
    const answer = { ticket, response: { ...response, response: forged } };
    expect(await codeOf(show(session, answer))).toBe("factor.refused");
  });

  test("an answer is good once, for five minutes, and for the session that was asked", async () => {
    const { who, device, session } = await owing(false);
    const answer = await assertion(session, device);
    const other = await signIn(suite, who, here);
    expect(await codeOf(show(other.session, answer))).toBe("factor.challenge_expired");
    const shown = await show(session, answer);
    expect(await codeOf(show(shown.session, answer))).toBe("factor.challenge_expired");
    const late = await assertion(other.session, device);
    suite.clock.advance(5 * MINUTE);
    expect(await codeOf(show(other.session, late))).toBe("factor.challenge_expired");
  });

  test("of many requests with one answer at once, one wins", async () => {
    const { device, session } = await owing(false);
    const answer = await assertion(session, device);
    const ends = await Promise.all(Array.from({ length: 4 }, () => codeOf(show(session, answer))));
    expect(ends.filter((end) => end === undefined)).toHaveLength(1);
  });

  test.each([
    ["stands still", 1],
    ["goes back", 0],
  ])("a signature counter that %s tells of a copy", async (_, counter) => {
    const { who, device, session } = await owing();
    await show(session, await assertion(session, device));
    const next = await signIn(suite, who, here);
    const answer = await assertion(next.session, device, { counter });
    expect(await codeOf(show(next.session, answer))).toBe("factor.refused");
    const better = await assertion(next.session, device);
    expect((await show(next.session, better)).session.state).toBe("active");
  });

  test("an authenticator that does not count is taken again and again", async () => {
    const { who, device, session } = await owing(false);
    await show(session, await assertion(session, device));
    const next = await signIn(suite, who, here);
    const shown = await show(next.session, await assertion(next.session, device));
    expect(shown.session.state).toBe("active");
  });
});

describe("signing in by a passkey alone", () => {
  async function asked(device: SoftwareAuthenticator, twist: Twist = {}) {
    const { options, ticket } = await suite.factors.askSignIn();
    expect(options.allowCredentials).toBeUndefined();
    expect(options.userVerification).toBe("required");
    return { ticket, response: device.get(options, twist) };
  }

  test("opens a session that has shown both factors", async () => {
    const { who, device } = await enrolled();
    const { session } = await suite.factors.signIn(await asked(device), here);
    expect(session).toMatchObject({
      principalId: who.id,
      provider: "passkey",
      state: "active",
      actor: { secondFactor: true, confirmedAt: suite.clock.now() },
    });
    const logins = await suite.recorded("login", who.id);
    expect(logins).toMatchObject([{ result: "done", object_kind: "passkey" }]);
  });

  test("A44: ends the session whose cookie the browser had", async () => {
    const { device } = await enrolled();
    const planted = await signIn(suite, await suite.person("planter"), here);
    const cookie = planted.cookie.reveal();
    await suite.factors.signIn(await asked(device), here, cookie);
    expect(await suite.sessions.find(cookie, here)).toBeUndefined();
  });

  test.each(WRONG_PLACES)("%s is refused like everything else (A40)", async (_, twist) => {
    const { device } = await enrolled();
    const work = suite.factors.signIn(await asked(device, twist), here);
    expect(await codeOf(work)).toBe("access.bad_credentials");
  });

  test("a user handle of somebody else's is refused", async () => {
    const { device } = await enrolled();
    const other = await suite.person("handle");
    const userHandle = Buffer.from(other.id).toString("base64url");
    const answer = await asked(device, { userHandle });
    expect(await codeOf(suite.factors.signIn(answer, here))).toBe("access.bad_credentials");
  });

  test.each([
    ["disabled", { disabled_at: 1 }],
    ["deleted", { deleted_at: 1 }],
  ])("nobody who is %s signs in", async (_, set) => {
    const { who, device } = await enrolled();
    await suite.change(who.id, set);
    const answer = await asked(device);
    expect(await codeOf(suite.factors.signIn(answer, here))).toBe("access.bad_credentials");
  });

  test("A39: not past a provider that nobody would ask", async () => {
    const { who, device } = await enrolled({ origin: "sso" });
    const work = suite.factors.signIn(await asked(device), here);
    expect(await codeOf(work)).toBe("access.bad_credentials");
    const denied = await suite.recorded("login", who.id);
    expect(denied).toMatchObject([{ result: "denied", reason: "factor.not_alone" }]);
  });

  test("an answer is good once, and none for a session's question", async () => {
    const { device, added } = await enrolled({ counts: false });
    const answer = await asked(device);
    await suite.factors.signIn(answer, here);
    expect(await codeOf(suite.factors.signIn(answer, here))).toBe("factor.challenge_expired");
    const other = await assertion(added.session, device);
    expect(await codeOf(suite.factors.signIn(other, here))).toBe("factor.challenge_expired");
  });

  test("A41: a source that sends nothing but wrong answers is told to wait", async () => {
    const from = presenceAt("203.0.113.9");
    const junk = async () => {
      const { ticket } = await suite.factors.askSignIn();
      return codeOf(suite.factors.signIn({ ticket, response: {} }, from));
    };
    const ends: (string | undefined)[] = [];
    for (let at = 0; at < 31; at++) ends.push(await junk());
    expect(new Set(ends.slice(0, 30))).toEqual(new Set(["access.bad_credentials"]));
    expect(ends[30]).toBe("access.throttled");
    const { device } = await enrolled();
    expect((await suite.factors.signIn(await asked(device), here)).session.state).toBe("active");
  });
});

describe("what arrives in the place of an answer", () => {
  test("whatever it is, reading it does not throw", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        readAssertion(value);
        readRegistration(value);
      }),
    );
  });

  test("fields of the right form and random content are refused and nothing worse", async () => {
    const { added } = await enrolled();
    const text = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);
    const credential = { id: text, rawId: text, type: fc.constant("public-key") };
    const response = fc.record({ clientDataJSON: text, attestationObject: text });
    await fc.assert(
      fc.asyncProperty(fc.record({ ...credential, response }), async (value) => {
        const { ticket } = await suite.factors.beginPasskey(added.session);
        const answer = { ticket, response: value, name: "x" };
        const work = suite.factors.addPasskey(added.session, answer, here);
        expect(await codeOf(work)).toBe("factor.passkey_invalid");
      }),
      { numRuns: 50 },
    );
  });

  test("a ticket that is junk, or too long, has expired", () => {
    const asking = { purpose: "sign-in", sessionId: null } as const;
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (ticket) => {
        expect(() => redeemTicket(suite.keyring, asking, ticket, 0)).toThrow("too old");
      }),
    );
  });
});
