/** A text is searched up to here, in UTF-16 code units; it is kept no longer. */
export const LONGEST_TEXT = 256;

/** How much of a text is kept from where a word begins in it. */
const LONGEST_TERM = 64;

/** At how many places a text can be found. */
const MOST_TERMS = 12;

const LETTER = /\p{L}|\p{M}/u;
const DIGIT = /\p{N}/u;
/** Written without spaces: each sign may begin a word. */
const UNSPACED = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u;
/** Letters and digits of a hash are not words. */
const HASH = /^[0-9a-f]{7,}$/;

type Sort = "letter" | "digit" | "unspaced" | "other";

function sortOf(sign: string): Sort {
  if (UNSPACED.test(sign)) return "unspaced";
  if (LETTER.test(sign)) return "letter";
  return DIGIT.test(sign) ? "digit" : "other";
}

/** How texts and queries are compared: whatever the case, and however the signs are composed. */
export function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** A text as it is kept: a long one is cut, and never inside a sign. */
export function cutText(text: string, most = LONGEST_TEXT): string {
  if (text.length <= most) return text;
  const end = text.slice(0, most).isWellFormed() ? most : most - 1;
  return text.slice(0, end);
}

/** Where words begin in one run of letters and digits that starts at `start`. */
function* startsInRun(run: string, start: number): Generator<number> {
  const isHash = HASH.test(run);
  let before: Sort = "other";
  let at = start;
  for (const sign of run) {
    const sort = sortOf(sign);
    const begins = sort === "unspaced" || (sort !== before && !isHash) || before === "other";
    if (begins) yield at;
    before = sort;
    at += sign.length;
  }
}

/**
 * Where words begin in a folded text: at its start, behind whatever is neither letter nor digit,
 * between letters and digits (not in hashes), and at each sign of scripts that have no spaces.
 */
function startsOf(folded: string, from: number): number[] {
  const starts = [0];
  for (const run of folded.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    for (const start of startsInRun(run[0], run.index)) {
      if (start > 0 && start >= from) starts.push(start);
      if (starts.length === MOST_TERMS) return starts;
    }
  }
  return starts;
}

/** The places of a text, its start and others from `from`, where words may match it, each once. */
export function termsOf(text: string, from = 0): string[] {
  const folded = fold(cutText(text));
  const starts = startsOf(folded, from);
  return [...new Set(starts.map((start) => cutText(folded.slice(start), LONGEST_TERM)))];
}

/** What a search goes through for a word: terms from here up to `end`, which is not one of them. */
export function rangeOf(word: string): { readonly start: string; readonly end: string } {
  const start = cutText(word, LONGEST_TERM);
  return { start, end: `${start}\u{10ffff}` };
}

/** A pattern of `like … escape '\\'` that finds a word anywhere. */
export function anywhere(word: string): string {
  return `%${word.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

const MOST_WORDS = 6;
const LONGEST_WORD = 128;

/** Signs before a word say nothing of it: no term but a text's first begins with one. */
const LEADING = /^[^\p{L}\p{M}\p{N}]+/u;

/** `name:tag` and `name@digest`, as they are copied from a command. */
function parts(word: string): string[] {
  const [name = "", digest] = word.split("@", 2);
  const cut = /^[^:]*[^:/]:[^:/]+$/.test(name) && !/^sha\d+:/.test(name);
  const split = cut ? name.split(":") : [name];
  return digest === undefined ? split : [...split, digest];
}

/** The words of a query, folded: all of them must be found. */
export function wordsOf(query: string): string[] {
  const words = fold(query)
    .split(/\s+/u)
    .flatMap(parts)
    .map((word) => cutText(word.replace(LEADING, ""), LONGEST_WORD))
    .filter((word) => word !== "");
  return [...new Set(words)].slice(0, MOST_WORDS);
}

/** The least of a text's terms that a word matches: under which it is found. */
export function firstMatch(word: string, terms: readonly string[]): string | undefined {
  const { start } = rangeOf(word);
  return terms.filter((term) => term.startsWith(start)).toSorted(byBytes)[0];
}

/** The order of both engines: that of UTF-8. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
