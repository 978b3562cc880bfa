import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Secret as OtpSecret, TOTP, URI } from "otpauth";
import { HOUR, MINUTE, SECOND } from "../../../kernel/clock.ts";
import { Secret } from "../../../kernel/secret.ts";
import { openKeyring } from "../../../platform/sealing/keyring.ts";
import type { Session } from "../sessions/session.ts";
import { codeOf, presenceAt, type Suite, signIn, startSuite } from "../sessions/suite.ts";
import { readCode, stepOf } from "./totp.ts";

const STEP = 30 * SECOND;
const here = presenceAt("192.0.2.1", "r1");
let suite: Suite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

const find = (cookie: string) => suite.sessions.find(cookie, here);
const show = (session: Session, code: string, presence = here) =>
  suite.factors.confirm(session, { method: "totp", code }, presence);

let count = 0;
/** Somebody with an authenticator app on their phone, and the session that enrolled it. */
async function enrolled() {
  count += 1;
  const who = await suite.person(`totp-${count}`);
  const first = await signIn(suite, who, here);
  const { id, uri, secret } = await suite.factors.beginTotp(first.session, "phone");
  const phone = URI.parse(uri.reveal());
  if (!(phone instanceof TOTP)) throw new Error("not a TOTP");
  const code = () => phone.generate({ timestamp: suite.clock.now() });
  const added = await suite.factors.confirmTotp(first.session, { id, code: code() }, here);
  suite.clock.advance(STEP);
  return { who, id, first, added, code, wrong: () => wrongCode(phone), secret };
}

/** A code that is not right now, nor one step away. */
function wrongCode(phone: TOTP): string {
  const steps = [-STEP, 0, STEP];
  const right = steps.map((off) => phone.generate({ timestamp: suite.clock.now() + off }));
  return ["000000", "111111", "222222", "333333"].find((code) => !right.includes(code)) ?? "";
}

/** A new login of theirs, which owes the second factor. */
async function owing(of: { who: { id: string; name: string } }, presence = here) {
  const { cookie, session } = await signIn(suite, of.who, presence);
  return { cookie: cookie.reveal(), session };
}

describe("enrolling an authenticator app", () => {
  test("the URI is what phones read, and the row holds neither it nor the secret", async () => {
    const { id, secret, who } = await enrolled();
    const row = await suite.db.read
      .selectFrom("factors")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ kind: "totp", name: "phone", principal_id: who.id });
    expect(JSON.stringify(row)).not.toContain(secret.reveal());
    expect(suite.keyring.open(`factor:${id}`, row.secret)).toBe(secret.reveal());
  });

  test("a wrong first code confirms nothing", async () => {
    const who = await suite.person("wrong-first");
    const { session, cookie } = await signIn(suite, who, here);
    const { id, uri } = await suite.factors.beginTotp(session, "phone");
    const wrong = wrongCode(URI.parse(uri.reveal()) as TOTP);
    for (const code of [wrong, "", "12345", "abcdef"]) {
      const work = suite.factors.confirmTotp(session, { id, code }, here);
      expect(await codeOf(work)).toBe("factor.refused");
    }
    expect((await suite.factors.list(who.id)).factors).toEqual([]);
    expect((await find(cookie.reveal()))?.state).toBe("active");
  });

  test("A44: the session that enrolled gets another cookie and counts as shown", async () => {
    const { first, added, id } = await enrolled();
    expect(await find(first.cookie.reveal())).toBeUndefined();
    expect(added.session).toMatchObject({ state: "active", actor: { secondFactor: true } });
    const [entry] = await suite.recorded("factor.enrol", id);
    expect(entry).toMatchObject({ object_kind: "totp", object_id: id, result: "done" });
  });

  test("the first factor brings ten recovery codes, the second none", async () => {
    const { added, who } = await enrolled();
    expect(added.recoveryCodes).toHaveLength(10);
    const { id, uri } = await suite.factors.beginTotp(added.session, "tablet");
    const code = URI.parse(uri.reveal()) as TOTP;
    const next = await suite.factors.confirmTotp(
      added.session,
      { id, code: code.generate({ timestamp: suite.clock.now() }) },
      here,
    );
    expect(next.recoveryCodes).toBeNull();
    expect(await codeOf(suite.factors.beginTotp(next.session, "third"))).toBe("factor.too_many");
    expect((await suite.factors.list(who.id)).factors).toHaveLength(2);
  });

  test("one that nobody confirms is void after an hour, and then purged", async () => {
    const who = await suite.person("slow");
    const { session, cookie } = await signIn(suite, who, here);
    const { id, secret } = await suite.factors.beginTotp(session, "phone");
    suite.clock.advance(HOUR);
    const phone = new TOTP({ secret: OtpSecret.fromBase32(secret.reveal()) });
    const code = phone.generate({ timestamp: suite.clock.now() });
    const again = await suite.factors.confirm(
      (await find(cookie.reveal())) ?? session,
      { method: "password", password: "right horse battery" },
      here,
    );
    const work = suite.factors.confirmTotp(again.session, { id, code }, here);
    expect(await codeOf(work)).toBe("factor.unknown");
    suite.clock.advance(1);
    await suite.purge();
    const left = suite.db.read.selectFrom("factors").select("id").where("id", "=", id).execute();
    expect(await left).toEqual([]);
  });

  test("A27: an enrolment of somebody else's cannot be confirmed", async () => {
    const [mine, theirs] = [await suite.person("mine"), await suite.person("theirs")];
    const one = await signIn(suite, mine, here);
    const other = await signIn(suite, theirs, here);
    const { id, uri } = await suite.factors.beginTotp(one.session, "phone");
    const code = (URI.parse(uri.reveal()) as TOTP).generate({ timestamp: suite.clock.now() });
    const work = suite.factors.confirmTotp(other.session, { id, code }, here);
    expect(await codeOf(work)).toBe("factor.unknown");
  });
});

describe("a login of somebody with a second factor", () => {
  test("owes it, and until then can neither act nor bring another factor", async () => {
    const person = await enrolled();
    const { session } = await owing(person);
    expect(session.state).toBe("owes-factor");
    expect(() => suite.sessions.requireActive(session)).toThrow("second factor");
    const { factors } = suite;
    const attempts = [
      () => factors.beginTotp(session, "thief's"),
      () => factors.beginPasskey(session),
      () => factors.regenerate(session, here),
      () => factors.remove(session, person.id, here),
    ];
    for (const work of attempts) expect(await codeOf(work())).toBe("session.factor_needed");
  });

  test("A44: the right code makes it active under another cookie", async () => {
    const person = await enrolled();
    const { cookie, session } = await owing(person);
    const shown = await show(session, person.code());
    expect(shown.session).toMatchObject({ id: session.id, state: "active" });
    expect(shown.session.actor).toMatchObject({ secondFactor: true });
    expect(await find(cookie)).toBeUndefined();
  });

  test("the password is no second factor", async () => {
    const { session } = await owing(await enrolled());
    const proof = { method: "password", password: "right horse battery" } as const;
    expect(await codeOf(suite.factors.confirm(session, proof, here))).toBe("factor.refused");
  });

  test("clocks may be off by one step and not by two", async () => {
    const person = await enrolled();
    const early = person.code();
    suite.clock.advance(STEP);
    const { session } = await owing(person);
    expect((await show(session, early)).session.state).toBe("active");
    const late = person.code();
    suite.clock.advance(2 * STEP);
    const next = await owing(person);
    expect(await codeOf(show(next.session, late))).toBe("factor.refused");
  });

  test("a code is good once: for no other session, and for no earlier step", async () => {
    const person = await enrolled();
    const earlier = person.code();
    suite.clock.advance(STEP);
    const code = person.code();
    const [one, other] = [await owing(person), await owing(person)];
    await show(one.session, code);
    expect(await codeOf(show(other.session, code))).toBe("factor.refused");
    expect(await codeOf(show(other.session, earlier))).toBe("factor.refused");
    expect((await find(other.cookie))?.state).toBe("owes-factor");
  });

  test("of many requests with one code at once, one wins", async () => {
    const person = await enrolled();
    const sessions = await Promise.all(Array.from({ length: 4 }, () => owing(person)));
    const code = person.code();
    const ends = await Promise.all(sessions.map(({ session }) => codeOf(show(session, code))));
    expect(ends.filter((end) => end === undefined)).toHaveLength(1);
    expect(ends.filter((end) => end === "factor.refused")).toHaveLength(3);
  });

  test("the first code that confirmed the app is used up as well", async () => {
    const who = await suite.person("reuse");
    const first = await signIn(suite, who, here);
    const { id, uri } = await suite.factors.beginTotp(first.session, "phone");
    const code = (URI.parse(uri.reveal()) as TOTP).generate({ timestamp: suite.clock.now() });
    await suite.factors.confirmTotp(first.session, { id, code }, here);
    const { session } = await owing({ who });
    expect(await codeOf(show(session, code))).toBe("factor.refused");
  });

  test("each use and each refusal is in the audit log", async () => {
    const person = await enrolled();
    const { session } = await owing(person);
    await codeOf(show(session, person.wrong()));
    await show(session, person.code());
    const entries = await suite.recorded("factor.use", person.who.id);
    expect(entries).toMatchObject([
      { object_kind: "totp", result: "denied", reason: "factor.refused" },
      { object_kind: "totp", object_id: person.id, result: "done" },
    ]);
  });
});

describe("A41: guessing codes", () => {
  type Enrolled = Awaited<ReturnType<typeof enrolled>>;
  const wrong = async (of: Enrolled, session: Session, times: number, presence = here) => {
    const ends: (string | undefined)[] = [];
    for (let at = 0; at < times; at++) ends.push(await codeOf(show(session, of.wrong(), presence)));
    return ends;
  };

  test("five wrong ones, then even the right one waits until the window ends", async () => {
    const person = await enrolled();
    const { session } = await owing(person);
    expect(new Set(await wrong(person, session, 5))).toEqual(new Set(["factor.refused"]));
    const refused = show(session, person.code());
    expect(await codeOf(refused)).toBe("access.throttled");
    expect(await refused.catch(({ details }) => details)).toEqual({ retry_after: 900 });
    suite.clock.advance(15 * MINUTE);
    const later = await owing(person);
    expect((await show(later.session, person.code())).session.state).toBe("active");
  });

  test("neither many sessions nor many addresses give more", async () => {
    const person = await enrolled();
    const sessions = await Promise.all(Array.from({ length: 12 }, () => owing(person)));
    const ends = await Promise.all(
      sessions.map(({ session }, at) =>
        codeOf(show(session, person.wrong(), presenceAt(`203.0.113.${at}`))),
      ),
    );
    expect(ends.filter((end) => end === "factor.refused")).toHaveLength(5);
    expect(ends.filter((end) => end === "access.throttled")).toHaveLength(7);
  });

  test("right ones cost nothing", async () => {
    const person = await enrolled();
    for (let login = 0; login < 8; login++) {
      const { session } = await owing(person);
      await show(session, person.code());
      suite.clock.advance(STEP);
    }
  });

  test("a stranger who knows the password does not shut the owner out", async () => {
    const person = await enrolled();
    const home = await owing(person);
    await show(home.session, person.code());
    suite.clock.advance(STEP);
    const far = presenceAt("203.0.113.66");
    const stranger = await owing(person, far);
    expect((await wrong(person, stranger.session, 9, far)).slice(5)).toEqual(
      Array(4).fill("access.throttled"),
    );
    const again = await owing(person);
    expect((await show(again.session, person.code())).session.state).toBe("active");
  });

  test("a flood of refused attempts leaves one line in the audit log", async () => {
    const person = await enrolled();
    const { session } = await owing(person);
    await wrong(person, session, 12);
    const entries = await suite.recorded("factor.use", person.who.id);
    expect(entries.filter(({ reason }) => reason === "access.throttled")).toHaveLength(1);
  });
});

test("a secret sealed with an older key is read, and sealed anew", async () => {
  const person = await enrolled();
  const newer = openKeyring([new Secret("the next key, which seals from now on"), suite.secret]);
  const rooms = suite.openWith(newer);
  const sealedOf = async () => {
    const { secret } = await suite.db.read
      .selectFrom("factors")
      .select("secret")
      .where("id", "=", person.id)
      .executeTakeFirstOrThrow();
    return secret;
  };
  expect(newer.isStale(await sealedOf())).toBe(true);
  const { session } = await owing(person);
  const proof = { method: "totp", code: person.code() } as const;
  await rooms.factors.confirm(session, proof, here);
  expect(newer.isStale(await sealedOf())).toBe(false);
  expect(await rooms.factors.reseal()).toBeGreaterThan(10);
  expect(await rooms.factors.reseal()).toBe(0);
  const recovery = { method: "recovery", code: person.added.recoveryCodes?.[0] ?? "" } as const;
  const next = await owing(person);
  expect(await rooms.factors.confirm(next.session, recovery, here)).toMatchObject({
    recoveryLeft: 9,
  });
});

describe("codes as text", () => {
  test.each([
    ["123456", "123456"],
    [" 123 456 ", "123456"],
    ["12345", undefined],
    ["1234567", undefined],
    ["１２３４５６", undefined],
    ["-12345", undefined],
    [`1${" ".repeat(1_000)}23456`, undefined],
  ])("%j", (text, code) => {
    expect(readCode(text)).toBe(code);
  });

  test("RFC 6238: the SHA-1 vectors, by their last six digits", () => {
    const secret = OtpSecret.fromUTF8("12345678901234567890").base32;
    expect(stepOf(secret, "287082", 59_000)).toBe(1);
    expect(stepOf(secret, "081804", 1_111_111_109_000)).toBe(0x23523ec);
    expect(stepOf(secret, "353130", 20_000_000_000_000)).toBe(0x27bc86aa);
  });

  test("no text makes it throw", () => {
    const secret = new OtpSecret().base32;
    fc.assert(
      fc.property(fc.string(), (text) => {
        const code = readCode(text);
        if (code !== undefined) stepOf(secret, code, 0);
      }),
    );
  });
});
