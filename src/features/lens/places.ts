import type { Database } from "../../platform/database/port.ts";
import { repositoriesOf } from "../content/repositories/store.ts";
import type { PlaceSpace } from "./space.ts";
import { firstLinkedBlobs, type LinkedBlob, linkedBlobs } from "./store/links.ts";
import { weighedManifests } from "./store/manifests.ts";
import { Stride } from "./stride.ts";

interface Walk {
  readonly db: Database;
  readonly signal: AbortSignal;
}

/** The sums so far. */
class Sums {
  #manifests = { manifests: 0, manifestBytes: 0 };
  #logical = 0;
  #blobs = { blobs: 0, unique: 0 };
  #shared = { blobs: 0, bytes: 0 };
  #all = { manifests: 0, manifestBytes: 0 };

  async addManifests({ db, signal }: Walk, repositoryId: string): Promise<void> {
    const stride = new Stride(signal, { first: 100, most: 2_000 });
    let after: string | undefined = "";
    while (after !== undefined) {
      const from: string = after;
      after = await stride.step(async (limit) => {
        const rows = await weighedManifests(db, repositoryId, from, limit);
        for (const { size, named, deletedAt } of rows) {
          this.#all.manifests += 1;
          this.#all.manifestBytes += size;
          if (deletedAt !== null) continue;
          this.#manifests.manifests += 1;
          this.#manifests.manifestBytes += size;
          this.#logical += named;
        }
        return rows.length < limit ? undefined : rows.at(-1)?.digest;
      });
    }
  }

  async addBlobs<T extends LinkedBlob>(
    { signal }: Walk,
    look: (after: string, limit: number) => Promise<readonly T[]>,
    counts: (blob: T) => boolean,
  ): Promise<void> {
    const stride = new Stride(signal, { first: 100, most: 1_000 });
    let after: string | undefined = "";
    while (after !== undefined) {
      const from: string = after;
      after = await stride.step(async (limit) => {
        const rows = await look(from, limit);
        for (const blob of rows) if (counts(blob)) this.#addBlob(blob);
        return rows.length < limit ? undefined : rows.at(-1)?.digest;
      });
    }
  }

  #addBlob({ size, shared }: LinkedBlob): void {
    this.#blobs.blobs += 1;
    this.#blobs.unique += size;
    if (shared !== 1) return;
    this.#shared.blobs += 1;
    this.#shared.bytes += size;
  }

  get space(): PlaceSpace {
    const { blobs, unique } = this.#blobs;
    const shared = this.#shared;
    const freed = { ...this.#all, bytes: unique - shared.bytes, blobs: blobs - shared.blobs };
    return {
      ...this.#manifests,
      blobs,
      unique,
      logical: this.#logical,
      shared: shared.bytes,
      freed,
    };
  }
}

/** What a repository takes up; `within` is the project whose repositories alone are others. */
export async function weighRepository(
  walk: Walk,
  repositoryId: string,
  within: string | undefined,
): Promise<PlaceSpace> {
  const sums = new Sums();
  await sums.addManifests(walk, repositoryId);
  const others = { repositoryId, within };
  await sums.addBlobs(
    walk,
    (after, limit) => linkedBlobs(walk.db, others, after, limit),
    () => true,
  );
  return sums.space;
}

const REPOSITORIES = 200;

/** What a project takes up, with its repositories that are in the trash. */
export async function weighProject(
  walk: Walk,
  projectId: string,
  { isAlone }: { readonly isAlone: boolean },
): Promise<PlaceSpace> {
  const { db } = walk;
  const sums = new Sums();
  let ids = await repositoriesOf(db, projectId, "", REPOSITORIES);
  while (ids.length > 0) {
    for (const repositoryId of ids) {
      await sums.addManifests(walk, repositoryId);
      const which = { repositoryId, projectId };
      await sums.addBlobs(
        walk,
        async (after, limit) => {
          const blobs = await firstLinkedBlobs(db, which, after, limit);
          return isAlone ? blobs.map((blob) => ({ ...blob, shared: 0 })) : blobs;
        },
        ({ isFirst }) => isFirst === 1,
      );
    }
    ids = await repositoriesOf(db, projectId, ids.at(-1) ?? "", REPOSITORIES);
  }
  return sums.space;
}
