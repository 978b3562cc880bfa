import { expect, test } from "bun:test";
import fc from "fast-check";
import { checkStrength } from "./strength.ts";
import { wellKnown } from "./well-known.ts";

function verdict(password: string, name = "ada"): string {
  try {
    checkStrength(password, name);
    return "good";
  } catch (error) {
    return String(Reflect.get(Object(error), "code"));
  }
}

test.each([
  "correct horse battery",
  "kQ7-vw2z",
  "jfkdlsieow",
  "vier unverbundene Wörter",
  "密码由四个词语组成的一句话",
  "x9$Lm2!q",
])("%s is good", (password) => expect(verdict(password)).toBe("good"));

test.each([
  ["", "identity.password_short"],
  ["kQ7-vw2", "identity.password_short"],
  ["jfkdlsie", "identity.password_short"],
  ["password", "identity.password_known"],
  ["P@ssw0rd!", "identity.password_known"],
  ["Password12345", "identity.password_known"],
  ["correcthorsebatterystaple", "identity.password_known"],
  ["adalovelace-ada", "identity.password_named"],
  ["ecalevolada-1", "identity.password_named"],
  ["xkcdxkcdxkcdxkcd", "identity.password_repeats"],
  ["zzzzzzzzzzzz", "identity.password_repeats"],
  ["mnopqrstuvwx", "identity.password_repeats"],
  ["ent_pat_something", "identity.password_token"],
  [`${"ab cd ".repeat(200)}`, "identity.password_long"],
  ["with a\nline break", "identity.password_long"],
  ["half a character \ud800", "identity.password_long"],
])("%j is refused: %s", (password, code) => {
  expect(verdict(password, "adalovelace")).toBe(code);
});

test("none of the well-known passes, nor with an ending of digits", () => {
  for (const word of wellKnown) {
    expect([word, verdict(word)]).not.toEqual([word, "good"]);
    expect([word, verdict(`${word.toUpperCase()}1!`)]).not.toEqual([word, "good"]);
  }
});

test("random ones of a password manager pass, whatever the account", () => {
  const random = fc.string({
    minLength: 16,
    maxLength: 64,
    unit: fc.constantFrom(..."ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_"),
  });
  fc.assert(
    fc.property(random, (password) => {
      // A generator of examples makes repetitions that one of passwords does not.
      if (new Set(password).size < 10) return;
      expect([password, verdict(password)]).toEqual([password, "good"]);
    }),
  );
});

test("any text is judged, quickly too where it repeats", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (password) => {
      expect(verdict(password)).toMatch(/^good$|^identity\.password_/);
    }),
  );
  expect(verdict("ab".repeat(512))).toBe("identity.password_repeats");
});
