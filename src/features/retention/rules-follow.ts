import type { Holds, RepositoryFacts } from "./rules-facts.ts";

export interface Following {
  readonly facts: RepositoryFacts;
  readonly holds: Holds;
  /** What runs, and what lists it. */
  readonly safe: ReadonlySet<string>;
  /** Images that some tag stays on, or that stay without one. */
  readonly staying: ReadonlySet<string>;
  /** Images that the rules let go: all their tags, or themselves. */
  readonly roots: ReadonlySet<string>;
}

/** A manifest that goes: in which order, and after which other it goes. */
export interface Going {
  readonly level: number;
  readonly because: string | null;
}

const NONE: readonly string[] = [];

/**
 * Everything below the roots that no tag keeps by itself and that does not run: it goes unless
 * something else holds it.
 */
function candidatesOf({ holds, safe, staying, roots, facts }: Following): Set<string> {
  const candidates = new Set<string>();
  const waiting = [...roots];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const stays = staying.has(next) || safe.has(next) || !facts.manifests.has(next);
    if (stays || candidates.has(next)) continue;
    candidates.add(next);
    waiting.push(...(holds.down.get(next) ?? NONE));
  }
  return candidates;
}

/**
 * The manifests that go, holders before what they hold. One goes when no tag stays on it, it does
 * not run, and all that holds it goes too. Manifests that hold one another in a circle stay: none
 * of them could go first.
 */
export function followersOf(following: Following): ReadonlyMap<string, Going> {
  const { holds } = following;
  const candidates = candidatesOf(following);
  const open = new Map<string, number>();
  const going = new Map<string, Going>();
  let wave: { digest: string; because: string | null }[] = [];
  for (const digest of candidates) {
    // Counts holders that stay as well: what they hold never comes to its turn.
    const holders = (holds.up.get(digest) ?? NONE).length;
    open.set(digest, holders);
    if (holders === 0) wave.push({ digest, because: null });
  }
  for (let level = 1; wave.length > 0; level++) {
    const next: typeof wave = [];
    for (const { digest, because } of wave) {
      going.set(digest, { level, because });
      for (const below of holds.down.get(digest) ?? NONE) {
        const left = open.get(below);
        if (left === undefined) continue;
        open.set(below, left - 1);
        if (left === 1) next.push({ digest: below, because: digest });
      }
    }
    wave = next;
  }
  return going;
}
