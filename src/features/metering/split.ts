import type { RepositoryUse, Usage } from "./usage.ts";

const NOTHING = {
  ...{ pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0 },
  ...{ lastPulledAt: null, lastPushedAt: null },
} as const;

/** The sums of one repository in pieces of at most `most`; the first has those of the whole. */
function pieces(use: RepositoryUse, most: number): RepositoryUse[] {
  const { name, principals, manifests, tags, ...figures } = use;
  const found: RepositoryUse[] = [];
  let at = 0;
  const size = principals.length + manifests.length + tags.length;
  do {
    // The three lists lie one behind the other.
    const part = <T>(all: readonly T[], before: number) =>
      all.slice(Math.max(0, at - before), Math.max(0, at + most - before));
    found.push({
      name,
      ...(at === 0 ? figures : NOTHING),
      principals: part(principals, 0),
      manifests: part(manifests, principals.length),
      tags: part(tags, principals.length + manifests.length),
    });
    at += most;
  } while (at < size);
  return found;
}

/** How many rows a piece is written to. */
export function sizeOf(use: RepositoryUse): number {
  return 1 + use.principals.length + use.manifests.length + use.tags.length;
}

/**
 * The same in parts that add up to it, none of which takes long to write: whoever waits to write
 * something else goes in between.
 */
export function split(usage: Usage, most: number): Usage[] {
  const { hour, repositories } = usage;
  const none = { pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0 };
  const groups: RepositoryUse[][] = [[]];
  let size = 0;
  for (const piece of repositories.flatMap((use) => pieces(use, most - 1))) {
    if (size + sizeOf(piece) > most && size > 0) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(piece);
    size += sizeOf(piece);
  }
  return groups.map((group, index) =>
    index === 0
      ? { ...usage, repositories: group }
      : { hour, total: none, logins: { done: 0, denied: 0 }, repositories: group },
  );
}
