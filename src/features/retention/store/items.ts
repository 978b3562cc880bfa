import { sql } from "kysely";
import { type AnyProcedure, type Database, procedure } from "../../../platform/database/port.ts";
import type {
  RetentionItemsTable,
  RetentionOutcome,
} from "../../../platform/database/schema/retention.ts";

// A literal: only then does an engine see that a partial index fits.
const going = sql.lit<RetentionOutcome>("going");

/** Rows of one transaction. */
export const ITEMS = 400;

export type ItemRow = Omit<RetentionItemsTable, "run_id">;

/** Adds items to a run. */
export const addItems = procedure(
  "retention.add-items",
  async (tx, { runId, rows }: { runId: string; rows: readonly ItemRow[] }): Promise<void> => {
    if (rows.length === 0) return;
    await tx
      .insertInto("retention_items")
      .values(rows.map((row) => ({ run_id: runId, ...row })))
      .execute();
  },
);

export const itemProcedures: readonly AnyProcedure[] = [addItems];

/** A step of a run: a manifest with its tags, or a tag alone. */
export interface Step {
  readonly seq: number;
  readonly kind: "tag" | "manifest";
  readonly repository: string;
  readonly digest: string;
  readonly tag: string | null;
  readonly level: number;
}

/** What is to be done next: in the order of levels, so that holders go before what they hold. */
export async function nextSteps(db: Database, runId: string, limit: number): Promise<Step[]> {
  const first = await db.read
    .selectFrom("retention_items")
    .select((e) => e.fn.min("level").as("level"))
    .where("run_id", "=", runId)
    .where("outcome", "=", going)
    .where("level", ">=", 0)
    .executeTakeFirst();
  const level = first?.level ?? null;
  if (level === null) return [];
  return await db.read
    .selectFrom("retention_items")
    .select(["seq", "kind", "repository", "digest", "tag", "level"])
    .where("run_id", "=", runId)
    .where("outcome", "=", going)
    .where("level", "=", level)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/**
 * Bytes of the blobs that some of a run's manifests hold and nothing else does: no live manifest
 * beside those of the run, in any repository. A blob that several of them hold is counted at the
 * first, so that the sums of all spans make the whole.
 */
export async function freedBytes(
  db: Database,
  runId: string,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<number> {
  const { rows } = await sql<{ bytes: number | string | bigint }>`
    select cast(coalesce(sum(b.size), 0) as bigint) as bytes
    from retention_items i
    join manifest_blobs e on e.repository_id = i.repository_id and e.manifest = i.digest
    join blobs b on b.digest = e.digest
    where i.run_id = ${runId} and i.seq > ${after} and i.seq <= ${upTo}
      and i.kind = 'manifest' and i.outcome in ('going', 'gone')
      and not exists (
        select 1
        from repository_blobs l
        join manifest_blobs o on o.repository_id = l.repository_id and o.digest = l.digest
        join manifests m on m.repository_id = o.repository_id and m.digest = o.manifest
        join repositories r on r.id = l.repository_id
        join projects p on p.id = r.project_id
        left join retention_items t on t.run_id = i.run_id and t.repository_id = o.repository_id
          and t.digest = o.manifest and t.kind = 'manifest' and t.outcome in ('going', 'gone')
        where l.digest = e.digest
          and case when t.seq is null
            then m.deleted_at is null and r.deleted_at is null and p.deleted_at is null
            else t.seq < i.seq end
      )`.execute(db.read);
  return Number(rows[0]?.bytes ?? 0);
}

/** The place of the last item of a span of so many. */
export async function spanEnd(
  db: Database,
  runId: string,
  after: number,
  length: number,
): Promise<number | undefined> {
  const rows = await db.read
    .selectFrom("retention_items")
    .select("seq")
    .where("run_id", "=", runId)
    .where("kind", "=", "manifest")
    .where("outcome", "in", ["going", "gone"])
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(length)
    .execute();
  return rows.at(-1)?.seq;
}
