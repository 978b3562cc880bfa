/** Who counts as another holder of a blob: everybody here, or the same project alone. */
export const horizons = ["installation", "project"] as const;
export type Horizon = (typeof horizons)[number];

/** What some content takes up. Bytes of blobs, but for `manifestBytes`. */
export interface Space {
  readonly manifests: number;
  /** Of the manifests themselves, which lie in the database. */
  readonly manifestBytes: number;
  readonly blobs: number;
  /** What manifests name, each for itself. */
  readonly logical: number;
  /** The same, each blob once; with what nothing names any more, or not yet. */
  readonly unique: number;
  /** Of `unique`, what others hold too. */
  readonly shared: number;
}

/** What comes back when something is deleted and its time is over. */
export interface Freed {
  readonly bytes: number;
  readonly blobs: number;
  readonly manifests: number;
  readonly manifestBytes: number;
}

/** Of a repository or a project: with what is in the trash. */
export interface PlaceSpace extends Space {
  readonly freed: Freed;
}

/** Of artifacts, with the manifests that they list and those that refer to them. */
export interface ArtifactSpace extends Space {
  readonly freed: Freed;
  /**
   * What would stay behind though nothing holds it any more, because untagged manifests are not
   * removed by themselves.
   */
  readonly left: Freed;
}

export const NOTHING_FREED: Freed = { bytes: 0, blobs: 0, manifests: 0, manifestBytes: 0 };
