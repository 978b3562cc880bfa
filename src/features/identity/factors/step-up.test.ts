import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SoftwareAuthenticator } from "../../../../tests/support/authenticator.ts";
import { MINUTE } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import type { Session } from "../sessions/session.ts";
import {
  codeOf,
  ORIGIN,
  PASSWORD,
  presenceAt,
  type Suite,
  signIn,
  startSuite,
} from "../sessions/suite.ts";
import { newRecoveryCodes, readRecoveryCode } from "./recovery-codes.ts";

const here = presenceAt("192.0.2.1", "r1");
const administrator = {
  id: "an-administrator",
  kind: "user",
  name: "admin",
  via: "session",
  credentialId: null,
  address: null,
  requestId: null,
};
let suite: Suite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

let count = 0;
async function person(origin = "local") {
  count += 1;
  const who = await suite.person(`step-${count}`, origin);
  return { who, ...(await signIn(suite, who, here)) };
}

/** Somebody with a passkey that does not count, and its recovery codes. */
async function withKey() {
  const { who, session } = await person();
  const device = new SoftwareAuthenticator(ORIGIN, { counts: false });
  const { options, ticket } = await suite.factors.beginPasskey(session);
  const answer = { ticket, response: device.create(options), name: "key" };
  const added = await suite.factors.addPasskey(session, answer, here);
  return { who, device, session: added.session, codes: added.recoveryCodes ?? [] };
}

const recover = (session: Session, code: string) =>
  suite.factors.confirm(session, { method: "recovery", code }, here);
const byPassword = (session: Session, password: string) =>
  suite.factors.confirm(session, { method: "password", password }, here);

async function needed(session: Session): Promise<Failure["details"] | undefined> {
  try {
    await suite.factors.requireFresh(session);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "session.step_up_needed") throw error;
    return error.details;
  }
}

describe("step-up", () => {
  test("a login is a confirmation, for five minutes", async () => {
    const { session } = await person();
    suite.clock.advance(5 * MINUTE - 1);
    expect(await needed(session)).toBeUndefined();
    suite.clock.advance(1);
    expect(await needed(session)).toEqual({ minutes: 5, methods: ["password"] });
  });

  test("what cannot be confirmed is never fresh", async () => {
    const { who } = await person();
    const of = { principalId: who.id, origin: "local", confirmedAt: null };
    expect(await codeOf(suite.factors.requireFresh(of))).toBe("session.step_up_needed");
  });

  test("A44: the password confirms and changes the cookie, a wrong one does neither", async () => {
    const { session, cookie } = await person();
    suite.clock.advance(6 * MINUTE);
    expect(await codeOf(byPassword(session, "wrong"))).toBe("factor.refused");
    expect(await suite.sessions.find(cookie.reveal(), here)).toBeDefined();
    const confirmed = await byPassword(session, PASSWORD);
    expect(await needed(confirmed.session)).toBeUndefined();
    expect(confirmed.session.secondFactorAt).toBeNull();
    expect(await suite.sessions.find(cookie.reveal(), here)).toBeUndefined();
  });

  test("whoever has a second factor confirms with one, not with the password", async () => {
    const { session, device } = await withKey();
    suite.clock.advance(6 * MINUTE);
    expect(await needed(session)).toEqual({ minutes: 5, methods: ["passkey", "recovery"] });
    expect(await codeOf(byPassword(session, PASSWORD))).toBe("factor.refused");
    const { options, ticket } = await suite.factors.askPasskey(session);
    const answer = { ticket, response: device.get(options) };
    const shown = await suite.factors.confirm(session, { method: "passkey", answer }, here);
    expect(await needed(shown.session)).toBeUndefined();
  });

  test("where only the provider knows the password, it is asked again", async () => {
    const { session } = await person("sso");
    suite.clock.advance(6 * MINUTE);
    expect(await needed(session)).toEqual({ minutes: 5, methods: ["sign-in"] });
    expect(await codeOf(byPassword(session, PASSWORD))).toBe("factor.refused");
  });

  test("nothing about factors changes without it", async () => {
    const { who, session } = await withKey();
    const [factor] = (await suite.factors.list(who.id)).factors;
    suite.clock.advance(6 * MINUTE);
    const attempts = [
      () => suite.factors.beginTotp(session, "thief's"),
      () => suite.factors.beginPasskey(session),
      () => suite.factors.regenerate(session, here),
      () => suite.factors.remove(session, factor?.id ?? "", here),
    ];
    for (const work of attempts) expect(await codeOf(work())).toBe("session.step_up_needed");
  });

  test("a confirmation moves the revision that decisions are remembered by", async () => {
    const { session } = await person();
    const before = suite.revision.number;
    await byPassword(session, PASSWORD);
    expect(suite.revision.number).toBeGreaterThan(before);
  });
});

describe("an enrolment that a role requires", () => {
  test("can be paid with a fresh login, and then the session is active", async () => {
    const { who, cookie } = await person();
    suite.mustHave.add(who.id);
    const session = await suite.sessions.find(cookie.reveal(), here);
    if (session === undefined) throw new Error("no session");
    expect(session.state).toBe("owes-enrolment");
    const device = new SoftwareAuthenticator(ORIGIN);
    const { options, ticket } = await suite.factors.beginPasskey(session);
    const answer = { ticket, response: device.create(options), name: "key" };
    const added = await suite.factors.addPasskey(session, answer, here);
    expect(added.session.state).toBe("active");
  });
});

describe("recovery codes", () => {
  test("are ten, unlike, and nowhere to be read again", async () => {
    const { who, codes } = await withKey();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9a-z]{5}-[0-9a-z]{5}$/);
    const rows = await suite.db.read
      .selectFrom("factors")
      .selectAll()
      .where("principal_id", "=", who.id)
      .execute();
    for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code.replace("-", ""));
  });

  test("each is good once, and says how many are left", async () => {
    const { who, codes } = await withKey();
    const [first = "", second = ""] = codes;
    const one = await signIn(suite, who, here);
    const shown = await recover(one.session, ` ${first.toUpperCase().replace("-", " ")} `);
    expect(shown).toMatchObject({ recoveryLeft: 9, session: { state: "active" } });
    const other = await signIn(suite, who, here);
    expect(await codeOf(recover(other.session, first))).toBe("factor.refused");
    expect(await recover(other.session, second)).toMatchObject({ recoveryLeft: 8 });
    const entries = await suite.recorded("factor.use", who.id);
    const used = entries.filter(({ result }) => result === "done");
    expect(used.map(({ details }) => details)).toEqual([{ left: 9 }, { left: 8 }]);
  });

  test("of many requests with one code at once, one wins", async () => {
    const { who, codes } = await withKey();
    const all = Array.from({ length: 4 }, () => signIn(suite, who, here));
    const sessions = await Promise.all(all);
    const ends = await Promise.all(
      sessions.map(({ session }) => codeOf(recover(session, codes[0] ?? ""))),
    );
    expect(ends.filter((end) => end === undefined)).toHaveLength(1);
    expect((await suite.factors.list(who.id)).recoveryLeft).toBe(9);
  });

  test("somebody else's is refused", async () => {
    const [mine, theirs] = [await withKey(), await withKey()];
    const { session } = await signIn(suite, mine.who, here);
    expect(await codeOf(recover(session, theirs.codes[0] ?? ""))).toBe("factor.refused");
  });

  test("new ones make the old ones void", async () => {
    const { who, session, codes } = await withKey();
    const fresh = await suite.factors.regenerate(session, here);
    const next = await signIn(suite, who, here);
    expect(await codeOf(recover(next.session, codes[0] ?? ""))).toBe("factor.refused");
    expect(await recover(next.session, fresh[0] ?? "")).toMatchObject({ recoveryLeft: 9 });
  });

  test("A41: guessing them ends like guessing codes, and apart from it", async () => {
    const { who, codes, device } = await withKey();
    const { session } = await signIn(suite, who, here);
    for (let at = 0; at < 5; at++) {
      expect(await codeOf(recover(session, "aaaaa-aaaaa"))).toBe("factor.refused");
    }
    expect(await codeOf(recover(session, codes[0] ?? ""))).toBe("access.throttled");
    const { options, ticket } = await suite.factors.askPasskey(session);
    const answer = { ticket, response: device.get(options) };
    const shown = await suite.factors.confirm(session, { method: "passkey", answer }, here);
    expect(shown.session.state).toBe("active");
  });

  test("there are none without a factor", async () => {
    const { session } = await person();
    expect(await codeOf(suite.factors.regenerate(session, here))).toBe("factor.none");
  });

  test("however people type one, it is read; nothing else is", () => {
    const { shown } = newRecoveryCodes(suite.keyring, "p", 0);
    for (const code of shown) expect(readRecoveryCode(code)).toBe(code.replace("-", ""));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const code = readRecoveryCode(text);
        expect(code === undefined || /^[0-9a-z]{10}$/.test(code)).toBe(true);
      }),
    );
  });
});

describe("taking factors away", () => {
  test("the last one takes the recovery codes along", async () => {
    const { who, session } = await withKey();
    const { factors } = suite;
    const [factor] = (await factors.list(who.id)).factors;
    await factors.remove(session, factor?.id ?? "", here);
    expect(await factors.list(who.id)).toEqual({ factors: [], recoveryLeft: 0 });
    expect((await signIn(suite, who, here)).session.state).toBe("active");
    const [entry] = await suite.recorded("factor.remove", who.id);
    expect(entry).toMatchObject({ object_kind: "passkey", details: { last: true } });
  });

  test("A27: nobody removes somebody else's", async () => {
    const [mine, theirs] = [await withKey(), await withKey()];
    const [factor] = (await suite.factors.list(theirs.who.id)).factors;
    const work = suite.factors.remove(mine.session, factor?.id ?? "", here);
    expect(await codeOf(work)).toBe("factor.unknown");
  });

  test("A39: a reset by an administrator ends every session, and a login owes nothing", async () => {
    const { who } = await withKey();
    const { cookie } = await signIn(suite, who, here);
    await suite.factors.reset(administrator, who.id);
    expect(await suite.sessions.find(cookie.reveal(), here)).toBeUndefined();
    expect(await suite.sessions.list(who.id)).toEqual([]);
    const next = await signIn(suite, who, here);
    expect(next.session).toMatchObject({ state: "active", generation: 2 });
    const [entry] = await suite.recorded("factor.reset", who.id);
    expect(entry).toMatchObject({
      actor_id: administrator.id,
      object_id: who.id,
      details: { passkey: 1, totp: 0, ended: 2 },
    });
  });

  test("nobody resets their own, nor of whom there is not", async () => {
    const { factors } = suite;
    const own = factors.reset(administrator, administrator.id);
    expect(await codeOf(own)).toBe("factor.own_reset");
    expect(await codeOf(factors.reset(administrator, "nobody"))).toBe("identity.unknown");
  });
});
