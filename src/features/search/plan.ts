import type { SearchKind } from "../../platform/database/schema/search.ts";
import type { SearchReads } from "./store/read.ts";

/** A walk through the terms of one word. */
export interface Leg {
  readonly driver: string;
  /** Through these repositories alone; undefined for all. */
  readonly repositories: readonly number[] | undefined;
  readonly projects: readonly number[] | undefined;
  /** What the names of its hits have in common; undefined for nothing. */
  readonly inName: string | undefined;
}

/** How a query is answered. The same plan serves every page of it. */
export interface Plan {
  /** The rarest word; walks begin at it, where it is rare enough. */
  readonly rarest: string;
  /** Few repositories have it in their names. */
  readonly isRareName: boolean;
}

/** A word with more repositories than these is not begun with. */
const FEW_REPOSITORIES = 500;
const MOST_COUNTED = 500;

/** What is counted, and within which projects. */
interface Counted {
  readonly words: readonly string[];
  readonly projects: readonly number[] | undefined;
  readonly countNames: (word: string) => Promise<number>;
}

type Kind = Exclude<SearchKind, "project">;

/** Counts repositories by a word in their names, each word once in a request. */
export function nameCounter(
  reads: SearchReads,
  projects: readonly number[] | undefined,
): (word: string) => Promise<number> {
  const counts = new Map<string, Promise<number>>();
  return (word) => {
    const known = counts.get(word);
    if (known !== undefined) return known;
    const count = reads.count("repository", word, projects, FEW_REPOSITORIES + 1);
    counts.set(word, count);
    return count;
  };
}

/** Looks how frequent the words are. */
export async function planOf(
  reads: SearchReads,
  kind: Kind,
  { words, projects, countNames }: Counted,
): Promise<Plan> {
  const [first = ""] = words;
  if (words.length === 1) return { rarest: first, isRareName: true };
  const counts = await Promise.all(
    words.map(async (word) => {
      const names = await countNames(word);
      const own = kind === "repository" ? 0 : await reads.count(kind, word, projects, MOST_COUNTED);
      return { word, names, total: names + own };
    }),
  );
  const [rarest] = counts.toSorted((a, b) => a.total - b.total);
  if (rarest === undefined) return { rarest: first, isRareName: false };
  return { rarest: rarest.word, isRareName: rarest.names <= FEW_REPOSITORIES };
}

/**
 * The walks that together come upon whatever has all the words, for things in repositories, which
 * are found by their own texts and by the repository's name, but never by the name alone: the
 * rarest word is in the name, and then another is in a text; or it is in a text itself.
 */
export async function legsOf(
  reads: SearchReads,
  kind: Kind,
  words: readonly string[],
  plan: Plan,
  projects: readonly number[] | undefined,
): Promise<Leg[]> {
  const everywhere = { repositories: undefined, projects };
  const own: Leg = { ...everywhere, driver: plan.rarest, inName: undefined };
  const others = words.filter((word) => word !== plan.rarest);
  if (others.length === 0 || kind === "repository") return [own];
  if (!plan.isRareName) {
    return [...others.map((driver) => ({ ...everywhere, driver, inName: plan.rarest })), own];
  }
  const named = await reads.repositories(plan.rarest, projects, FEW_REPOSITORIES + 1);
  const few = {
    repositories: named.map(({ repository }) => repository),
    projects: [...new Set(named.map(({ project }) => project))],
  };
  return [...others.map((driver) => ({ ...few, driver, inName: plan.rarest })), own];
}
