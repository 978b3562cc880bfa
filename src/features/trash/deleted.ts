import type { ArtifactKind } from "../../oci/artifact-kind.ts";

/** Somebody who did something: their account may be deleted by now. */
export interface Who {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
}

/** What everything in the trash says of itself; times in milliseconds since the epoch. */
interface Deleted {
  readonly deletedAt: number;
  readonly deletedBy: Who | null;
  /** Until then it can be had back. */
  readonly keptUntil: number;
}

export interface DeletedRepository extends Deleted {
  readonly id: string;
  /** The full name. */
  readonly name: string;
  /** Whether the name is free, so that it can be had back under it. */
  readonly isNameFree: boolean;
  /** Since when it is being removed for good; null while it can be had back. */
  readonly goingSince: number | null;
  /** What it (still) holds, counted as lists count. */
  readonly tags: number;
  readonly artifacts: number;
}

export interface DeletedArtifact extends Deleted {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly kind: ArtifactKind;
  /** Of the manifest itself, in bytes. */
  readonly size: number;
  /** The tags that went with it, in byte order, the first of them. */
  readonly tags: readonly string[];
}

/** A tag that is there no more, while what it named can still be had. */
export interface DeletedTag extends Omit<Deleted, "keptUntil"> {
  readonly tag: string;
  /** What it named last. */
  readonly digest: string;
  /** Whether its manifest is in the trash as well. */
  readonly isInTrash: boolean;
}

export interface TrashPage<T> {
  readonly items: readonly T[];
  /** Mark after which the next page begins. */
  readonly next: string | undefined;
}
