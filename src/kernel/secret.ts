const MASK = "[redacted]";

/**
 * A value that must never be printed: whatever turns it into text (interpolation, JSON, an
 * inspector, a log line) gets `[redacted]`. Only `reveal()` gives the value, so that each place
 * that uses it can be found by searching for that word.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MASK;
  }
}

const CREDENTIALS_IN_URL = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/?#:@]{0,256}):[^\s/?#@]{1,1024}@/gi;
const CREDENTIALS_IN_HEADER = /\b(basic|bearer)\s+[\w.~+/=-]{6,}/gi;

/**
 * Masks what looks like a credential inside free text, such as the message of a driver's error:
 * passwords in URLs and the values of Authorization headers.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(CREDENTIALS_IN_URL, `$1:${MASK}@`)
    .replace(CREDENTIALS_IN_HEADER, `$1 ${MASK}`);
}
