import { createHash, createHmac, randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = 43;
const SESSION = /^ent_ses_[0-9A-Za-z]{43}$/;
const CSRF_PREFIX = "ent_csrf_";

/** 256 random bits as 43 characters of base 62. */
function randomText(): string {
  let number = BigInt(`0x${randomBytes(32).toString("hex")}`);
  let text = "";
  for (let digit = 0; digit < DIGITS; digit++) {
    text = ALPHABET[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}

/** The value of a new session cookie. */
export function newSessionSecret(): string {
  return `ent_ses_${randomText()}`;
}

/** Whether it can be a session's cookie at all; nothing else of ours looks so (A37). */
export function looksLikeSession(text: string): boolean {
  return SESSION.test(text);
}

/** What the row keeps of a cookie: hex SHA-256, for 256 random bits need no slow hash. */
export function sessionVerifier(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/**
 * The CSRF token that belongs to a session cookie: keyed, so that it cannot be made without the
 * server, and one-way, so that a page that shows it gives no session away.
 */
export function csrfToken(key: Uint8Array, secret: string): string {
  return CSRF_PREFIX + createHmac("sha256", key).update(`session:${secret}`).digest("base64url");
}
