import { eventRow } from "../../../kernel/events.ts";
import { newId } from "../../../kernel/ids.ts";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import type {
  ClosedAs,
  FindingKind,
  FoundObject,
} from "../../../platform/database/schema/integrity.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";

/** Something that was found wrong. */
export interface Found {
  readonly object: FoundObject;
  readonly kind: FindingKind;
  readonly digest: string;
  /** Of a manifest; empty for a blob. */
  readonly repositoryId: string;
  readonly location: string | null;
  readonly expectedSize: number;
  readonly seenSize: number | null;
  readonly seenDigest: string | null;
}

export interface NoteFound {
  readonly found: Found;
  readonly witness: Witness;
}

/** True when it is news, and not the same as was found before. */
async function note(tx: Tx, found: Found, now: number): Promise<boolean> {
  const seen = {
    kind: found.kind,
    location: found.location,
    seen_size: found.seenSize,
    seen_digest: found.seenDigest,
    seen_at: now,
  };
  const again = await tx
    .updateTable("findings")
    .set(seen)
    .where("digest", "=", found.digest)
    .where("object", "=", found.object)
    .where("repository_id", "=", found.repositoryId)
    .where("closed_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (again !== undefined) return false;
  const made = await tx
    .insertInto("findings")
    .values({
      id: newId(now),
      object: found.object,
      digest: found.digest,
      repository_id: found.repositoryId,
      expected_size: found.expectedSize,
      found_at: now,
      closed_at: null,
      closed_as: null,
      ...seen,
    })
    .onConflict((c) => c.doNothing())
    .returning("id")
    .executeTakeFirst();
  return made !== undefined;
}

/** Takes the bytes from view; false when the row names other bytes by now, or none. */
async function quarantine(tx: Tx, found: Found, now: number): Promise<boolean> {
  if (found.object === "manifest") {
    const row = await tx
      .updateTable("manifests")
      .set((e) => ({ damaged_at: e.fn.coalesce("damaged_at", e.val(now)) }))
      .where("repository_id", "=", found.repositoryId)
      .where("digest", "=", found.digest)
      .returning("digest")
      .executeTakeFirst();
    return row !== undefined;
  }
  const row = await tx
    .updateTable("blobs")
    .set({ state: "quarantined" })
    .where("digest", "=", found.digest)
    .where("location", "=", found.location ?? "")
    .where("state", "in", ["live", "quarantined"])
    .returning("digest")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Writes down what was found, and takes damaged bytes from view: the same copy that was read, never
 * one that was stored meanwhile. True when that is news.
 */
export const noteFound = procedure(
  "integrity.note-found",
  async (tx, { found, witness }: NoteFound): Promise<boolean> => {
    const now = witness.at;
    const isDamage = found.kind !== "unreadable";
    if (isDamage && !(await quarantine(tx, found, now))) return false;
    const isNews = await note(tx, found, now);
    if (!isNews || !isDamage) return isNews;
    const damaged = {
      digest: found.digest,
      repositoryId: found.object === "manifest" ? found.repositoryId : null,
      kind: found.kind,
      principal: witness.doer.id,
      at: now,
    };
    await tx
      .insertInto("outbox")
      .values(eventRow("content.damaged", damaged, now))
      .execute();
    const { object: kind, digest: id, repositoryId } = found;
    const details = { finding: found.kind, repositoryId };
    const entry = done(`${kind}.quarantine`, { kind, id, name: null }, { details });
    await record(tx, witness, [entry]);
    return true;
  },
);

/** Which finding is meant. */
export type Which = Pick<Found, "object" | "digest" | "repositoryId">;

export interface CloseFinding extends Which {
  readonly as: ClosedAs;
  readonly now: number;
}

async function close(tx: Tx, { object, digest, repositoryId, as, now }: CloseFinding) {
  const row = await tx
    .updateTable("findings")
    .set({ closed_at: now, closed_as: as })
    .where("digest", "=", digest)
    .where("object", "=", object)
    .where("repository_id", "=", repositoryId)
    .where("closed_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether whole bytes stand where the finding was. */
async function isWhole(tx: Tx, { object, digest, repositoryId }: Which): Promise<boolean> {
  const row =
    object === "blob"
      ? await tx
          .selectFrom("blobs")
          .select("digest")
          .where("digest", "=", digest)
          .where("state", "=", "live")
          .executeTakeFirst()
      : await tx
          .selectFrom("manifests")
          .select("digest")
          .where("repository_id", "=", repositoryId)
          .where("digest", "=", digest)
          .where("damaged_at", "is", null)
          .executeTakeFirst();
  return row !== undefined;
}

/** Ends a finding after a push, unless the same was found once more since. */
export const closeHealed = procedure(
  "integrity.close-healed",
  async (tx, args: Which & { readonly now: number }): Promise<boolean> =>
    (await isWhole(tx, args)) && (await close(tx, { ...args, as: "pushed" })),
);

export interface NoteWhole extends Which {
  /** Of the copy that was read; null for a manifest. */
  readonly location: string | null;
  readonly witness: Witness;
}

/** Bytes that were found wrong before are whole, as after a disk came back: they are served again. */
export const noteWhole = procedure(
  "integrity.note-whole",
  async (tx, args: NoteWhole): Promise<void> => {
    const { object, digest, repositoryId, location, witness } = args;
    const row =
      object === "blob"
        ? await tx
            .updateTable("blobs")
            .set({ state: "live" })
            .where("digest", "=", digest)
            .where("location", "=", location ?? "")
            .where("state", "=", "quarantined")
            .returning("digest")
            .executeTakeFirst()
        : await tx
            .updateTable("manifests")
            .set({ damaged_at: null })
            .where("repository_id", "=", repositoryId)
            .where("digest", "=", digest)
            .where("damaged_at", "is not", null)
            .returning("digest")
            .executeTakeFirst();
    await close(tx, { ...args, as: "whole", now: witness.at });
    if (row === undefined) return;
    const target = { kind: object, id: digest, name: null };
    const entry = done(`${object}.release`, target, { details: { repositoryId } });
    await record(tx, witness, [entry]);
  },
);

/** Ends findings of content that is there no more. */
export const closeGone = procedure(
  "integrity.close-gone",
  async (tx, { after, limit, now }: { after: string; limit: number; now: number }) => {
    const open = await tx
      .selectFrom("findings")
      .select(["id", "object", "digest", "repository_id as repositoryId"])
      .where("closed_at", "is", null)
      .where("id", ">", after)
      .orderBy("id")
      .limit(limit)
      .execute();
    for (const each of open) {
      const there =
        each.object === "blob"
          ? await tx
              .selectFrom("blobs")
              .select("digest")
              .where("digest", "=", each.digest)
              .executeTakeFirst()
          : await tx
              .selectFrom("manifests")
              .select("digest")
              .where("repository_id", "=", each.repositoryId)
              .where("digest", "=", each.digest)
              .executeTakeFirst();
      if (there === undefined) await close(tx, { ...each, as: "gone", now });
    }
    return open.length < limit ? undefined : open.at(-1)?.id;
  },
);

export const findingProcedures = [noteFound, closeHealed, noteWhole, closeGone];
