import { failure } from "../../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../../kernel/events.ts";
import type { Digest } from "../../../../oci/digest.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { record } from "../../../audit/store/record.ts";
import { contentEntry } from "../../entries.ts";
import { ensureRepository, type PushTarget } from "../../repositories/store.ts";
import { linkBlob } from "./links.ts";

/** Bytes that were verified and, where `location` is set, made durable under it. */
export interface Stored {
  readonly digest: Digest;
  readonly size: number;
  /** null asks whether the bytes are there already. */
  readonly location: string | null;
  /** A copy whose bytes were found missing or cut: this one takes its place. */
  readonly replaces: string | null;
}

export interface CommitBlob extends PushTarget {
  readonly stored: Stored;
  /** The session that ends with this commit; null for an upload in one request. */
  readonly upload: string | null;
  readonly grace: number;
}

/** `location` is the copy that counts; null says that the bytes must be stored first. */
export interface Committed {
  readonly location: string | null;
  /** Whether the push brought its repository into being. */
  readonly made: boolean;
}

/** Writes down a copy that no row names any more, for its bytes to be removed. */
async function displace(tx: Tx, digest: string, location: string, now: number): Promise<void> {
  await tx
    .insertInto("displaced_copies")
    .values({ location, digest, since: now })
    .onConflict((c) => c.column("location").doNothing())
    .execute();
}

/** How often a row may come and go under us before that is a fault. */
const TRIES = 5;

/** Makes the row of a blob that has none; false when there is one. */
async function insertBlob(tx: Tx, stored: Stored, location: string, now: number): Promise<boolean> {
  const { digest, size } = stored;
  const row = { digest, size, location, created_at: now, last_touched: now, reclaim_after: null };
  const made = await tx
    .insertInto("blobs")
    .values({ ...row, state: "live" })
    .onConflict((c) => c.column("digest").doNothing())
    .returning("digest")
    .executeTakeFirst();
  return made !== undefined;
}

/** Gives the copy that counts from now on, its row locked; null when there is none to be had. */
async function takeBytes(tx: Tx, args: CommitBlob): Promise<string | null> {
  const { stored, now } = args;
  const { digest, size, location } = stored;
  for (let tries = 0; tries < TRIES; tries++) {
    if (location !== null && (await insertBlob(tx, stored, location, now))) return location;
    const there = await tx
      .selectFrom("blobs")
      .select(["location", "state"])
      .where("digest", "=", digest)
      .forUpdate()
      .executeTakeFirst();
    if (there === undefined) {
      if (location === null) return null;
      // The row that was in the way has just been reclaimed to the end: now there is room.
      continue;
    }
    if (there.state === "live" && there.location !== stored.replaces) {
      await tx
        .updateTable("blobs")
        .set({ last_touched: now, reclaim_after: null })
        .where("digest", "=", digest)
        .execute();
      return there.location;
    }
    if (location === null) return null;
    // What is being reclaimed or was found damaged is replaced by the copy just verified. Whoever
    // reclaims removes the location that it took, never this one; and should it have died, the
    // place of the old copy is written down.
    await tx
      .updateTable("blobs")
      .set({ size, location, state: "live", last_touched: now, reclaim_after: null })
      .where("digest", "=", digest)
      .execute();
    if (there.location !== location) await displace(tx, digest, there.location, now);
    if (there.state !== "reclaiming") {
      const healed = { digest, repositoryId: null, principal: args.principal, at: now };
      await tx
        .insertInto("outbox")
        .values(eventRow("content.healed", healed, now))
        .execute();
    }
    return location;
  }
  throw failure("service.database_unavailable", { digest });
}

/** Makes verified bytes visible in a repository and ends the upload session that brought them. */
export const commitBlob = procedure(
  "content.commit-blob",
  async (tx, args: CommitBlob): Promise<Committed> => {
    const location = await takeBytes(tx, args);
    if (location === null) return { location, made: false };
    if (args.upload !== null) {
      const ended = await tx
        .deleteFrom("uploads")
        .where("id", "=", args.upload)
        .returning("id")
        .executeTakeFirst();
      if (ended === undefined) throw failure("upload.unknown");
    }
    const { place, made } = await ensureRepository(tx, args);
    const { digest, size } = args.stored;
    await linkBlob(tx, place.repositoryId, digest, args);
    await record(tx, args.witness, [...made, contentEntry("blob.push", place, digest, { size })]);
    return { location, made: made.length > 0 };
  },
);
