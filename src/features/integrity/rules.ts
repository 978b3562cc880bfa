import type { FindingKind, ScrubPhase } from "../../platform/database/schema/integrity.ts";

/** What a row says of some bytes. */
export interface Expected {
  readonly digest: string;
  readonly size: number;
}

/** What was read of them; null when they were not there. */
export type Seen = Expected | null;

/** What is wrong with bytes that could be read; undefined when nothing is. */
export function verdictOn(expected: Expected, seen: Seen): FindingKind | undefined {
  if (seen === null) return "missing";
  if (seen.size !== expected.size) return "wrong_size";
  return seen.digest === expected.digest ? undefined : "corrupt";
}

/** Where a scrub is: after which key of which phase. */
export interface Place {
  readonly phase: ScrubPhase;
  readonly position: string;
}

export const FIRST: Place = { phase: "blobs", position: "" };

const NEXT: Readonly<Record<ScrubPhase, ScrubPhase | undefined>> = {
  blobs: "manifests",
  manifests: "again",
  again: undefined,
};

/** Where it goes on when a phase has nothing left; undefined: it is done. */
export function afterPhase({ phase }: Place): Place | undefined {
  const next = NEXT[phase];
  return next === undefined ? undefined : { phase: next, position: "" };
}

/** The position of a manifest, whose key has two parts. */
export function manifestPosition(repositoryId: string, digest: string): string {
  return `${repositoryId} ${digest}`;
}

export function readManifestPosition(position: string): {
  readonly repositoryId: string;
  readonly digest: string;
} {
  const [repositoryId = "", digest = ""] = position.split(" ");
  return { repositoryId, digest };
}
