/** What became of what a run was to delete. */
export interface Done {
  readonly tags: number;
  readonly manifests: number;
  readonly left: number;
}

/** What the runs of this node came to, since it started. Previews delete nothing and do not count. */
export class RunTally {
  runs = 0;
  failures = 0;
  milliseconds = 0;
  #tags = 0;
  #manifests = 0;
  left = 0;

  /** What runs deleted, by kind. */
  get deleted(): Readonly<Record<string, number>> {
    return { tag: this.#tags, manifest: this.#manifests };
  }

  /** A run has ended; `done` is left out when it failed, and then is tried again. */
  ended(milliseconds: number, done: Done | undefined): void {
    this.runs++;
    this.milliseconds += milliseconds;
    if (done === undefined) {
      this.failures++;
      return;
    }
    this.#tags += done.tags;
    this.#manifests += done.manifests;
    this.left += done.left;
  }
}
