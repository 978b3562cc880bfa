import { failure } from "../kernel/errors/catalogue.ts";
import { type Digest, parseDigest } from "./digest.ts";
import { excerpt } from "./excerpt.ts";

declare const brand: unique symbol;

/** A repository's full name, checked: always two components or more, the first of them the project. */
export type RepositoryName = string & { readonly [brand]: "repository" };

/** A tag, checked; its case counts. */
export type TagName = string & { readonly [brand]: "tag" };

/** What stands after `manifests/`. */
export type Reference =
  | { readonly kind: "tag"; readonly tag: TagName }
  | { readonly kind: "digest"; readonly digest: Digest };

/** Many clients cap host and name at 255 together, so no longer name could be used. */
const MAX_NAME = 255;
const MAX_TAG = 128;

/** The project of names such as `alpine`, as Docker has it. */
const DEFAULT_PROJECT = "library";

const DOT = 0x2e;
const SLASH = 0x2f;
const DASH = 0x2d;
const UNDERSCORE = 0x5f;

/** What the last character read was: decides what may follow. */
const START = 0;
const ALNUM = 1;
const AFTER_DOT = 2;
const AFTER_UNDERSCORE = 3;
const AFTER_TWO_UNDERSCORES = 4;
const AFTER_DASH = 5;

function isLowerOrDigit(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
}

/** `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, components parted by `/`, in one pass without backtracking. */
function followsNameGrammar(text: string): boolean {
  let state = START;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isLowerOrDigit(unit)) state = ALNUM;
    else if (unit === SLASH && state === ALNUM) state = START;
    else if (unit === DASH && (state === ALNUM || state === AFTER_DASH)) state = AFTER_DASH;
    else if (unit === DOT && state === ALNUM) state = AFTER_DOT;
    else if (unit === UNDERSCORE && state === ALNUM) state = AFTER_UNDERSCORE;
    else if (unit === UNDERSCORE && state === AFTER_UNDERSCORE) state = AFTER_TWO_UNDERSCORES;
    else return false;
  }
  return state === ALNUM;
}

/** `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`. */
function followsTagGrammar(text: string): boolean {
  if (text.length === 0 || text.length > MAX_TAG) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isLowerOrDigit(unit) || (unit >= 0x41 && unit <= 0x5a) || unit === UNDERSCORE) continue;
    if (at > 0 && (unit === DOT || unit === DASH)) continue;
    return false;
  }
  return true;
}

/**
 * Reads a repository's name; one of a single component gets the project `library`, so that `alpine`
 * and `library/alpine` are one repository. Throws `name.invalid`.
 */
export function parseRepositoryName(text: string): RepositoryName {
  const full = text.includes("/") ? text : `${DEFAULT_PROJECT}/${text}`;
  if (full.length > MAX_NAME || !followsNameGrammar(full)) {
    throw failure("name.invalid", { name: excerpt(text), limit: MAX_NAME });
  }
  return full as RepositoryName;
}

/** The project that owns a repository: the first component of its name. */
export function projectOf(name: RepositoryName): string {
  return name.slice(0, name.indexOf("/"));
}

/** Reads a tag; throws `tag.invalid`. */
export function parseTag(text: string): TagName {
  if (followsTagGrammar(text)) return text as TagName;
  throw failure("tag.invalid", { tag: excerpt(text), limit: MAX_TAG });
}

/** Reads what stands after `manifests/`: with a `:` it is a digest, otherwise a tag. */
export function parseReference(text: string): Reference {
  return text.includes(":")
    ? { kind: "digest", digest: parseDigest(text) }
    : { kind: "tag", tag: parseTag(text) };
}
