import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { algorithmOf, type Digest } from "../../../oci/digest.ts";
import type { RepositoryName } from "../../../oci/name.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { BlobBody } from "../../../platform/blobs/port.ts";
import type { Doer } from "../../audit/entry.ts";
import type { ContentContext, Pusher } from "../context.ts";
import { deedOf } from "../deed.ts";
import { mustRenew } from "./rules.ts";
import { mountBlob, touchBlob } from "./store/mount.ts";
import type { BlobRow } from "./store/read.ts";
import { unlinkBlob } from "./store/unlink.ts";

/** Blobs up to this size are answered from memory, where they are kept by digest. */
const SMALL = 65_536;
const MEMORY = 32 * 1024 * 1024;

/** As many repositories as are tried when a mount does not say where from. */
const MOUNT_CANDIDATES = 50;

export interface Slice {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/** A blob that the repository holds, its bytes not yet opened. */
export interface FoundBlob {
  readonly size: number;
  readonly repositoryId: string;
  readonly projectId: string;
  open(slice?: Slice): Promise<BlobBody>;
}

export interface MountRequest {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Where from; undefined lets the registry look. */
  readonly from: RepositoryName | undefined;
  readonly pusher: Pusher;
  /** Whether the caller may pull from a repository. */
  readonly mayPull: (repository: string) => Promise<boolean>;
}

export interface Unlink {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Take it away even from under a live manifest. */
  readonly force: boolean;
  readonly doer: Doer;
}

/** Blobs as repositories see them: look, read, mount, unlink. */
export function blobService(context: ContentContext) {
  const { db, blobs, clock, settings, reads } = context;
  const small = new BoundedCache<Uint8Array<ArrayBuffer>>(MEMORY);

  async function requireBytes(digest: Digest, row: BlobRow): Promise<void> {
    if ((await blobs.stat(row.location))?.size !== row.size) {
      throw failure("service.content_damaged", { digest });
    }
  }

  async function readSmall(digest: Digest, row: BlobRow): Promise<Uint8Array<ArrayBuffer>> {
    const kept = small.get(digest);
    if (kept !== undefined) return kept;
    const bytes = await blobs.readAll(row.location, row.size);
    const hasher = newHasher(algorithmOf(digest));
    hasher.update(bytes);
    // Read in whole anyway, so it costs little to never keep or serve damaged bytes.
    if (hasher.digest() !== digest) throw failure("service.content_damaged", { digest });
    small.set(digest, bytes, bytes.byteLength);
    return bytes;
  }

  async function find(repository: RepositoryName, digest: Digest): Promise<BlobRow> {
    const row = await reads.blobs.find(repository, digest);
    if (row === undefined) {
      if ((await reads.repositories.find(repository)) === undefined) {
        throw failure("repository.unknown", { name: repository });
      }
      throw failure("blob.unknown", { digest });
    }
    if (row.state === "quarantined") throw failure("service.content_damaged", { digest });
    return row;
  }

  return {
    /** The blob for reading. Throws `blob.unknown`, `repository.unknown`, `service.content_damaged`. */
    async get(repository: RepositoryName, digest: Digest): Promise<FoundBlob> {
      const row = await find(repository, digest);
      const { size, repositoryId, projectId } = row;
      return {
        size,
        repositoryId,
        projectId,
        async open(slice) {
          if (size > SMALL) return blobs.open(row.location, size, slice);
          // What is in memory would do, but HEAD and GET must say the same (A11).
          await requireBytes(digest, row);
          const bytes = await readSmall(digest, row);
          return slice === undefined ? bytes : bytes.subarray(slice.start, slice.end + 1);
        },
      };
    },

    /**
     * The answer to an existence check: what it says is here stays for at least half a grace, and
     * its bytes are where they should be.
     */
    async check(repository: RepositoryName, digest: Digest): Promise<number> {
      const row = await find(repository, digest);
      // A client told "here" will not send the bytes: so they are looked for, as a GET would.
      await requireBytes(digest, row);
      const now = clock.now();
      if (mustRenew(row.reclaimAfter, now, settings.grace)) {
        const grace = settings.grace;
        if (!(await db.write(touchBlob, { repository, digest, now, grace }))) {
          throw failure("blob.unknown", { digest });
        }
      }
      return row.size;
    },

    /** Links a blob the caller may pull elsewhere; false when there is none such. */
    async mount(request: MountRequest): Promise<boolean> {
      const { repository, digest, from, pusher, mayPull } = request;
      const names =
        from === undefined ? await reads.blobs.holders(digest, MOUNT_CANDIDATES) : [from];
      const copy = await reads.blobs.stored(digest);
      // Bytes that are not what the row says have to be sent anew, which repairs them.
      if (copy === undefined || (await blobs.stat(copy.location))?.size !== copy.size) return false;
      for (const name of names) {
        if (!(await mayPull(name))) continue;
        const { mounted, made } = await db.write(mountBlob, {
          repository,
          digest,
          from: name as RepositoryName,
          createProject: pusher.mayCreateProject,
          ...deedOf(context, pusher.doer),
          grace: settings.grace,
        });
        if (!mounted) continue;
        context.changed();
        if (made) await context.revision.changed();
        return true;
      }
      return false;
    },

    /** Ends the blob's visibility in the repository; see `unlinkBlob`. */
    async unlink({ repository, digest, force, doer }: Unlink): Promise<void> {
      const deed = deedOf(context, doer);
      await db.write(unlinkBlob, { repository, digest, force, ...deed, grace: settings.grace });
    },
  };
}

export type BlobService = ReturnType<typeof blobService>;
