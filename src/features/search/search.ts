import type { SearchKind } from "../../platform/database/schema/search.ts";
import type { Access, Visible } from "../access/service.ts";
import type { Actor } from "../identity/principal.ts";
import { digestsOf, walkDigests } from "./digests.ts";
import { type Hits, SEARCH_KINDS } from "./hit.ts";
import { type LastHit, type Mark, markOf, readMark } from "./mark.ts";
import { legsOf, nameCounter, type Plan, planOf } from "./plan.ts";
import type { ProjectNumbers } from "./project-numbers.ts";
import { Matcher } from "./rules-match.ts";
import { firstMatch, termsOf, wordsOf } from "./rules-words.ts";
import type { DigestReads } from "./store/digests.ts";
import type { SearchReads } from "./store/read.ts";
import type { Batch, Scan } from "./store/scan.ts";
import { budgetOf, type Found, walk } from "./walk.ts";

export interface SearchParts {
  readonly access: Access;
  readonly reads: SearchReads;
  readonly digests: DigestReads;
  readonly scan: (scan: Scan) => Promise<Batch>;
  readonly numbers: ProjectNumbers;
}

export interface Asked {
  readonly query: string;
  /** Only such; undefined for all, one kind after the other. */
  readonly kind: SearchKind | undefined;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after: string | undefined;
}

/** All that the walks of one request need to know. */
interface Request {
  readonly words: readonly string[];
  /** Ids and numbers of the projects outside of which nothing is seen; undefined for all. */
  readonly reach: readonly string[] | undefined;
  readonly projects: readonly number[] | undefined;
  readonly countNames: (word: string) => Promise<number>;
  readonly visible: Visible;
  readonly visibleProject: Visible;
}

/** A walk of a page: what it finds behind a hit (null: from its beginning). */
type Begin = (after: LastHit | null) => AsyncGenerator<Found>;

async function* projectsBehind(
  reads: SearchReads,
  { words, projects, visibleProject }: Request,
  after: LastHit | null,
): AsyncGenerator<Found> {
  const [driver = "", ...others] = words.toSorted((a, b) => b.length - a.length);
  const size = 200;
  let from =
    after === null
      ? undefined
      : { term: after.term, text: (await reads.projectText(after.value)) ?? 0 };
  for (;;) {
    const batch = await reads.projects(driver, projects, from, size);
    for (const { term, name, at } of batch) {
      if (term !== firstMatch(driver, termsOf(name))) continue;
      if (!new Matcher({ name, texts: [] }).hasAll(others)) continue;
      if (!(await visibleProject(name))) continue;
      const matched = { field: "name", value: name } as const;
      const none = { repository: null, tag: null, digest: null };
      yield {
        hit: { kind: "project", project: name, ...none, matched, at },
        last: { term, field: "project", value: name, repositoryId: null, digest: null },
      };
    }
    from = batch.at(-1);
    if (batch.length < size || from === undefined) return;
  }
}

/** The walks of one kind, in the order of what they find. */
async function walksOf(
  parts: SearchParts,
  request: Request,
  kind: SearchKind,
  plan: Plan,
): Promise<Begin[]> {
  const { reads, scan } = parts;
  const { words, projects, reach, visible } = request;
  if (kind === "project") return [(after) => projectsBehind(reads, request, after)];
  const legs = await legsOf(reads, kind, words, plan, projects);
  const budget = budgetOf(kind, words);
  const along = legs.map(
    (leg, at): Begin =>
      (after) =>
        walk(
          { reads, scan, visible },
          { kind, words, leg, earlier: legs.slice(0, at), after, budget },
        ),
  );
  if (kind !== "artifact") return along;
  const digests = words.flatMap((word) => {
    const others = words.filter((each) => each !== word);
    return digestsOf(word).flatMap((start) =>
      (["digest", "blob"] as const).map((field): Begin => {
        const read = field === "digest" ? parts.digests.artifacts : parts.digests.blobs;
        return (after) =>
          walkDigests({ field, start, others, projects: reach, after, read, visible });
      }),
    );
  });
  return [...digests, ...along];
}

/** Fills a page, walk after walk and kind after kind. */
async function* findings(
  parts: SearchParts,
  request: Request,
  kinds: readonly SearchKind[],
  mark: Mark | undefined,
): AsyncGenerator<{ readonly found: Found; readonly mark: Mark }> {
  const first = mark === undefined ? 0 : Math.max(0, kinds.indexOf(mark.kind));
  for (const [at, kind] of kinds.slice(first).entries()) {
    const begun = at === 0 ? mark : undefined;
    const plan =
      begun?.plan ??
      (kind === "project"
        ? { rarest: "", isRareName: true }
        : await planOf(parts.reads, kind, request));
    const walks = await walksOf(parts, request, kind, plan);
    for (const [leg, begin] of walks.entries()) {
      if (begun !== undefined && leg < begun.leg) continue;
      const after = begun !== undefined && leg === begun.leg ? begun.last : null;
      for await (const found of begin(after)) {
        yield { found, mark: { kind, plan, leg, last: found.last } };
      }
    }
  }
}

/** What an artifact is told apart by: it may be found by several of its texts. */
function keyOf({ hit }: Found): string {
  return `${hit.kind} ${hit.repository} ${hit.tag} ${hit.digest} ${hit.project}`;
}

/** Answers a query: what has all its words, as far as the caller may see it (A28). */
export async function search(parts: SearchParts, actor: Actor, asked: Asked): Promise<Hits> {
  const { access, numbers } = parts;
  const words = wordsOf(asked.query);
  const mark = asked.after === undefined ? undefined : readMark(asked.after);
  if (words.length === 0) return { items: [], next: undefined };
  const kinds = asked.kind === undefined ? SEARCH_KINDS : [asked.kind];
  const reach = await access.reach(actor);
  const projects = reach === undefined ? undefined : await numbers.of(reach);
  const request: Request = {
    words,
    reach,
    projects,
    countNames: nameCounter(parts.reads, projects),
    visible: access.visible(actor, "repository:read"),
    visibleProject: access.visibleProject(actor),
  };
  const items: Found["hit"][] = [];
  const keys = new Set<string>();
  let end: Mark | undefined;
  for await (const { found, mark: here } of findings(parts, request, kinds, mark)) {
    const key = keyOf(found);
    if (keys.has(key)) continue;
    keys.add(key);
    if (items.length === asked.limit) return { items, next: end && markOf(end) };
    items.push(found.hit);
    end = here;
  }
  return { items, next: undefined };
}
