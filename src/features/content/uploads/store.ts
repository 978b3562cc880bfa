import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Algorithm } from "../../../oci/digest.ts";
import type { RepositoryName } from "../../../oci/name.ts";
import { type Database, procedure, type Tx } from "../../../platform/database/port.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { ensureRepository, liveRepository, type PushTarget } from "../repositories/store.ts";

export interface StartUpload extends PushTarget {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly expiresAt: number;
  /** Most sessions that one principal may have open. */
  readonly most: number;
}

/** Sessions of one principal that may be starting at this moment, each unseen by the others. */
const UNSEEN = 64;

async function openSessions(tx: Tx, { principal, now }: StartUpload): Promise<number> {
  const { count } = await tx
    .selectFrom("uploads")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("principal", "=", principal)
    .where("expires_at", ">", now)
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * Opens a session; true when that brought its repository into being.
 * Throws `upload.too_many` or `project.unknown`.
 */
export const startUpload = procedure(
  "content.start-upload",
  async (tx, args: StartUpload): Promise<boolean> => {
    let count = await openSessions(tx, args);
    if (count + UNSEEN >= args.most) {
      // Near the limit they take turns; far from it nobody waits for anybody.
      await tx
        .selectFrom("principals")
        .select("id")
        .where("id", "=", args.principal)
        .forUpdate()
        .execute();
      count = await openSessions(tx, args);
    }
    if (count >= args.most) throw failure("upload.too_many", { count });
    const { place, made } = await ensureRepository(tx, args);
    await tx
      .insertInto("uploads")
      .values({
        id: args.id,
        repository_id: place.repositoryId,
        principal: args.principal,
        received: 0,
        digest: null,
        algorithm: args.algorithm,
        created_at: args.now,
        updated_at: args.now,
        expires_at: args.expiresAt,
      })
      .execute();
    await record(tx, args.witness, made);
    return made.length > 0;
  },
);

export interface RecordProgress {
  readonly id: string;
  readonly received: number;
  /** The digest of everything received so far; null when it is not known. */
  readonly digest: string | null;
  readonly now: number;
  readonly expiresAt: number;
}

/** Notes how far a session has come and gives it time anew. Throws `upload.unknown`. */
export const recordProgress = procedure(
  "content.record-progress",
  async (tx, args: RecordProgress): Promise<void> => {
    const row = await tx
      .updateTable("uploads")
      .set({
        received: args.received,
        digest: args.digest,
        updated_at: args.now,
        expires_at: args.expiresAt,
      })
      .where("id", "=", args.id)
      .returning("id")
      .executeTakeFirst();
    if (row === undefined) throw failure("upload.unknown");
  },
);

/** Ends a session without a blob; false when there was none. */
export const endUpload = procedure("content.end-upload", async (tx, args: { id: string }) => {
  const row = await tx
    .deleteFrom("uploads")
    .where("id", "=", args.id)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
});

export interface ExpireUploads {
  readonly now: number;
  readonly limit: number;
  readonly witness: Witness;
}

/** Ends at most `limit` sessions whose time is over and gives their ids. */
export const expireUploads = procedure(
  "content.expire-uploads",
  async (tx, args: ExpireUploads): Promise<string[]> => {
    const due = await tx
      .selectFrom("uploads")
      .select("id")
      .where("expires_at", "<=", args.now)
      .orderBy("expires_at")
      .limit(args.limit)
      .forUpdate()
      .execute();
    const ids = due.map((row) => row.id);
    if (ids.length === 0) return ids;
    await tx.deleteFrom("uploads").where("id", "in", ids).execute();
    const object = { kind: "upload", id: null, name: null };
    const entry = done("upload.expire", object, { details: { count: ids.length } });
    await record(tx, args.witness, [entry]);
    return ids;
  },
);

export const uploadProcedures = [startUpload, recordProgress, endUpload, expireUploads];

export interface UploadRow {
  readonly received: number;
  readonly digest: string | null;
  readonly algorithm: Algorithm;
}

/** The reads of upload sessions, compiled once. */
export function uploadReads(db: Database) {
  const find = db.prepare((q, p: { id: string; name: string; principal: string; now: number }) =>
    q
      .selectFrom("uploads")
      .select(["received", "digest", "algorithm"])
      .where("id", "=", p.id)
      .where("repository_id", "=", liveRepository(q, p.name))
      .where("principal", "=", p.principal)
      .where("expires_at", ">", p.now)
      .$castTo<UploadRow>()
      .compile(),
  );
  const known = db.prepare((q, p: { id: string }) =>
    q.selectFrom("uploads").select("id").where("id", "=", p.id).compile(),
  );
  return {
    /** The session, to whoever opened it in this repository and to nobody else (A12). */
    async find(args: {
      id: string;
      name: RepositoryName;
      principal: string;
      now: number;
    }): Promise<UploadRow | undefined> {
      return (await find(args))[0];
    },
    async exists(id: string): Promise<boolean> {
      return (await known({ id })).length > 0;
    },
    /** Sessions open now, of everybody. */
    async open(now: number): Promise<number> {
      const row = await db.read
        .selectFrom("uploads")
        .select((e) => e.fn.countAll<number>().as("count"))
        .where("expires_at", ">", now)
        .executeTakeFirstOrThrow();
      return row.count;
    },
  };
}

export type UploadReads = ReturnType<typeof uploadReads>;
