import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DAY, HOUR, MINUTE } from "../../../kernel/clock.ts";
import { sessionVerifier } from "./secret.ts";
import { codeOf, presenceAt, type Suite, signIn, startSuite } from "./suite.ts";

let suite: Suite;
const here = presenceAt("192.0.2.1", "r1");

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite.close());

let count = 0;
async function opened() {
  count += 1;
  const who = await suite.person(`person-${count}`);
  const { cookie, session } = await signIn(suite, who, here);
  return { who, cookie: cookie.reveal(), session };
}
const find = (cookie: string) => suite.sessions.find(cookie, here);

describe("a session", () => {
  test("is found by its cookie and says who it is", async () => {
    const { who, cookie, session } = await opened();
    expect(await find(cookie)).toMatchObject({
      id: session.id,
      principalId: who.id,
      state: "active",
      actor: {
        principalId: who.id,
        via: "session",
        credentialId: session.id,
        generation: 1,
        address: "192.0.2.1",
        secondFactor: false,
        confirmedAt: suite.clock.now(),
      },
    });
    const [entry] = await suite.recorded("session.open", session.id);
    expect(entry).toMatchObject({ actor_id: who.id, object_id: session.id, result: "done" });
  });

  test("the row holds a hash and the session's JSON neither cookie nor hash", async () => {
    const { cookie, session } = await opened();
    const row = await suite.db.read
      .selectFrom("sessions")
      .selectAll()
      .where("id", "=", session.id)
      .executeTakeFirstOrThrow();
    expect(row.verifier).toBe(sessionVerifier(cookie));
    expect(JSON.stringify(row)).not.toContain(cookie);
    expect(JSON.stringify(session)).not.toContain(row.verifier);
  });

  test("A37: is found by nothing but its cookie", async () => {
    const { cookie, session } = await opened();
    const others = ["", session.id, sessionVerifier(cookie), suite.sessions.csrfToken(cookie)];
    for (const text of [...others, `${cookie} `, cookie.replace("ent_ses_", "ent_pat_")]) {
      expect(await find(text)).toBeUndefined();
    }
  });

  test("keeps the provider's claims", async () => {
    const who = await suite.person("claims");
    const claims = { groups: ["dev"], level: 3 };
    const of = { principalId: who.id, principalName: who.name, secondFactorAt: null };
    const { cookie } = await suite.sessions.open({ ...of, provider: "sso", claims }, here);
    expect(await find(cookie.reveal())).toMatchObject({ provider: "sso", claims });
  });

  test("a hostile user agent is kept cut and clean", async () => {
    const who = await suite.person("agent");
    const userAgent = `evil\r\n\0${"x".repeat(9_000)}`;
    await signIn(suite, who, { ...here, userAgent });
    const [view] = await suite.sessions.list(who.id);
    expect(view?.userAgent).toBe(`evil   ${"x".repeat(249)}`);
  });
});

describe("A39: a session ends", () => {
  test("after twelve idle hours, each use giving it as many again", async () => {
    const { cookie } = await opened();
    suite.clock.advance(12 * HOUR - 1);
    expect(await find(cookie)).toBeDefined();
    suite.clock.advance(12 * HOUR - 1);
    expect(await find(cookie)).toBeDefined();
    suite.clock.advance(12 * HOUR);
    expect(await find(cookie)).toBeUndefined();
  });

  test("after thirty days, however busy", async () => {
    const { cookie } = await opened();
    for (let hours = 0; hours < 30 * 24 - 6; hours += 6) {
      suite.clock.advance(6 * HOUR);
      expect(await find(cookie)).toBeDefined();
    }
    suite.clock.advance(6 * HOUR);
    expect(await find(cookie)).toBeUndefined();
  });

  test.each([
    ["the account is disabled", { disabled_at: 1 }],
    ["the account is deleted", { deleted_at: 1 }],
    ["the password changes", { generation: 2 }],
  ])("at once when %s", async (_, set) => {
    const { who, cookie, session } = await opened();
    await suite.change(who.id, set);
    expect(await find(cookie)).toBeUndefined();
    expect(await codeOf(suite.sessions.rotate(session, here))).toBe("session.ended");
  });

  test("nobody who is disabled opens one", async () => {
    const who = await suite.person("off");
    await suite.change(who.id, { disabled_at: 1 });
    expect(await codeOf(signIn(suite, who, here))).toBe("access.bad_credentials");
  });

  test("when it is ended, and only by an id of its owner (A27)", async () => {
    const { who, cookie, session } = await opened();
    const other = await opened();
    const doer = { ...systemLike, id: other.who.id };
    const { sessions } = suite;
    expect(await codeOf(sessions.end(doer, other.who.id, session.id))).toBe("session.unknown");
    expect(await find(cookie)).toBeDefined();
    await sessions.end(doer, who.id, session.id);
    expect(await find(cookie)).toBeUndefined();
    expect(await codeOf(sessions.end(doer, who.id, session.id))).toBe("session.unknown");
    const [entry] = await suite.recorded("session.end", session.id);
    expect(entry).toMatchObject({ object_id: session.id, result: "done" });
  });

  test("with all others of its owner but the one that asks", async () => {
    const { who, cookie, session } = await opened();
    const others = [await signIn(suite, who, here), await signIn(suite, who, here)];
    expect(await suite.sessions.list(who.id)).toHaveLength(3);
    expect(await suite.sessions.endAll(systemLike, who.id, session.id)).toBe(2);
    expect(await find(cookie)).toBeDefined();
    for (const each of others) expect(await find(each.cookie.reveal())).toBeUndefined();
    expect(await suite.sessions.list(who.id)).toMatchObject([{ id: session.id }]);
  });

  test("every end moves the revision that decisions are remembered by", async () => {
    const { who, session } = await opened();
    const before = suite.revision.number;
    await suite.sessions.end(systemLike, who.id, session.id);
    expect(suite.revision.number).toBeGreaterThan(before);
  });
});

const systemLike = {
  id: "admin",
  kind: "user",
  name: "admin",
  via: "password",
  credentialId: null,
  address: null,
  requestId: null,
};

describe("A44: the cookie changes", () => {
  test("at login: a planted cookie is not taken over, and its session ends", async () => {
    const planted = await opened();
    const who = await suite.person("victim");
    const of = { principalId: who.id, principalName: who.name, provider: "local", claims: {} };
    const { cookie } = await suite.sessions.open(
      { ...of, secondFactorAt: null, replaces: planted.cookie },
      here,
    );
    expect(cookie.reveal()).not.toBe(planted.cookie);
    expect(await find(planted.cookie)).toBeUndefined();
    expect(await find(cookie.reveal())).toMatchObject({ principalId: who.id });
  });

  test("at a rotation: the old one is dead", async () => {
    const { cookie, session } = await opened();
    const rotated = await suite.sessions.rotate(session, here);
    expect(rotated.session.id).toBe(session.id);
    expect(await find(cookie)).toBeUndefined();
    expect(await find(rotated.cookie.reveal())).toBeDefined();
    const csrf = suite.sessions.csrfToken;
    expect(csrf(rotated.cookie.reveal())).not.toBe(csrf(cookie));
  });

  test("of two rotations at once, one wins", async () => {
    const { session } = await opened();
    const both = await Promise.allSettled([
      suite.sessions.rotate(session, here),
      suite.sessions.rotate(session, here),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("a session that was read before a rotation rotates nothing any more", async () => {
    const { session } = await opened();
    const { cookie } = await suite.sessions.rotate(session, here);
    expect(await codeOf(suite.sessions.rotate(session, here))).toBe("session.ended");
    expect(await find(cookie.reveal())).toBeDefined();
  });

  test("after one's own new password, and the other sessions stay dead", async () => {
    const { who, cookie, session } = await opened();
    const other = await signIn(suite, who, here);
    await suite.change(who.id, { generation: 2 });
    const kept = await suite.sessions.rotate(session, here, { afterPassword: true });
    expect(await find(kept.cookie.reveal())).toMatchObject({ generation: 2 });
    expect(await find(cookie)).toBeUndefined();
    expect(await find(other.cookie.reveal())).toBeUndefined();
  });

  test("but nothing follows past a change of somebody else's", async () => {
    const { who, session } = await opened();
    await suite.change(who.id, { generation: 3 });
    const work = suite.sessions.rotate(session, here, { afterPassword: true });
    expect(await codeOf(work)).toBe("session.ended");
  });
});

test("a session follows no new password where there is none", async () => {
  const { cookie, session } = await opened();
  const work = suite.sessions.rotate(session, here, { afterPassword: true });
  expect(await codeOf(work)).toBe("session.ended");
  expect(await find(cookie)).toMatchObject({ generation: 1 });
});

describe("a session that owes something", () => {
  test("a password: it says so and may not act", async () => {
    const { who, cookie } = await opened();
    await suite.change(who.id, { must_change_password: 1 });
    const session = await find(cookie);
    expect(session?.state).toBe("owes-password");
    if (session === undefined) throw new Error("no session");
    expect(() => suite.sessions.requireActive(session)).toThrow("a new password");
  });

  test("an enrolment: when a role requires a factor and there is none", async () => {
    const { who, cookie } = await opened();
    suite.mustHave.add(who.id);
    const session = await find(cookie);
    expect(session?.state).toBe("owes-enrolment");
    if (session === undefined) throw new Error("no session");
    expect(() => suite.sessions.requireActive(session)).toThrow("a second factor");
  });
});

test("being seen is written at most once a minute", async () => {
  const { who, cookie, session } = await opened();
  const from = presenceAt("198.51.100.7");
  const seen = async () => (await suite.sessions.list(who.id))[0];
  suite.clock.advance(MINUTE - 1);
  await suite.sessions.find(cookie, from);
  expect(await seen()).toMatchObject({ lastSeenAt: session.createdAt, address: "192.0.2.1" });
  suite.clock.advance(1);
  await suite.sessions.find(cookie, from);
  expect(await seen()).toMatchObject({
    lastSeenAt: session.createdAt + MINUTE,
    address: "198.51.100.7",
  });
});

test("the purge takes what ended or expired thirty days ago, and nothing else", async () => {
  const ended = await opened();
  await suite.sessions.end(systemLike, ended.who.id, ended.session.id);
  suite.clock.advance(29 * DAY);
  const fresh = await opened();
  const ids = async () =>
    (await suite.db.read.selectFrom("sessions").select("id").execute()).map(({ id }) => id);
  await suite.purge();
  expect(await ids()).toContain(ended.session.id);
  suite.clock.advance(DAY + 1);
  await suite.purge();
  expect(await ids()).not.toContain(ended.session.id);
  expect(await ids()).toContain(fresh.session.id);
});
