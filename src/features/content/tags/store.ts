import { failure } from "../../../kernel/errors/catalogue.ts";
import { eventRow } from "../../../kernel/events.ts";
import { newId } from "../../../kernel/ids.ts";
import type { RepositoryName, TagName } from "../../../oci/name.ts";
import { type Database, procedure, type Tx } from "../../../platform/database/port.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import type { Deed } from "../deed.ts";
import { type Place, tagEntry } from "../entries.ts";
import { restamp, type Untagged } from "../manifests/store/holds.ts";
import { tagGains, tagLosses } from "../objections.ts";
import { requireRepository } from "../repositories/store.ts";
import { meets, type Precondition } from "./rules.ts";

/** Where and by whom a tag is moved. */
export interface TagContext extends Place {
  readonly principal: string;
  readonly now: number;
}

async function note(
  tx: Tx,
  context: TagContext,
  tag: string,
  from: string | null,
  to: string | null,
): Promise<void> {
  const { repository, repositoryId, principal, now } = context;
  await tx
    .insertInto("tag_history")
    .values({
      id: newId(now),
      repository_id: repositoryId,
      name: tag,
      from_manifest: from,
      to_manifest: to,
      at: now,
      by: principal,
    })
    .execute();
  const where = { repository, repositoryId, tag, principal, at: now };
  const row =
    to === null
      ? eventRow("tag.deleted", { ...where, from: from ?? "" }, now)
      : eventRow("tag.moved", { ...where, from, to }, now);
  await tx.insertInto("outbox").values(row).execute();
}

/**
 * Points a tag at a manifest; gives the manifest that it left (null: it is new), if it moved at all.
 * Throws `manifest.precondition` when the tag is not where the caller demands, and what objects to
 * its leaving where it is.
 */
export async function moveTag(
  tx: Tx,
  context: TagContext,
  { tag, manifest, precondition }: { tag: TagName; manifest: string; precondition: Precondition },
): Promise<{ readonly from: string | null } | undefined> {
  const { repositoryId: repository_id, now, principal } = context;
  const row = { manifest, updated_at: now, updated_by: principal };
  // The insert comes first: of two pushes that both see no tag, one waits here for the other.
  const made = await tx
    .insertInto("tags")
    .values({ repository_id, name: tag, ...row })
    .onConflict((c) => c.columns(["repository_id", "name"]).doNothing())
    .returning("name")
    .executeTakeFirst();
  const from = made === undefined ? await currentTag(tx, repository_id, tag) : undefined;
  if (!meets(precondition, from)) throw failure("manifest.precondition", { reference: tag });
  if (from === manifest) return undefined;
  if (from !== undefined) {
    await tagLosses.ask(tx, { place: context, tags: [{ name: tag, from, to: manifest }] });
    await tx
      .updateTable("tags")
      .set(row)
      .where("repository_id", "=", repository_id)
      .where("name", "=", tag)
      .execute();
  }
  await note(tx, context, tag, from ?? null, manifest);
  if (from === undefined) await tagGains.ask(tx, context);
  return { from: from ?? null };
}

async function currentTag(tx: Tx, repository: string, tag: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom("tags")
    .select("manifest")
    .where("repository_id", "=", repository)
    .where("name", "=", tag)
    .forUpdate()
    .executeTakeFirst();
  return row?.manifest;
}

/**
 * Removes every tag on a manifest, each with its line of history; gives their names. Throws what
 * objects to that.
 */
export async function removeTagsOf(
  tx: Tx,
  context: TagContext,
  manifest: string,
): Promise<string[]> {
  const removed = await tx
    .deleteFrom("tags")
    .where("repository_id", "=", context.repositoryId)
    .where("manifest", "=", manifest)
    .returning("name")
    .execute();
  if (removed.length === 0) return [];
  const tags = removed.map(({ name }) => ({ name, from: manifest, to: null }));
  await tagLosses.ask(tx, { place: context, tags });
  for (const { name } of removed) await note(tx, context, name, manifest, null);
  return removed.map(({ name }) => name);
}

/**
 * Removes some tags of a repository that has gone for good, and was asked about when it went; gives
 * how many.
 */
export async function forgetTags(tx: Tx, repository: string, limit: number): Promise<number> {
  const rows = await tx
    .selectFrom("tags")
    .select("name")
    .where("repository_id", "=", repository)
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  const names = rows.map(({ name }) => name);
  await tx
    .deleteFrom("tags")
    .where("repository_id", "=", repository)
    .where("name", "in", names)
    .execute();
  return names.length;
}

export interface DeleteTag extends Deed, Untagged {
  readonly repository: RepositoryName;
  readonly tag: TagName;
}

/**
 * Deletes a tag and never its image. Throws `manifest.unknown` when there is no such tag. Gives what
 * is to be recorded of that, last in the transaction.
 */
export async function dropTag(tx: Tx, args: Omit<DeleteTag, "witness">): Promise<AuditEntry> {
  const place = await requireRepository(tx, args.repository);
  const id = place.repositoryId;
  const removed = await tx
    .deleteFrom("tags")
    .where("repository_id", "=", id)
    .where("name", "=", args.tag)
    .returning("manifest")
    .executeTakeFirst();
  if (removed === undefined) {
    throw failure("manifest.unknown", { name: args.repository, reference: args.tag });
  }
  const lost = { name: args.tag, from: removed.manifest, to: null };
  await tagLosses.ask(tx, { place, tags: [lost] });
  const { principal, now } = args;
  await note(tx, { ...place, principal, now }, args.tag, removed.manifest, null);
  await restamp(tx, id, [removed.manifest], args);
  return tagEntry(place, args.tag, removed.manifest, null);
}

/** The same, recorded. */
export const deleteTag = procedure(
  "content.delete-tag",
  async (tx, args: DeleteTag): Promise<void> => {
    await record(tx, args.witness, [await dropTag(tx, args)]);
  },
);

export const tagProcedures = [deleteTag];

/** The reads of tags, compiled once. */
export function tagReads(db: Database) {
  const page = db.prepare((q, p: { repository: string; after: string; limit: number }) =>
    q
      .selectFrom("tags")
      .select("name")
      .where("repository_id", "=", p.repository)
      .where("name", ">", p.after)
      .orderBy("name")
      .limit(p.limit)
      .compile(),
  );
  return {
    /** Names in byte order after `after` ("" for the first page). */
    async page(repository: string, after: string, limit: number): Promise<string[]> {
      return (await page({ repository, after, limit })).map((row) => row.name);
    },
  };
}

export type TagReads = ReturnType<typeof tagReads>;
