import type { SearchKind } from "../../platform/database/schema/search.ts";
import type { SearchReads } from "./store/read.ts";

/** A walk through the terms of one word. */
export interface Leg {
  readonly driver: string;
  /** Through these repositories alone; undefined for all. */
  readonly repositories: readonly number[] | undefined;
  readonly projects: readonly number[] | undefined;
  /** What the names of `repositories` have in common. */
  readonly repositoryWord: string | undefined;
  /** Ends after so many candidates that the caller may see: no word of the query is rare. */
  readonly isBounded: boolean;
}

/** A word with more repositories than these is not begun with. */
const FEW_REPOSITORIES = 500;
const MOST_COUNTED = 2_000;

/** How a query is answered. The same plan serves every page of it. */
export interface Plan {
  /** The rarest word; all walks begin at it, where it is rare enough. */
  readonly rarest: string;
  readonly isRare: boolean;
}

type Kind = Exclude<SearchKind, "project">;

/** Looks how frequent the words are. */
export async function planOf(
  reads: SearchReads,
  kind: Kind,
  words: readonly string[],
  projects: readonly number[] | undefined,
): Promise<Plan> {
  const [first = ""] = words;
  if (words.length === 1) return { rarest: first, isRare: true };
  const counts = await Promise.all(
    words.map(async (word) => {
      const names = await reads.count("repository", word, projects, FEW_REPOSITORIES + 1);
      const own = kind === "repository" ? 0 : await reads.count(kind, word, projects, MOST_COUNTED);
      return { word, names, total: names + own };
    }),
  );
  const [rarest] = counts.toSorted((a, b) => a.total - b.total);
  if (rarest === undefined) return { rarest: first, isRare: false };
  return { rarest: rarest.word, isRare: rarest.names <= FEW_REPOSITORIES };
}

/**
 * The walks that together come upon whatever has all the words, for things in repositories, which
 * are found by their own texts and by the repository's name, but never by the name alone.
 *
 * The rarest word is in the name, and then another is in a text, in one of few repositories; or
 * it is in a text itself. Where even that word is in very many names, each word is walked through.
 */
export async function legsOf(
  reads: SearchReads,
  kind: Kind,
  words: readonly string[],
  plan: Plan,
  projects: readonly number[] | undefined,
): Promise<Leg[]> {
  const everywhere = { repositories: undefined, projects, repositoryWord: undefined };
  if (words.length === 1 || kind === "repository") {
    return [{ ...everywhere, driver: plan.rarest, isBounded: false }];
  }
  if (!plan.isRare) {
    return words.map((driver) => ({ ...everywhere, driver, isBounded: true }));
  }
  const named = await reads.repositories(plan.rarest, projects, FEW_REPOSITORIES + 1);
  const few = {
    repositories: named.map(({ repository }) => repository),
    projects: [...new Set(named.map(({ project }) => project))],
    repositoryWord: plan.rarest,
    isBounded: false,
  };
  const others = words.filter((word) => word !== plan.rarest);
  return [
    ...others.map((driver) => ({ ...few, driver })),
    { ...everywhere, driver: plan.rarest, isBounded: false },
  ];
}
