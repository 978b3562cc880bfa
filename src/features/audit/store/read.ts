import type { Database } from "../../../platform/database/port.ts";
import type {
  AuditCheckpointsTable,
  AuditHeadsTable,
  AuditTable,
} from "../../../platform/database/schema/access.ts";

type Readable = Pick<Database, "read">;

/** Entries ever recorded: what the heads have counted. */
export async function recordedEver(db: Readable): Promise<number> {
  const row = await db.read
    .selectFrom("audit_heads")
    .select((eb) => eb.fn.sum<number | string | null>("seq").as("entries"))
    .executeTakeFirst();
  return Number(row?.entries ?? 0);
}

export function readHeads(db: Readable): Promise<AuditHeadsTable[]> {
  return db.read.selectFrom("audit_heads").selectAll().orderBy("chain").execute();
}

export function readHead(db: Readable, chain: number): Promise<AuditHeadsTable | undefined> {
  return db.read
    .selectFrom("audit_heads")
    .selectAll()
    .where("chain", "=", chain)
    .executeTakeFirst();
}

/** Every chain that has rows, found by skipping from one to the next. */
export async function chainsWithRows(db: Readable, table: "audit" | "audit_checkpoints") {
  const chains: number[] = [];
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const row = await db.read
      .selectFrom(table)
      .select("chain")
      .where("chain", ">", last)
      .orderBy("chain")
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return chains;
    last = row.chain;
    chains.push(last);
  }
}

export interface Range {
  readonly chain: number;
  /** Beyond this number, */
  readonly after: number;
  /** and up to this one. */
  readonly to: number;
}

/** Rows of a chain in their order, `limit` at most. */
export function readRows(
  db: Readable,
  { chain, after, to }: Range,
  limit: number,
): Promise<AuditTable[]> {
  return db.read
    .selectFrom("audit")
    .selectAll()
    .where("chain", "=", chain)
    .where("seq", ">", after)
    .where("seq", "<=", to)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/** Checkpoints of a chain in their order; more than one can speak of the same row. */
export function readCheckpoints(
  db: Readable,
  { chain, after, to }: Range,
  beyond: { readonly id: string; readonly seq: number } | null,
  limit: number,
): Promise<AuditCheckpointsTable[]> {
  return db.read
    .selectFrom("audit_checkpoints")
    .selectAll()
    .where("chain", "=", chain)
    .where("seq", ">", after)
    .where("seq", "<=", to)
    .where((eb) =>
      beyond === null
        ? eb.val(true)
        : eb.or([
            eb("seq", ">", beyond.seq),
            eb.and([eb("seq", "=", beyond.seq), eb("id", ">", beyond.id)]),
          ]),
    )
    .orderBy("seq")
    .orderBy("id")
    .limit(limit)
    .execute();
}
