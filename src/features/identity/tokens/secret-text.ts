import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { TokenKind } from "../../../platform/database/schema/identity.ts";

/**
 * What secrets look like: `ent_pat_`, 43 base62 characters of 256 random bits, 6 of a checksum.
 * The prefix tells scanners of source code what they found and how much it opens; the checksum
 * tells a typing error from a revoked secret without a look into the database.
 */
const PREFIXES: Readonly<Record<TokenKind, string>> = {
  personal: "ent_pat_",
  robot: "ent_rob_",
  refresh: "ent_ref_",
  login: "ent_log_",
  workload: "ent_wkl_",
};

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY = 43;
const CHECK = 6;
const SHAPE = /^ent_([a-z]{3})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

function base62(value: bigint, width: number): string {
  let text = "";
  for (let left = value; text.length < width; left /= 62n) {
    text = ALPHABET.charAt(Number(left % 62n)) + text;
  }
  return text;
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), CHECK);
}

/** A new secret of the kind. */
export function newSecret(kind: TokenKind): string {
  const bits = BigInt(`0x${randomBytes(32).toString("hex")}`);
  const text = PREFIXES[kind] + base62(bits, BODY);
  return text + checksum(text);
}

/**
 * Whether a text claims to be a secret of this program: it is then never a password, and no login
 * provider gets to see it.
 */
export function claimsToBeSecret(text: string): boolean {
  return /^ent_[a-z]{3}_/.test(text);
}

/** The kind of a secret; undefined where the shape or the checksum is wrong. */
export function kindOfSecret(text: string): TokenKind | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  if (checksum(text.slice(0, -CHECK)) !== match[3]) return undefined;
  const prefix = `ent_${match[1]}_`;
  for (const kind of Object.keys(PREFIXES) as TokenKind[]) {
    if (PREFIXES[kind] === prefix) return kind;
  }
  return undefined;
}

/** What is kept of a secret: with 256 random bits in it, one round of a fast hash is enough. */
export function verifierOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
