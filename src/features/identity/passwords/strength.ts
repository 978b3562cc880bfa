import { failure } from "../../../kernel/errors/catalogue.ts";
import { claimsToBeSecret } from "../tokens/secret-text.ts";
import { wellKnown } from "./well-known.ts";

/** Bytes; longer ones only cost: argon2 takes them, people do not type them. */
export const LONGEST_PASSWORD = 1_024;
const SHORTEST = 8;
/** From here on length alone is enough. */
const LONG_ENOUGH = 12;
/** Of a shorter one: bits by our estimate, below which it is refused. */
const BITS = 45;

const CLASSES: readonly [RegExp, number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 100],
];

const SWAPPED: Readonly<Record<string, string>> = {
  "@": "a",
  "4": "a",
  "3": "e",
  "1": "i",
  "!": "i",
  "0": "o",
  $: "s",
  "5": "s",
  "7": "t",
};

/**
 * Whether it is a well-known one, also as `Password1!` or `P@ssw0rd`: with what people add at the end
 * or swap without making it any harder to guess.
 */
function isWellKnown(password: string): boolean {
  const folded = password.toLowerCase();
  const bare = folded.replace(/[0-9!?.*#_-]+$/, "");
  const ends = new Set([folded, bare, ...[1, 2, 3, 4].map((cut) => folded.slice(0, -cut))]);
  for (const each of ends) {
    if (!/^[0-9!?.*#_-]*$/.test(folded.slice(each.length))) continue;
    const swapped = each.replace(/[@431!0$57]/g, (char) => SWAPPED[char] ?? char);
    if (wellKnown.has(each) || wellKnown.has(swapped)) return true;
  }
  return false;
}

/** The shortest piece that, said over and over, is the whole; its length. */
function period(text: string): number {
  // The failure function of Knuth, Morris and Pratt: linear, whatever the text.
  const fails = [0];
  for (let at = 1, matched = 0; at < text.length; at++) {
    while (matched > 0 && text[at] !== text[matched]) matched = fails[matched - 1] ?? 0;
    if (text[at] === text[matched]) matched += 1;
    fails.push(matched);
  }
  return text.length - (fails.at(-1) ?? 0);
}

/** How many neighbours follow one another as in `abcd`, `4321` or `aaaa`. */
function steps(text: string): number {
  let count = 0;
  for (let at = 1; at < text.length; at++) {
    if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) <= 1) count += 1;
  }
  return count;
}

/** A rough estimate, in bits, of what it takes to guess the password. */
export function guessBits(password: string): number {
  const pool = CLASSES.reduce((sum, [chars, size]) => sum + (chars.test(password) ? size : 0), 0);
  const distinct = new Set(password).size;
  const length = [...password].length - steps(password);
  return Math.min(length, distinct * 2) * Math.log2(Math.max(2, pool));
}

/** Control characters and halves of characters: nobody types them, and hashes disagree on them. */
const UNTYPABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * Checks a password that somebody chose for the account `name`. Throws `identity.password_long`,
 * `_short`, `_token`, `_known`, `_named` or `_repeats`.
 */
export function checkStrength(password: string, name: string): void {
  if (Buffer.byteLength(password) > LONGEST_PASSWORD || UNTYPABLE.test(password)) {
    throw failure("identity.password_long", { limit: LONGEST_PASSWORD });
  }
  const length = [...password].length;
  if (length < SHORTEST) throw failure("identity.password_short");
  if (claimsToBeSecret(password)) throw failure("identity.password_token");
  const folded = password.toLowerCase();
  if (isWellKnown(password)) throw failure("identity.password_known");
  const reversed = [...name].reverse().join("");
  for (const each of [name, reversed]) {
    const rest = each.length < 3 ? folded : folded.replaceAll(each, "");
    if (rest.length < folded.length && [...rest].length < SHORTEST) {
      throw failure("identity.password_named");
    }
  }
  if (period(folded) <= Math.min(4, folded.length / 2)) throw failure("identity.password_repeats");
  if (steps(folded) >= folded.length - 2) throw failure("identity.password_repeats");
  if (length < LONG_ENOUGH && guessBits(password) < BITS) throw failure("identity.password_short");
}
