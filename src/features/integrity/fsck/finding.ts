/** Everything that storage and database can disagree in, and what a repair does about each. */
export const FSCK_KINDS = [
  "missing_file",
  "wrong_size",
  "corrupt_file",
  "unreadable_file",
  "orphan_file",
  "stray_file",
  "dangling_link",
  "unlinked_blob",
  "dangling_tag",
  "dangling_edge",
  "corrupt_manifest",
] as const;

export type FsckKind = (typeof FSCK_KINDS)[number];

/** One disagreement. */
export interface FsckFinding {
  readonly kind: FsckKind;
  /** What it is about: a digest, a path, or the name of a tag. */
  readonly what: string;
  /** The repository's full name or id, where it is about one. */
  readonly repository: string | null;
  readonly detail: string | null;
  readonly isRepaired: boolean;
}

/** How much was looked at. */
export interface FsckCounts {
  readonly files: number;
  readonly blobs: number;
  readonly manifests: number;
  readonly bytesHashed: number;
  /** Copies that were taken from view before: the scrub and pushes see to them. */
  readonly quarantined: number;
}

export interface FsckReport {
  readonly counts: FsckCounts;
  readonly found: number;
  readonly left: number;
}
