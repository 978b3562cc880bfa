import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  csrfMatches,
  forgottenCookie,
  readCookie,
  readSessionCookie,
  sessionCookie,
  sessionCookieName,
} from "./cookie.ts";
import { csrfToken, looksLikeSession, newSessionSecret, sessionVerifier } from "./secret.ts";

describe("Set-Cookie", () => {
  test("over HTTPS the cookie is bound to this host", () => {
    expect(sessionCookie("v", { secure: true, maxAge: 60.9 })).toBe(
      "__Host-entrepot=v; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax",
    );
  });

  test("without HTTPS it has the name that browsers accept there", () => {
    expect(sessionCookie("v", { secure: false, maxAge: 60 })).toBe(
      "entrepot_session=v; Max-Age=60; Path=/; HttpOnly; SameSite=Lax",
    );
    expect(forgottenCookie(true)).toStartWith("__Host-entrepot=; Max-Age=0;");
  });
});

describe("Cookie", () => {
  test.each([
    ["among others", "a=1; entrepot_session=x; b=2", "x"],
    ["quoted", 'entrepot_session="x"', "x"],
    ["empty", "entrepot_session=", ""],
    ["with a = inside", "entrepot_session=a=b", "a=b"],
    ["as the end of another name", "xentrepot_session=x", undefined],
    ["in other letters", "ENTREPOT_SESSION=x", undefined],
    ["without a value", "entrepot_session", undefined],
    ["twice", "entrepot_session=x; entrepot_session=y", undefined],
    ["after empty parts", ";;; =; entrepot_session=x", "x"],
    ["in a header too long", `entrepot_session=${"x".repeat(20_000)}`, undefined],
    ["behind too many others", `${"a=1;".repeat(300)}entrepot_session=x`, undefined],
    ["not at all", "", undefined],
  ])("%s", (_, header, value) => {
    expect(readCookie(header, "entrepot_session")).toBe(value);
  });

  test("the plain name counts for nothing over HTTPS, nor the other way round", () => {
    expect(readSessionCookie("entrepot_session=planted", true)).toBeUndefined();
    expect(readSessionCookie("__Host-entrepot=x", false)).toBeUndefined();
    expect(readSessionCookie(null, true)).toBeUndefined();
  });

  const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);

  test("the one that was set is found among any others", () => {
    const pairs = fc.array(fc.tuple(token, token), { maxLength: 20 });
    fc.assert(
      fc.property(pairs, pairs, token, fc.boolean(), (before, after, value, secure) => {
        const name = sessionCookieName(secure);
        const others = [...before, ...after].filter(([other]) => other !== name);
        const all = [...others, [name, value] as const].map((pair) => pair.join("="));
        expect(readCookie(all.join("; "), name)).toBe(value);
      }),
    );
  });

  test("no header makes it throw, or gives what is not in it", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), token, (header, name) => {
        const value = readCookie(header, name);
        expect(value === undefined || header.includes(value)).toBe(true);
      }),
    );
  });
});

describe("secrets", () => {
  const key = new Uint8Array(32).fill(7);

  test("a session's is 256 random bits behind its prefix", () => {
    const secrets = Array.from({ length: 200 }, newSessionSecret);
    expect(new Set(secrets).size).toBe(200);
    for (const secret of secrets) expect(secret).toMatch(/^ent_ses_[0-9A-Za-z]{43}$/);
  });

  test("A37: a CSRF token is no session, and a session no CSRF token", () => {
    const secret = newSessionSecret();
    const token = csrfToken(key, secret);
    expect(looksLikeSession(token)).toBe(false);
    expect(token).not.toContain(secret);
    expect(token).not.toContain(sessionVerifier(secret));
    expect(csrfMatches(token, secret)).toBe(false);
    expect(csrfMatches(token, token)).toBe(true);
  });

  test("A37: nothing else of ours looks like a session", () => {
    const body = "a".repeat(43);
    for (const kind of ["pat", "rob", "ref", "log", "wkl", "csrf"]) {
      expect(looksLikeSession(`ent_${kind}_${body}`)).toBe(false);
      expect(looksLikeSession(`ent_${kind}_${body}abcdef`)).toBe(false);
    }
    expect(looksLikeSession(`ent_ses_${body}`)).toBe(true);
    expect(looksLikeSession(`ent_ses_${body}\n`)).toBe(false);
  });

  test("a CSRF token is good for one session and one key", () => {
    const [one, other] = [newSessionSecret(), newSessionSecret()];
    const token = csrfToken(key, one);
    expect(csrfMatches(csrfToken(key, other), token)).toBe(false);
    expect(csrfMatches(csrfToken(new Uint8Array(32), one), token)).toBe(false);
    expect(csrfMatches(token, token.slice(1))).toBe(false);
    expect(csrfMatches(token, "é")).toBe(false);
  });
});
