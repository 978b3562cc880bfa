/** Something of the source that could not be taken over. */
export interface AdoptProblem {
  readonly repository: string;
  /** A digest, a tag or a name. */
  readonly what: string;
  /** Of the error catalogue, where it has one. */
  readonly code: string | null;
  readonly words: string;
}

/** What was taken over. */
export interface AdoptCounts {
  readonly repositories: number;
  /** New ones; `copied` of them could not be had by a second name. */
  readonly blobs: number;
  readonly copied: number;
  /** Blobs and manifests that were here before. */
  readonly known: number;
  readonly bytes: number;
  readonly manifests: number;
  readonly tags: number;
  readonly problems: number;
}
