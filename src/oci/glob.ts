import { BoundedCache } from "../kernel/bounded-cache.ts";
import { failure } from "../kernel/errors/catalogue.ts";
import { excerpt } from "./excerpt.ts";

/** A compiled pattern. */
export interface Glob {
  readonly text: string;
  /** Whether `text` matches as a whole. */
  test(text: string): boolean;
}

/** A match costs at most the product of both lengths, and so both are bounded (A62). */
export const MOST_GLOB = 256;
/** Longer texts match nothing: names have 255 signs at most, tags 128. */
export const MOST_GLOB_TEXT = 1_024;

const ONE = 0;
const WITHIN = 1;
const ANYTHING = 2;
const FOLDERS = 3;

/** One sign that must be there, or a wildcard. */
type Token = string | typeof ONE | typeof WITHIN | typeof ANYTHING | typeof FOLDERS;

const compiled = new BoundedCache<Glob>(4_096);

/**
 * Reads a pattern that a person wrote: `?` is one sign and `*` any run of signs, neither of them a
 * `/`; `**` is any run at all, and at the start of a component `**` with its `/` may be nothing.
 * Everything else stands for itself. Throws `glob.invalid`.
 */
export function parseGlob(text: string): Glob {
  if (text === "" || text.length > MOST_GLOB || /[\x00-\x1f\x7f]/.test(text)) {
    throw failure("glob.invalid", { pattern: excerpt(text), limit: MOST_GLOB });
  }
  return compileGlob(text);
}

/** Compiles a pattern that was checked when it was saved. Never throws: one too long matches nothing. */
export function compileGlob(text: string): Glob {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const glob = { text, test: matcher(text) };
  compiled.set(text, glob, 1);
  return glob;
}

function matcher(pattern: string): Glob["test"] {
  if (pattern.length > MOST_GLOB) return () => false;
  const tokens = tokensOf(pattern);
  const found = tokens.findIndex((token) => typeof token === "number");
  if (found < 0) return (text) => text === pattern;
  const prefix = tokens.slice(0, found).join("");
  const rest = tokens.slice(found);
  if (rest.length === 1 && rest[0] === ANYTHING) {
    return (text) => text.length <= MOST_GLOB_TEXT && text.startsWith(prefix);
  }
  const last = rest.findLastIndex((token) => typeof token === "number");
  const suffix = rest.slice(last + 1).join("");
  return (text) =>
    text.length <= MOST_GLOB_TEXT &&
    text.startsWith(prefix) &&
    text.endsWith(suffix) &&
    matches(rest, text, prefix.length);
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const start = at;
    const sign = pattern.charAt(at++);
    if (sign !== "*") {
      tokens.push(sign === "?" ? ONE : sign);
      continue;
    }
    while (pattern.charAt(at) === "*") at++;
    const isLong = at - start > 1;
    const isFolders =
      isLong && pattern.charAt(at) === "/" && (start === 0 || pattern.charAt(start - 1) === "/");
    if (isFolders) at++;
    tokens.push(isFolders ? FOLDERS : isLong ? ANYTHING : WITHIN);
  }
  return tokens;
}

/** All positions in the pattern that the text read so far can be at, step by step: no backtracking. */
function matches(tokens: readonly Token[], text: string, from: number): boolean {
  let now = new Uint8Array(tokens.length + 1);
  let next = new Uint8Array(tokens.length + 1);
  enter(tokens, now, 0);
  for (let at = from; at < text.length; at++) {
    next.fill(0);
    let isAlive = false;
    const sign = text.charAt(at);
    for (let state = 0; state < tokens.length; state++) {
      if (now[state] === 1 && step(tokens, next, state, sign)) isAlive = true;
    }
    if (!isAlive) return false;
    [now, next] = [next, now];
  }
  return now[tokens.length] === 1;
}

/** Comes to a position; wildcards may stand for nothing and so let through at once. */
function enter(tokens: readonly Token[], states: Uint8Array, first: number): void {
  let state = first;
  states[state] = 1;
  while (isSkippable(tokens[state])) {
    state++;
    states[state] = 1;
  }
}

function isSkippable(token: Token | undefined): boolean {
  return token === WITHIN || token === ANYTHING || token === FOLDERS;
}

function step(tokens: readonly Token[], states: Uint8Array, state: number, sign: string): boolean {
  const token = tokens[state];
  switch (token) {
    case ONE:
      if (sign === "/") return false;
      enter(tokens, states, state + 1);
      return true;
    case WITHIN:
      if (sign === "/") return false;
      enter(tokens, states, state);
      return true;
    case ANYTHING:
      enter(tokens, states, state);
      return true;
    case FOLDERS:
      // Inside of a component there is no way out but its end.
      states[state] = 1;
      if (sign === "/") enter(tokens, states, state + 1);
      return true;
    default:
      if (token !== sign) return false;
      enter(tokens, states, state + 1);
      return true;
  }
}
