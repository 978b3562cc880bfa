import { parseDigest } from "../../../oci/digest.ts";
import { parseRepositoryName, parseTag } from "../../../oci/name.ts";
import { type AnyProcedure, procedure, type Tx } from "../../../platform/database/port.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import type { Deed } from "../../content/deed.ts";
import { isHeldByManifest } from "../../content/manifests/store/holds.ts";
import { isRunning, lockLane } from "../../content/manifests/store/running.ts";
import { trashManifest } from "../../content/manifests/store/write.ts";
import { dropTag } from "../../content/tags/store.ts";
import { WITH_IMAGE } from "../rules-plan.ts";

/**
 * Why something that a run was to delete is left: it was changed since it was looked at, something
 * holds it again, it runs somewhere, or it is gone already.
 */
type Left = "changed" | "held" | "in-use" | "gone";

const BATCH = 500;

interface Item {
  readonly kind: "tag" | "manifest";
  readonly repository_id: string;
  readonly repository: string;
  readonly digest: string;
  readonly tag: string | null;
  readonly because_of: string | null;
  readonly changed_at: number;
}

/** Whether the name still names the repository that was looked at, and not one made since. */
async function isHere(tx: Tx, { repository, repository_id }: Item): Promise<boolean> {
  const here = await tx
    .selectFrom("repositories")
    .select("id")
    .where("name", "=", repository)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return here?.id === repository_id;
}

async function liveManifest(tx: Tx, id: string, digest: string) {
  return await tx
    .selectFrom("manifests")
    .select("pushed_at")
    .where("repository_id", "=", id)
    .where("digest", "=", digest)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
}

/** The tags of a run on one manifest that still wait for their turn. */
async function plannedTags(tx: Tx, runId: string, { repository_id, digest }: Item) {
  // By the digest alone: with more to go by, SQLite takes an index over all that waits.
  const tags = await tx
    .selectFrom("retention_items")
    .select(["seq", "tag", "outcome", "level", "changed_at", "because_of"])
    .where("run_id", "=", runId)
    .where("repository_id", "=", repository_id)
    .where("digest", "=", digest)
    .where("kind", "=", "tag")
    .execute();
  return tags.filter(({ outcome }) => outcome === "going");
}

/** The tags that the run lets go with this manifest, and whether those on it are among them. */
async function tagsOf(tx: Tx, runId: string, item: Item) {
  const { repository_id, digest } = item;
  const planned = await plannedTags(tx, runId, item);
  const there = await tx
    .selectFrom("tags")
    .select(["name", "updated_at"])
    .where("repository_id", "=", repository_id)
    .where("manifest", "=", digest)
    .execute();
  const times = new Map(planned.map((row) => [row.tag, row.changed_at]));
  const isAsPlanned = there.every(({ name, updated_at }) => times.get(name) === updated_at);
  return { planned, isAsPlanned };
}

/** Locks first and looks in a second statement: what others committed while this waited is seen. */
async function whyNotManifest(tx: Tx, runId: string, item: Item): Promise<Left | undefined> {
  const { repository_id: id, digest, changed_at } = item;
  await tx
    .selectFrom("manifests")
    .select("digest")
    .where("repository_id", "=", id)
    .where("digest", "=", digest)
    .forUpdate()
    .execute();
  const manifest = await liveManifest(tx, id, digest);
  if (manifest === undefined) return "gone";
  if (manifest.pushed_at !== changed_at) return "changed";
  const { planned, isAsPlanned } = await tagsOf(tx, runId, item);
  if (!isAsPlanned) return "changed";
  for (const { because_of } of planned) {
    if (because_of !== null && (await liveManifest(tx, id, because_of)) !== undefined)
      return "held";
  }
  if (await isHeldByManifest(tx, id, digest, { settled: false })) return "held";
  return (await isRunning(tx, id, digest)) ? "in-use" : undefined;
}

async function whyNotTag(tx: Tx, item: Item): Promise<Left | undefined> {
  const { repository_id: id, digest, tag, because_of, changed_at } = item;
  await tx
    .selectFrom("tags")
    .select("name")
    .where("repository_id", "=", id)
    .where("name", "=", tag)
    .forUpdate()
    .execute();
  const now = await tx
    .selectFrom("tags")
    .select(["manifest", "updated_at"])
    .where("repository_id", "=", id)
    .where("name", "=", tag)
    .executeTakeFirst();
  if (now === undefined) return "gone";
  if (now.manifest !== digest || now.updated_at !== changed_at) return "changed";
  if (because_of !== null && (await liveManifest(tx, id, because_of)) !== undefined) return "held";
  return (await isRunning(tx, id, digest)) ? "in-use" : undefined;
}

export interface ExpireSome extends Deed {
  readonly runId: string;
  readonly seqs: readonly number[];
  /** At which it meets reports of what runs: those of one number take turns. */
  readonly lane: number;
  /** How long the trash keeps it, in milliseconds. */
  readonly keep: number;
  readonly untaggedAfter: number | null;
}

interface Expire extends Omit<ExpireSome, "seqs" | "lane" | "witness"> {
  readonly seq: number;
}

async function note(
  tx: Tx,
  args: Pick<Expire, "runId" | "seq">,
  item: Item,
  outcome: { readonly outcome: "gone" | "left"; readonly cause?: string },
): Promise<void> {
  const tags = item.kind === "tag" ? [] : await plannedTags(tx, args.runId, item);
  const along = tags.filter(({ level }) => level === WITH_IMAGE);
  const places = [args.seq, ...along.map(({ seq }) => seq)];
  for (let at = 0; at < places.length; at += BATCH) {
    await tx
      .updateTable("retention_items")
      .set(outcome)
      .where("run_id", "=", args.runId)
      .where("seq", "in", places.slice(at, at + BATCH))
      .execute();
  }
}

async function openItem(tx: Tx, { runId, seq }: Pick<Expire, "runId" | "seq">) {
  return await tx
    .selectFrom("retention_items")
    .select(["kind", "repository_id", "repository", "digest", "tag", "because_of", "changed_at"])
    .where("run_id", "=", runId)
    .where("seq", "=", seq)
    .where("outcome", "=", "going")
    .forUpdate()
    .executeTakeFirst();
}

/** Deletes one of them, and gives what is to be recorded of that. */
async function expireOne(tx: Tx, args: Expire): Promise<AuditEntry[]> {
  const item = await openItem(tx, args);
  if (item === undefined) return [];
  const left = !(await isHere(tx, item))
    ? "gone"
    : item.kind === "tag"
      ? await whyNotTag(tx, item)
      : await whyNotManifest(tx, args.runId, item);
  await note(
    tx,
    args,
    item,
    left === undefined ? { outcome: "gone" } : { outcome: "left", cause: left },
  );
  if (left !== undefined) return [];
  const { principal, now, keep, untaggedAfter } = args;
  const common = { principal, now, untaggedAfter };
  const repository = parseRepositoryName(item.repository);
  if (item.kind === "tag") {
    return [await dropTag(tx, { ...common, repository, tag: parseTag(item.tag ?? "") })];
  }
  const digest = parseDigest(item.digest);
  return await trashManifest(tx, { ...common, repository, digest, keep });
}

/**
 * Locks all manifests that the deletions will lock, those that they let go of too, in the order of
 * their digests: of two that come upon the same ones none holds what the other waits for.
 */
async function lockManifests(tx: Tx, { runId, seqs }: ExpireSome): Promise<void> {
  const items = await tx
    .selectFrom("retention_items")
    .select(["repository_id as id", "digest"])
    .where("run_id", "=", runId)
    .where("seq", "in", seqs)
    .execute();
  const places = [...Map.groupBy(items, ({ id }) => id)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [id, those] of places) {
    const digests = [...new Set(those.map(({ digest }) => digest))];
    await tx
      .selectFrom("manifests")
      .select("digest")
      .where("repository_id", "=", id)
      .where("digest", "in", (e) =>
        e
          .selectFrom("manifests as own")
          .select("own.digest")
          .where("own.repository_id", "=", id)
          .where("own.digest", "in", digests)
          .unionAll(
            e
              .selectFrom("manifest_children as e")
              .select("e.child as digest")
              .where("e.repository_id", "=", id)
              .where("e.manifest", "in", digests),
          )
          .unionAll(
            e
              .selectFrom("manifests as r")
              .select("r.digest")
              .where("r.repository_id", "=", id)
              .where("r.subject", "in", digests),
          ),
      )
      .orderBy("digest")
      .forUpdate()
      .execute();
  }
}

/**
 * Deletes some of what a run planned to, each if it is still as it was then: a manifest with the
 * tags on it, or a tag alone. What it did is written beside it in the same transaction, so that no
 * run does anything twice. Throws what content throws to whoever deletes: then none of them is
 * deleted, and each is to be tried alone.
 */
export const expireItems = procedure(
  "retention.expire-items",
  async (tx, args: ExpireSome): Promise<void> => {
    const { seqs, lane, witness, ...rest } = args;
    await lockLane(tx, lane);
    await lockManifests(tx, args);
    const log: AuditEntry[] = [];
    for (const seq of seqs) log.push(...(await expireOne(tx, { ...rest, seq })));
    // Last, and once: everybody who records anything waits for it until the commit.
    await record(tx, witness, log);
  },
);

/** Writes down that something could not be deleted, with the code of the refusal. */
export const leaveItem = procedure(
  "retention.leave-item",
  async (tx, args: { runId: string; seq: number; cause: string }): Promise<void> => {
    const item = await openItem(tx, args);
    if (item !== undefined) await note(tx, args, item, { outcome: "left", cause: args.cause });
  },
);

export const expireProcedures: readonly AnyProcedure[] = [expireItems, leaveItem];
