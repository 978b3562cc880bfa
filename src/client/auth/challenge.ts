/** One scheme of a `WWW-Authenticate` header. */
export interface Challenge {
  /** Lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** Names are lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const SPACE = /[ \t,]*/y;
const BLANK = /[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/** A cursor over the header's text. */
class Cursor {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }

  skip(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}

/**
 * Reads `WWW-Authenticate` (RFC 9110 section 11.6.1): any number of schemes with their parameters.
 * What cannot be read ends the list; it never throws.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const cursor = new Cursor(header);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (;;) {
    cursor.take(SPACE);
    const word = cursor.take(TOKEN)?.[0];
    if (word === undefined) return challenges;
    cursor.take(BLANK);
    const current = challenges.at(-1);
    if (current !== undefined && cursor.skip("=")) {
      cursor.take(BLANK);
      const quoted = cursor.take(QUOTED);
      const value = quoted === null ? cursor.take(TOKEN)?.[0] : quoted[1]?.replace(/\\(.)/g, "$1");
      if (value === undefined) return challenges;
      current.parameters.set(word.toLowerCase(), value);
    } else {
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
    }
  }
}
