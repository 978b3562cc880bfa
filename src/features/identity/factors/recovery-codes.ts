import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { newId } from "../../../kernel/ids.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import type { SealedCode } from "./store/enrol.ts";

/** Without the letters that look like digits or like one another. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz0";
const LENGTH = 10;
const COUNT = 10;
const CODE = /^[0-9a-z]{10}$/;

const purposeOf = (id: string) => `factor:${id}`;

function randomCode(): string {
  // 32 characters: five bits of each byte, evenly.
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte & 31]).join("");
}

function digest(principalId: string, code: string): string {
  return createHash("sha256").update(`recovery:${principalId}:${code}`).digest("hex");
}

/** The code as people type it: case, spaces and dashes do not matter. */
export function readRecoveryCode(text: string): string | undefined {
  if (text.length > 64) return undefined;
  const code = text.toLowerCase().replace(/[\s-]/g, "");
  return CODE.test(code) ? code : undefined;
}

/**
 * Ten new codes, shown once as `xxxxx-xxxxx`, and what is kept of them.
 *
 * With 50 bits a plain hash could be searched through by whoever got a copy of the database, so
 * what is kept is the hash sealed with the keyring: worthless without its key, and, unlike a
 * keyed hash, still good after the key was rotated.
 */
export function newRecoveryCodes(
  keyring: Keyring,
  principalId: string,
  now: number,
): { shown: readonly string[]; kept: readonly SealedCode[] } {
  const codes = Array.from({ length: COUNT }, randomCode);
  return {
    shown: codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`),
    kept: codes.map((code) => {
      const id = newId(now);
      return { id, secret: keyring.seal(purposeOf(id), digest(principalId, code)) };
    }),
  };
}

/** Which of the kept codes this one is; all of them are looked at, in the same time. */
export function matchRecoveryCode(
  keyring: Keyring,
  principalId: string,
  code: string,
  kept: readonly SealedCode[],
): string | undefined {
  const given = Buffer.from(digest(principalId, code));
  let found: string | undefined;
  for (const { id, secret } of kept) {
    const expected = Buffer.from(keyring.open(purposeOf(id), secret));
    if (expected.length === given.length && timingSafeEqual(expected, given)) found = id;
  }
  return found;
}
