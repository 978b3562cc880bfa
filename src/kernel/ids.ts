import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function encode(bytes: Uint8Array): string {
  let out = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? out + ALPHABET[(held << (5 - bits)) & 31] : out;
}

const MOST_OF_ONE_TIME = 0xffff;
let last = { time: 0, made: 0 };

/**
 * An immutable id for a row: 26 characters of Crockford base 32, the first ten of them the time,
 * then how many this thread made of the same millisecond, then 64 random bits: so that ids made later
 * sort later and new rows land side by side in an index.
 */
export function newId(now: number = Date.now()): string {
  const made = last.time === now ? Math.min(last.made + 1, MOST_OF_ONE_TIME) : 0;
  last = { time: now, made };
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now >>> 0);
  view.setUint16(6, made);
  bytes.set(randomBytes(8), 8);
  return encode(bytes);
}

/** An id that nobody can guess (160 random bits, 32 characters): upload sessions, request ids. */
export function newSecretId(): string {
  return encode(randomBytes(20));
}
