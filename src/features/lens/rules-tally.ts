/** Sums of the blobs of a project or a repository. */
export interface BlobTally {
  blobs: number;
  unique: number;
  /** Of `unique`, what others in the installation hold too. */
  shared: number;
}

/** Of a repository: also what others of its own project hold. */
export interface RepositoryTally extends BlobTally {
  readonly projectId: string;
  sharedWithin: number;
}

/** Adds up what everything takes, from the links of the installation as they go by blob by blob. */
export class Tallies {
  readonly repositories = new Map<string, RepositoryTally>();
  readonly projects = new Map<string, BlobTally>();
  #digest = "";
  #size = 0;
  #linkers: string[] = [];

  /** Makes a repository known; links of others are passed over. */
  own(repository: string, projectId: string): void {
    const none = { blobs: 0, unique: 0, shared: 0 };
    this.repositories.set(repository, { ...none, projectId, sharedWithin: 0 });
    if (!this.projects.has(projectId)) this.projects.set(projectId, { ...none });
  }

  /** Takes the next link; those of one blob follow one another. */
  link(digest: string, repository: string, size: number): void {
    if (digest !== this.#digest) this.end();
    this.#digest = digest;
    this.#size = size;
    this.#linkers.push(repository);
  }

  /** Counts the last blob. */
  end(): void {
    const size = this.#size;
    const linkers = this.#linkers.flatMap((id) => this.repositories.get(id) ?? []);
    const within = new Map<string, number>();
    for (const { projectId } of linkers) within.set(projectId, (within.get(projectId) ?? 0) + 1);
    for (const tally of linkers) {
      add(tally, size, linkers.length);
      if ((within.get(tally.projectId) ?? 0) > 1) tally.sharedWithin += size;
    }
    for (const id of within.keys()) {
      const project = this.projects.get(id);
      if (project !== undefined) add(project, size, within.size);
    }
    this.#linkers = [];
  }
}

function add(tally: BlobTally, size: number, holders: number): void {
  tally.blobs += 1;
  tally.unique += size;
  if (holders > 1) tally.shared += size;
}
