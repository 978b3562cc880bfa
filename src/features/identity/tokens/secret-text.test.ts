import { expect, test } from "bun:test";
import fc from "fast-check";
import { claimsToBeSecret, kindOfSecret, newSecret, verifierOf } from "./secret-text.ts";

const kinds = ["personal", "robot", "refresh", "login", "workload"] as const;

test.each(kinds)("a %s secret is known by its looks", (kind) => {
  const secret = newSecret(kind);
  expect(secret).toMatch(/^ent_(pat|rob|ref|log|wkl)_[0-9A-Za-z]{49}$/);
  expect(kindOfSecret(secret)).toBe(kind);
  expect(claimsToBeSecret(secret)).toBe(true);
  expect(verifierOf(secret)).toMatch(/^[0-9a-f]{64}$/);
});

test("no two are the same", () => {
  const many = Array.from({ length: 1_000 }, () => newSecret("personal"));
  expect(new Set(many).size).toBe(1_000);
});

test("one wrong character is found without the database", () => {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const at = fc.integer({ min: 8, max: 56 });
  const char = fc.constantFrom(...alphabet);
  fc.assert(
    fc.property(fc.constantFrom(...kinds), at, char, (kind, where, other) => {
      const secret = newSecret(kind);
      const wrong = secret.slice(0, where) + other + secret.slice(where + 1);
      expect(kindOfSecret(wrong)).toBe(wrong === secret ? kind : undefined);
    }),
  );
});

test("a secret of one kind cannot pass for another kind's", () => {
  const secret = newSecret("refresh");
  for (const prefix of ["pat", "rob", "log", "wkl", "ses"]) {
    expect(kindOfSecret(`ent_${prefix}_${secret.slice(8)}`)).toBeUndefined();
  }
});

test("whatever the text, the kind is found or there is none", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 120 }),
    fc.stringMatching(/^ent_[a-z]{3}_[0-9A-Za-z]{49}$/),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(kindOfSecret(given)).toBeUndefined();
    }),
  );
});

test("a password is no secret of ours", () => {
  for (const password of ["correct horse", "ent_", "entrepot", "ent_ab_x"]) {
    expect(claimsToBeSecret(password)).toBe(false);
  }
  expect(claimsToBeSecret("ent_ses_anything")).toBe(true);
});
