import { failure } from "../../kernel/errors/catalogue.ts";
import type { Digest } from "../../oci/digest.ts";
import type { RepositoryName, TagName } from "../../oci/name.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Doer } from "../audit/entry.ts";
import { deedOf, type Witnessing } from "../content/deed.ts";
import type { Content } from "../content/service.ts";
import type { DeletedArtifact, DeletedRepository, DeletedTag, TrashPage } from "./deleted.ts";
import {
  emptyManifest,
  restoreManifest,
  restoreTag,
  trashedArtifactProcedures,
} from "./store/artifacts.ts";
import {
  type Asked,
  readDeletedArtifacts,
  readDeletedRepositories,
  readDeletedTags,
} from "./store/read.ts";
import {
  deleteRepository,
  emptyRepository,
  restoreRepository,
  trashedRepositoryProcedures,
} from "./store/repositories.ts";

export const trashProcedures = [...trashedArtifactProcedures, ...trashedRepositoryProcedures];

export interface TrashParts {
  readonly db: Database;
  readonly audit: Witnessing;
  readonly content: Pick<Content, "locate">;
  readonly settings: {
    /** How long deleted things can be had back, in milliseconds (`trash.keep`). */
    readonly trashKeep: number;
    readonly untaggedAfter: number | null;
  };
  /** Told after a change was committed, so that its events are delivered without delay. */
  readonly changed: () => void;
}

/** A repository in the trash. */
export interface Trashed {
  readonly projectId: string;
  readonly id: string;
}

/** What was deleted and can be had back. */
export interface Trash {
  /** Throws `repository.unknown`. */
  deleteRepository(by: Doer, repository: RepositoryName): Promise<void>;
  /** Throws `trash.unknown` or `repository.exists`. */
  restoreRepository(by: Doer, which: Trashed): Promise<void>;
  /** Throws `trash.unknown`. */
  emptyRepository(by: Doer, which: Trashed): Promise<void>;
  repositories(projectId: string, asked: Asked): Promise<TrashPage<DeletedRepository>>;
  /** Gives the tags that came back with it. Throws `trash.unknown` or `repository.unknown`. */
  restoreArtifact(by: Doer, repository: RepositoryName, digest: Digest): Promise<readonly string[]>;
  /** Throws `trash.unknown` or `repository.unknown`. */
  emptyArtifact(by: Doer, repository: RepositoryName, digest: Digest): Promise<void>;
  /** Throws `repository.unknown`. */
  artifacts(repository: RepositoryName, asked: Asked): Promise<TrashPage<DeletedArtifact>>;
  /** Throws `trash.unknown`, `trash.tag_taken` or `repository.unknown`. */
  restoreTag(by: Doer, repository: RepositoryName, tag: TagName): Promise<void>;
  /** Throws `repository.unknown`. */
  tags(repository: RepositoryName, asked: Asked): Promise<TrashPage<DeletedTag>>;
}

/** Opens the trash. */
export function openTrash(parts: TrashParts): Trash {
  const { db, settings, changed } = parts;
  const { untaggedAfter, trashKeep: keep } = settings;

  async function idOf(name: RepositoryName): Promise<string> {
    const found = await parts.content.locate(name);
    if (found === undefined) throw failure("repository.unknown", { name });
    return found.id;
  }

  return {
    async deleteRepository(by, repository) {
      await db.write(deleteRepository, { repository, ...deedOf(parts, by) });
      changed();
    },
    async restoreRepository(by, which) {
      await db.write(restoreRepository, { ...which, ...deedOf(parts, by) });
      changed();
    },
    async emptyRepository(by, which) {
      await db.write(emptyRepository, { ...which, ...deedOf(parts, by) });
      changed();
    },
    repositories: (projectId, asked) => readDeletedRepositories(db, { ...asked, projectId, keep }),
    async restoreArtifact(by, repository, digest) {
      const args = { repository, digest, untaggedAfter, ...deedOf(parts, by) };
      const tags = await db.write(restoreManifest, args);
      changed();
      return tags;
    },
    async emptyArtifact(by, repository, digest) {
      await db.write(emptyManifest, { repository, digest, ...deedOf(parts, by) });
      changed();
    },
    async artifacts(repository, asked) {
      return await readDeletedArtifacts(db, { ...asked, repositoryId: await idOf(repository) });
    },
    async restoreTag(by, repository, tag) {
      await db.write(restoreTag, { repository, tag, untaggedAfter, ...deedOf(parts, by) });
      changed();
    },
    async tags(repository, asked) {
      return await readDeletedTags(db, { ...asked, repositoryId: await idOf(repository) });
    },
  };
}
