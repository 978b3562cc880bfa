import type { Visible } from "../access/service.ts";
import type { LastHit } from "./mark.ts";
import { Matcher } from "./rules-match.ts";
import type { DigestCandidate, DigestScan } from "./store/digests.ts";
import type { Found } from "./walk.ts";

/** As many hexadecimal digits make it a digest, and not a word. */
const DIGEST = /^(?:(sha256|sha512):)?([0-9a-f]{6,128})$/;

/** What digests may begin with, if a word can be the beginning of one. */
export function digestsOf(word: string): string[] {
  const found = DIGEST.exec(word);
  if (found === null) return [];
  const [, algorithm, hex = ""] = found;
  return algorithm === undefined ? [`sha256:${hex}`, `sha512:${hex}`] : [`${algorithm}:${hex}`];
}

export interface DigestWalk {
  readonly field: "digest" | "blob";
  readonly start: string;
  /** The other words of the query, which the repository's name has to have. */
  readonly others: readonly string[];
  readonly projects: readonly string[] | undefined;
  readonly after: LastHit | null;
  readonly read: (scan: DigestScan) => Promise<DigestCandidate[]>;
  readonly visible: Visible;
}

const FIRST = 64;
const THEN = 500;

function positionOf(last: LastHit | null): DigestScan["after"] {
  if (last === null) return undefined;
  return {
    found: last.value,
    repositoryId: last.repositoryId ?? "",
    digest: last.digest ?? "",
  };
}

/** Goes through digests that begin so, and gives the artifacts they lead to. */
export async function* walkDigests(walk: DigestWalk): AsyncGenerator<Found> {
  const { field, start, others, projects, read, visible } = walk;
  let after = positionOf(walk.after);
  let limit = FIRST;
  for (;;) {
    const batch = await read({ start, projects, after, limit });
    const seen = await Promise.all(batch.map(({ name }) => visible(name)));
    for (const [
      at,
      { found, digest, repositoryId, name, project, at: pushedAt },
    ] of batch.entries()) {
      if (seen[at] !== true || !new Matcher({ name, texts: [] }).hasAll(others)) continue;
      const matched = { field, value: found };
      yield {
        hit: {
          kind: "artifact",
          project,
          repository: name,
          tag: null,
          digest,
          matched,
          at: pushedAt,
        },
        last: { term: "", field, value: found, repositoryId, digest },
      };
    }
    after = batch.at(-1);
    if (batch.length < limit || after === undefined) return;
    limit = THEN;
  }
}
