import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Failure } from "../../kernel/errors/catalogue.ts";
import { Secret } from "../../kernel/secret.ts";
import { keyFromFile } from "./key-file.ts";
import { openKeyring } from "./keyring.ts";

const old = new Secret("an old key of at least 32 characters");
const fresh = new Secret("a fresh key of at least 32 characters");
const ring = openKeyring([fresh, old]);
const before = openKeyring([old]);

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return error instanceof Failure ? error.code : String(error);
  }
  return undefined;
}

test("what was sealed is opened, under its own purpose only", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (plain, purpose, other) => {
      const sealed = ring.seal(purpose, plain);
      expect(ring.open(purpose, sealed)).toBe(plain);
      expect(ring.isStale(sealed)).toBe(false);
      if (plain.length > 3) expect(sealed).not.toContain(plain);
      if (purpose === other) return;
      expect(codeOf(() => ring.open(other, sealed))).toBe("secrets.unreadable");
    }),
  );
});

test("one changed character anywhere is refused", () => {
  const sealed = ring.seal("p", "a secret");
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), (at) => {
      const forged = `${sealed.slice(0, at)}${sealed[at] === "A" ? "B" : "A"}${sealed.slice(at + 1)}`;
      // The last character of base64url may carry bits that mean nothing.
      const sameBytes =
        Buffer.from(forged.split(".")[2] ?? "", "base64url").equals(
          Buffer.from(sealed.split(".")[2] ?? "", "base64url"),
        ) && forged.slice(0, 11) === sealed.slice(0, 11);
      if (!sameBytes) expect(codeOf(() => ring.open("p", forged))).toBe("secrets.unreadable");
    }),
  );
});

test("an older key opens what it sealed, which is then stale; without it nothing does", () => {
  const sealed = before.seal("p", "a secret");
  expect(ring.open("p", sealed)).toBe("a secret");
  expect(ring.isStale(sealed)).toBe(true);
  expect(codeOf(() => openKeyring([fresh]).open("p", sealed))).toBe("secrets.unreadable");
});

test("the same text is never sealed alike, and derived keys differ by purpose and key", () => {
  expect(ring.seal("p", "x")).not.toBe(ring.seal("p", "x"));
  expect(ring.derive("a")).not.toEqual(ring.derive("b"));
  expect(ring.derive("a")).not.toEqual(before.derive("a"));
  expect(ring.derive("a")).toEqual(openKeyring([fresh]).derive("a"));
});

test("the key of a folder is made once, for its owner alone", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "entrepot-key-")), "secret-key");
  writeFileSync(`${path}.new`, "what a crash left");
  const key = await keyFromFile(path);
  expect(key.reveal().length).toBeGreaterThanOrEqual(43);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await keyFromFile(path)).reveal()).toBe(key.reveal());
  expect(readFileSync(path, "utf8").trim()).toBe(key.reveal());
  writeFileSync(path, "short");
  expect(await keyFromFile(path).catch((error: Error) => error.message)).toContain("fewer than 32");
});
