import type { SearchField } from "../../platform/database/schema/search.ts";
import type { Visible } from "../access/service.ts";
import type { Hit, MatchedField } from "./hit.ts";
import type { LastHit } from "./mark.ts";
import type { Leg } from "./plan.ts";
import { Matcher } from "./rules-match.ts";
import { type FieldText, kindOf, termsOfField } from "./rules-texts.ts";
import { firstMatch } from "./rules-words.ts";
import type { SearchReads } from "./store/read.ts";
import type { Batch, Candidate, Position, Scan } from "./store/scan.ts";

/** A hit, and what a page that ends with it must know. */
export interface Found {
  readonly hit: Hit;
  readonly last: LastHit;
}

export interface WalkContext {
  readonly reads: SearchReads;
  readonly scan: (scan: Scan) => Promise<Batch>;
  readonly visible: Visible;
}

export interface Walk {
  readonly kind: Scan["kind"];
  readonly words: readonly string[];
  readonly leg: Leg;
  /** Walks before this one, whose hits it leaves out. */
  readonly earlier: readonly Leg[];
  readonly after: LastHit | null;
  /** Shared by the walks of a request. */
  readonly budget: Budget;
}

/**
 * How many candidates that may be seen are still looked at: what is hidden does not count, so that
 * nothing shows by where a search ends.
 */
export class Budget {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  get left(): number {
    return this.#left;
  }

  /** Takes one; false when there is none left. */
  take(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}

/**
 * What a query of several words looks at, at most, of things that have the rarest of them. An
 * artifact has many texts to look at.
 */
export function budgetOf(kind: Scan["kind"], words: readonly string[]): Budget {
  if (words.length === 1 || kind === "repository") return new Budget(Number.POSITIVE_INFINITY);
  return new Budget(kind === "tag" ? 2_000 : 200);
}

/** Candidates looked at in one go: few at first, since most pages need no more. */
const FIRST = 64;
const THEN = 500;

/** Where several artifacts are looked at for each. */
const OF_SEVERAL = 48;

/** Of the artifacts of a repository that have one text so many are looked at, for several words. */
const MOST_OF_ONE = 10;

async function positionOf(reads: SearchReads, last: LastHit | null): Promise<Position | undefined> {
  if (last === null) return undefined;
  const { term, field, value, repositoryId, digest } = last;
  const place =
    repositoryId === null
      ? undefined
      : await reads.place(repositoryId, field as SearchField, value, digest);
  // What was there has gone: then the walk goes on at the beginning of its term.
  return { term, ...(place ?? { text: 0, repository: 0, artifact: 0 }) };
}

/** Whether a repository may be seen, asked once for each. */
class Sight {
  readonly #visible: Visible;
  readonly #known = new Map<string, boolean | Promise<boolean>>();

  constructor(visible: Visible) {
    this.#visible = visible;
  }

  of(name: string): boolean | Promise<boolean> {
    let seen = this.#known.get(name);
    if (seen === undefined) {
      seen = this.#visible(name);
      this.#known.set(name, seen);
    }
    return seen;
  }
}

const SHOWN: Partial<Record<SearchField, MatchedField>> = { repository: "name", tag: "name" };

function foundOf(kind: Scan["kind"], candidate: Candidate): Found {
  const { term, field, value, repositoryId, name, project, digest, at } = candidate;
  const matched = { field: SHOWN[field] ?? (field as MatchedField), value };
  const tag = kind === "tag" ? value : null;
  return {
    hit: { kind, project, repository: name, tag, digest, matched, at },
    last: { term, field, value, repositoryId, digest: kind === "artifact" ? digest : null },
  };
}

/** Goes through the terms of a word, and gives what has all of the query and may be seen. */
export async function* walk(context: WalkContext, wanted: Walk): AsyncGenerator<Found> {
  const { reads, scan, visible } = context;
  const { kind, words, leg, earlier, budget } = wanted;
  const sight = new Sight(visible);
  const several = kind === "artifact" && words.length > 1;
  const newest = several ? MOST_OF_ONE : 1;
  const others = words.filter((word) => word !== leg.driver);
  const isWanted = firstOf(leg.driver);
  let after = await positionOf(reads, wanted.after);
  let limit = several ? OF_SEVERAL : FIRST;
  for (;;) {
    const { driver, projects, repositories } = leg;
    const where = { projects, repositories, newest, after, limit };
    const { candidates: batch, end } = await scan({ kind, word: driver, others, ...where });
    const known = await textsOf(reads, kind, words, batch);
    const seen = await Promise.all(batch.map(({ name }) => sight.of(name)));
    for (const [at, candidate] of batch.entries()) {
      if (seen[at] !== true) continue;
      if (!budget.take()) return;
      if (isWanted(candidate) && hasRest(candidate, known, { words, earlier })) {
        yield foundOf(kind, candidate);
      }
    }
    if (end === undefined) return;
    after = end;
    limit = Math.min(several ? OF_SEVERAL : THEN, budget.left);
    if (limit === 0) return;
  }
}

/** A text may be found under several terms of one word: it is a hit under the first. */
function firstOf(driver: string): (candidate: Candidate) => boolean {
  // The same text comes again for each repository that has it.
  let known = { text: 0, first: "" };
  return ({ field, value, term, text }) => {
    if (known.text !== text) {
      known = { text, first: firstMatch(driver, termsOfField({ field, text: value })) ?? "" };
    }
    return term === known.first;
  };
}

type Known = ReadonlyMap<number, readonly FieldText[]>;

/** All the texts of artifacts, where a query has words beside the one that is walked along. */
async function textsOf(
  reads: SearchReads,
  kind: Scan["kind"],
  words: readonly string[],
  batch: readonly Candidate[],
): Promise<Known> {
  if (kind !== "artifact" || words.length === 1) return new Map();
  return await reads.attributes([...new Set(batch.map(({ artifact }) => artifact))]);
}

function hasRest(
  { name, field, value, artifact }: Candidate,
  known: Known,
  { words, earlier }: Pick<Walk, "words" | "earlier">,
): boolean {
  if (words.length === 1) return true;
  const own = kindOf(field) === "repository" ? [] : [{ field, text: value }];
  const matcher = new Matcher({ name, texts: known.get(artifact) ?? own });
  return matcher.hasAll(words) && !earlier.some((leg) => matcher.isOn(leg));
}
