import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { newSecretId } from "../../../kernel/ids.ts";
import { type Algorithm, algorithmOf, type Digest } from "../../../oci/digest.ts";
import type { RepositoryName } from "../../../oci/name.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { ContentContext, Pusher } from "../context.ts";
import { deedOf } from "../deed.ts";
import { type Body, takeIn } from "./intake.ts";
import { keepBlob } from "./keep.ts";
import { resumeHash } from "./resume.ts";
import { checkStart, isSessionId } from "./rules.ts";
import { type Running, type SessionHold, Sessions } from "./sessions.ts";
import { endUpload, recordProgress, startUpload, type UploadRow } from "./store.ts";

/** A session as a request names it: known only to whoever opened it, in its repository (A12). */
export interface SessionKey {
  readonly id: string;
  readonly repository: RepositoryName;
  readonly pusher: Pusher;
}

/** A piece of an upload; `start` is the offset that the client says it begins at. */
export interface Chunk extends Body {
  readonly start: number | undefined;
}

/** Upload sessions: start, append, ask, finish, cancel; and the upload in one request. */
export function uploadService(context: ContentContext) {
  const { db, blobs, clock, settings, space } = context;
  const reads = context.reads.uploads;
  const sessions = new Sessions(clock);

  function expiry(now: number): { now: number; expiresAt: number } {
    return { now, expiresAt: now + settings.uploads.expireAfter };
  }

  async function find(key: SessionKey): Promise<UploadRow> {
    const { id, repository, pusher } = key;
    if (!isSessionId(id)) throw failure("upload.unknown");
    const principal = pusher.doer.id;
    const row = await reads.find({ id, name: repository, principal, now: clock.now() });
    if (row === undefined) throw failure("upload.unknown");
    return row;
  }

  /**
   * Runs `work` on the session as the only one. It is looked up under the hold, since whoever held
   * it before may have ended it; and holds are told apart by owner, so that a stranger who names
   * the session gets in nobody's way and learns nothing (A12).
   */
  function exclusively<T>(
    key: SessionKey,
    work: (row: UploadRow, hold: SessionHold) => Promise<T>,
  ): Promise<T> {
    const { id, repository, pusher } = key;
    return sessions.exclusively(`${pusher.doer.id} ${repository} ${id}`, async (hold) =>
      work(await find(key), hold),
    );
  }

  async function record(id: string, size: number, digest: Digest | null): Promise<void> {
    await db.write(recordProgress, { id, received: size, digest, ...expiry(clock.now()) });
  }

  /** Appends under the hold; leaves the running hash in place whenever it matches the file. */
  async function append(
    key: SessionKey,
    row: UploadRow,
    chunk: Chunk,
    hold: SessionHold,
  ): Promise<Running> {
    const { id } = key;
    const running = sessions.take(id) ?? (await resumeHash(blobs, id, row));
    const { algorithm, hasher } = running;
    const writer = await blobs.stage(id);
    try {
      try {
        checkStart(chunk.start, writer.size);
      } catch (refusal) {
        sessions.keep(id, running);
        throw refusal;
      }
      const before = writer.size;
      let taken = 0;
      const progress = (bytes: number) => {
        taken += bytes;
        hold.progress();
        chunk.progress(bytes);
      };
      try {
        await takeIn(
          { ...chunk, progress },
          { writer, hasher, signal: hold.signal, maxSize: settings.uploads.maxSize },
        );
      } catch (error) {
        if (error instanceof Failure && error.code === "upload.length") {
          // A chunk that is not what it announced leaves no trace: the session stays where it was.
          await writer.truncate(before);
          await writer.flush();
        } else {
          await writer.flush();
          // The client left: what came is staged and hashed alike, and can be gone on from.
          if (writer.size === before + taken) {
            sessions.keep(id, { algorithm, hasher, size: writer.size });
          }
        }
        throw error;
      }
      await writer.flush();
      const now: Running = { algorithm, hasher, size: writer.size };
      sessions.keep(id, now);
      return now;
    } finally {
      await writer.close();
    }
  }

  return {
    /** Opens a session and gives its id. */
    async start(
      repository: RepositoryName,
      pusher: Pusher,
      algorithm: Algorithm = "sha256",
    ): Promise<string> {
      await space.check();
      await context.admit(repository, 1);
      const id = newSecretId();
      const deed = deedOf(context, pusher.doer);
      const made = await db.write(startUpload, {
        id,
        repository,
        createProject: pusher.mayCreateProject,
        algorithm,
        most: settings.uploads.mostPerPrincipal,
        ...deed,
        ...expiry(deed.now),
      });
      if (made) await context.revision.changed();
      sessions.keep(id, { algorithm, hasher: newHasher(algorithm), size: 0 });
      return id;
    },

    /** How many bytes the session holds. */
    async status(key: SessionKey): Promise<number> {
      await find(key);
      return (await blobs.stagedInfo(key.id))?.size ?? 0;
    },

    /** Appends a chunk and gives the size reached. */
    async append(key: SessionKey, chunk: Chunk): Promise<number> {
      await space.check();
      return exclusively(key, async (row, hold) => {
        const { size, hasher } = await append(key, row, chunk, hold);
        await record(key.id, size, hasher.copy().digest());
        return size;
      });
    },

    /** Appends the rest, verifies everything against `digest` and makes the blob visible. */
    async finish(key: SessionKey, digest: Digest, chunk: Chunk): Promise<void> {
      await space.check();
      await exclusively(key, async (row, hold) => {
        const { id, repository, pusher } = key;
        await context.admit(repository, row.received + (chunk.announced ?? 0), digest);
        const running = await append(key, row, chunk, hold);
        sessions.forget(id);
        const same = running.algorithm === algorithmOf(digest);
        const actual = same
          ? running.hasher.digest()
          : (await resumeHash(blobs, id, { algorithm: algorithmOf(digest) })).hasher.digest();
        if (actual !== digest) {
          await db.write(endUpload, { id });
          await blobs.discard(id);
          throw failure("upload.digest_mismatch", { actual, claimed: digest });
        }
        await keepBlob(context, { id, digest, size: running.size, upload: id, repository, pusher });
      });
    },

    /** The whole blob in one request. */
    async upload(
      repository: RepositoryName,
      pusher: Pusher,
      digest: Digest,
      chunk: Chunk,
    ): Promise<void> {
      await space.check();
      checkStart(chunk.start, 0);
      await context.admit(repository, chunk.announced ?? 0, digest);
      const id = newSecretId();
      const hasher = newHasher(algorithmOf(digest));
      const writer = await blobs.stage(id);
      try {
        const { signal } = new AbortController();
        await takeIn(chunk, { writer, hasher, signal, maxSize: settings.uploads.maxSize });
        const { size } = writer;
        await writer.close();
        const actual = hasher.digest();
        if (actual !== digest) {
          throw failure("upload.digest_mismatch", { actual, claimed: digest });
        }
        await keepBlob(context, { id, digest, size, upload: null, repository, pusher });
      } catch (error) {
        await writer.close();
        await blobs.discard(id);
        throw error;
      }
    },

    /**
     * Makes staged bytes visible that came by another way than a request: every one of them is
     * hashed here. Throws `upload.digest_mismatch`, and then they are gone.
     */
    async keepStaged(
      repository: RepositoryName,
      pusher: Pusher,
      { id, digest }: { readonly id: string; readonly digest: Digest },
    ): Promise<void> {
      await space.check();
      const { hasher, size } = await resumeHash(blobs, id, { algorithm: algorithmOf(digest) });
      const actual = hasher.digest();
      if (actual !== digest) {
        await blobs.discard(id);
        throw failure("upload.digest_mismatch", { actual, claimed: digest });
      }
      await keepBlob(context, { id, digest, size, upload: null, repository, pusher });
    },

    /** Ends a session and discards its bytes. */
    async cancel(key: SessionKey): Promise<void> {
      await exclusively(key, async () => {
        sessions.forget(key.id);
        if (!(await db.write(endUpload, { id: key.id }))) throw failure("upload.unknown");
        await blobs.discard(key.id);
      });
    },

    /** Sessions open now, of everybody. */
    open: () => reads.open(clock.now()),
  };
}

export type UploadService = ReturnType<typeof uploadService>;
