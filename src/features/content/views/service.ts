import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { Reference, RepositoryName, TagName } from "../../../oci/name.ts";
import type { ContentContext } from "../context.ts";
import { type ArtifactQuery, readArtifact, readArtifacts } from "./store/artifacts.ts";
import { readBlobUse, readHolders } from "./store/blobs.ts";
import { readHistory } from "./store/history.ts";
import {
  counted,
  type ListedRepository,
  markOfRepository,
  type RepositoryRows,
  readRepositories,
  readRepository,
} from "./store/repositories.ts";
import { readTag, readTags, type TagQuery } from "./store/tags.ts";
import type {
  ArtifactView,
  BlobUse,
  Paging,
  RepositoryView,
  TagMove,
  TagView,
  ViewPage,
} from "./view.ts";

export type RepositoryQuery = Omit<RepositoryRows, "limit"> & Paging;

/** Rows looked at for one page: who sees few of very many gets them in short pages. */
const MOST_LOOKED_AT = 2_000;

/** What people read of the content: lists in their order, details, history. Whoever may see it. */
export function viewService({ db, reads }: Pick<ContentContext, "db" | "reads">) {
  async function require(name: RepositoryName): Promise<RepositoryView> {
    const found = await readRepository(db, name);
    if (found === undefined) throw failure("repository.unknown", { name });
    return found;
  }

  async function idOf(name: RepositoryName): Promise<string> {
    const found = await reads.repositories.find(name);
    if (found === undefined) throw failure("repository.unknown", { name });
    return found.id;
  }

  async function digestOf(id: string, name: string, reference: Reference): Promise<string> {
    if (reference.kind === "digest") return reference.digest;
    const tag = await readTag(db, id, reference.tag);
    if (tag === undefined) throw failure("manifest.unknown", { name, reference: reference.tag });
    return tag.digest;
  }

  return {
    /** Repositories that hold something and that `visible` lets through. */
    async repositories(
      query: RepositoryQuery,
      visible: (name: string) => boolean | Promise<boolean>,
    ): Promise<ViewPage<RepositoryView>> {
      const { by, limit } = query;
      const seen: ListedRepository[] = [];
      let after = query.after;
      for (let looked = 0; looked < MOST_LOOKED_AT; ) {
        const rows = await readRepositories(db, { ...query, after, limit: limit + 1 });
        for (const row of rows) {
          if (seen.length === limit) return { items: await counted(db, seen), next: after };
          if (await visible(row.name)) seen.push(row);
          after = markOfRepository(by, row);
        }
        if (rows.length <= limit) return { items: await counted(db, seen), next: undefined };
        looked += rows.length;
      }
      return { items: await counted(db, seen), next: after };
    },

    /** Throws `repository.unknown`. */
    repository: require,

    /** Throws `repository.unknown`. */
    async tags(
      name: RepositoryName,
      query: Omit<TagQuery, "repositoryId">,
    ): Promise<ViewPage<TagView>> {
      return await readTags(db, { ...query, repositoryId: await idOf(name) });
    },

    /** Throws `manifest.unknown` or `repository.unknown`. */
    async tag(name: RepositoryName, tag: TagName): Promise<TagView> {
      const found = await readTag(db, await idOf(name), tag);
      if (found === undefined) throw failure("manifest.unknown", { name, reference: tag });
      return found;
    },

    /** What became of one tag or of all, newest first. Throws `repository.unknown`. */
    async history(
      name: RepositoryName,
      tag: TagName | undefined,
      paging: Paging,
    ): Promise<ViewPage<TagMove>> {
      return await readHistory(db, { ...paging, tag, repositoryId: await idOf(name) });
    },

    /** Throws `repository.unknown`. */
    async artifacts(
      name: RepositoryName,
      query: Omit<ArtifactQuery, "repositoryId">,
    ): Promise<ViewPage<ArtifactView>> {
      return await readArtifacts(db, { ...query, repositoryId: await idOf(name) });
    },

    /** Throws `manifest.unknown` or `repository.unknown`. */
    async artifact(name: RepositoryName, reference: Reference): Promise<ArtifactView> {
      const id = await idOf(name);
      const digest = await digestOf(id, name, reference);
      const found = await readArtifact(db, id, digest);
      if (found === undefined) throw failure("manifest.unknown", { name, reference: digest });
      return found;
    },

    /** Throws `blob.unknown` or `repository.unknown`. */
    async blob(name: RepositoryName, digest: Digest): Promise<BlobUse> {
      const found = await readBlobUse(db, await idOf(name), digest);
      if (found === undefined) throw failure("blob.unknown", { digest });
      return found;
    },

    /** Names of other repositories that hold the blob, whoever may see them. */
    async holders(name: RepositoryName, digest: Digest): Promise<readonly string[]> {
      return await readHolders(db, digest, await idOf(name));
    },
  };
}

export type ViewService = ReturnType<typeof viewService>;
