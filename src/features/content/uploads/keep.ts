import { Failure } from "../../../kernel/errors/catalogue.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { RepositoryName } from "../../../oci/name.ts";
import { commitBlob } from "../blobs/store/commit.ts";
import type { ContentContext, Pusher } from "../context.ts";
import { deedOf } from "../deed.ts";

/** Staged bytes whose digest was computed over every one of them. */
export interface Verified {
  /** The staged name. */
  readonly id: string;
  readonly digest: Digest;
  readonly size: number;
  /** The session to end with the commit, if there is one. */
  readonly upload: string | null;
  readonly repository: RepositoryName;
  readonly pusher: Pusher;
}

/**
 * Turns verified staged bytes into a visible blob (laws 1 and 2):
 *
 *   bytes already stored, and whole?  → link them, drop ours
 *   else fsync the file, link it to its final name, fsync the folder   (publish)
 *        commit the metadata, in place of a copy that went missing (a push repairs, A19);
 *        a copy that lost against another is removed, never having been seen
 *        drop the staged name
 *
 * A crash before the commit leaves a staged name, which the purge of uploads finds.
 */
export async function keepBlob(context: ContentContext, verified: Verified): Promise<void> {
  const { db, blobs, settings, reads } = context;
  const { id, digest, size, upload, repository, pusher } = verified;
  const commit = (location: string | null, replaces: string | null) =>
    db.write(commitBlob, {
      stored: { digest, size, location, replaces },
      upload,
      repository,
      createProject: pusher.mayCreateProject,
      ...deedOf(context, pusher.doer),
      grace: settings.grace,
    });
  const copy = await reads.blobs.stored(digest);
  const sound = copy !== undefined && (await blobs.stat(copy.location))?.size === size;
  let kept = sound ? await commit(null, null) : undefined;
  if (kept === undefined || kept.location === null) {
    const { location } = await blobs.publish(id, digest);
    try {
      kept = await commit(location, sound ? null : (copy?.location ?? null));
      if (kept.location !== location) await blobs.remove(location);
    } catch (error) {
      // Only a refusal proves that nothing was committed; after a fault nobody knows.
      if (error instanceof Failure && error.status < 500) await blobs.remove(location);
      throw error;
    }
  }
  context.changed();
  if (kept.made) await context.revision.changed();
  await blobs.discard(id);
}
