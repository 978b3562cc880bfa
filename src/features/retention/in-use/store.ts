import { failure } from "../../../kernel/errors/catalogue.ts";
import { type AnyProcedure, type Database, procedure } from "../../../platform/database/port.ts";
import { done, type Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { shareLanes } from "../../content/manifests/store/running.ts";

const MOST_SOURCES = 1_000;
const GONE = 500;

/** An image that runs: its digest, and what it was called where it runs. */
export interface Running {
  readonly digest: string;
  readonly reference: string;
}

export interface AddRunning {
  readonly source: string;
  readonly images: readonly Running[];
  readonly now: number;
}

/** Adds images of a report, a part at a time: what was reported before stays until it is whole. */
export const addRunning = procedure(
  "in-use.add",
  async (tx, { source, images, now }: AddRunning): Promise<void> => {
    if (images.length === 0) return;
    await shareLanes(tx);
    await tx
      .insertInto("in_use_digests")
      .values(images.map((image) => ({ source, ...image, seen_at: now })))
      .onConflict((c) =>
        c.columns(["source", "digest"]).doUpdateSet((e) => ({
          reference: e.ref("excluded.reference"),
          seen_at: e.ref("excluded.seen_at"),
        })),
      )
      .execute();
  },
);

export interface EndReport {
  readonly witness: Witness;
  readonly source: string;
  readonly images: number;
}

/** Ends a report. Throws `in_use.too_many` for a source too many. */
export const endReport = procedure(
  "in-use.report",
  async (tx, { witness, source, images }: EndReport): Promise<void> => {
    const known = await tx
      .selectFrom("in_use_sources")
      .select("name")
      .where("name", "=", source)
      .forUpdate()
      .executeTakeFirst();
    if (known === undefined) {
      const { count } = await tx
        .selectFrom("in_use_sources")
        .select((e) => e.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      if (count >= MOST_SOURCES) throw failure("in_use.too_many", { limit: MOST_SOURCES });
    }
    const row = { reported_at: witness.at, reported_by: witness.doer.id, images };
    await tx
      .insertInto("in_use_sources")
      .values({ name: source, ...row })
      .onConflict((c) => c.column("name").doUpdateSet(row))
      .execute();
    const object = { kind: "in-use", id: null, name: source };
    await record(tx, witness, [done("in-use.report", object, { details: { images } })]);
  },
);

/** Takes away some of what a source said before a time; gives how many. */
export const dropRunning = procedure(
  "in-use.drop",
  async (tx, { source, before }: { source: string; before: number }): Promise<number> => {
    const rows = await tx
      .selectFrom("in_use_digests")
      .select("digest")
      .where("source", "=", source)
      .where("seen_at", "<", before)
      .orderBy("digest")
      .limit(GONE)
      .execute();
    if (rows.length === 0) return 0;
    await tx
      .deleteFrom("in_use_digests")
      .where("source", "=", source)
      .where("seen_at", "<", before)
      .where(
        "digest",
        "in",
        rows.map(({ digest }) => digest),
      )
      .execute();
    return rows.length;
  },
);

/** Takes a source away; false when there is none. */
export const dropSource = procedure(
  "in-use.drop-source",
  async (tx, { witness, source }: { witness: Witness; source: string }): Promise<boolean> => {
    const row = await tx
      .deleteFrom("in_use_sources")
      .where("name", "=", source)
      .returning("images")
      .executeTakeFirst();
    if (row === undefined) return false;
    const object = { kind: "in-use", id: null, name: source };
    await record(tx, witness, [done("in-use.delete", object, { details: { images: row.images } })]);
    return true;
  },
);

export const inUseProcedures: readonly AnyProcedure[] = [
  addRunning,
  endReport,
  dropRunning,
  dropSource,
];

/** A place where images run, as it was reported last. */
export interface SourceRow {
  readonly name: string;
  readonly reportedAt: number;
  /** Null when the account is not there any more. */
  readonly reportedBy: { readonly id: string; readonly name: string; readonly kind: string } | null;
  readonly images: number;
}

function selectSources(db: Database) {
  return db.read
    .selectFrom("in_use_sources as s")
    .leftJoin("principals as p", "p.id", "s.reported_by")
    .select(["s.name", "s.reported_at", "s.images", "p.id", "p.name as who", "p.kind"]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectSources>["executeTakeFirstOrThrow"]>>;

function sourceOf({ name, reported_at: reportedAt, images, id, who, kind }: Row): SourceRow {
  const isKnown = id !== null && who !== null && kind !== null;
  return { name, reportedAt, reportedBy: isKnown ? { id, name: who, kind } : null, images };
}

export async function readSources(
  db: Database,
  after: string,
  limit: number,
): Promise<SourceRow[]> {
  const rows = await selectSources(db)
    .where("s.name", ">", after)
    .orderBy("s.name")
    .limit(limit)
    .execute();
  return rows.map(sourceOf);
}

export async function readSource(db: Database, name: string): Promise<SourceRow | undefined> {
  const row = await selectSources(db).where("s.name", "=", name).executeTakeFirst();
  return row === undefined ? undefined : sourceOf(row);
}

/** Sources that have said nothing since a time. */
export async function readSilent(db: Database, before: number): Promise<string[]> {
  const rows = await db.read
    .selectFrom("in_use_sources")
    .select("name")
    .where("reported_at", "<", before)
    .execute();
  return rows.map(({ name }) => name);
}

/** The images of a source in the order of their digests. */
export async function readImages(
  db: Database,
  source: string,
  after: string,
  limit: number,
): Promise<Running[]> {
  return await db.read
    .selectFrom("in_use_digests")
    .select(["digest", "reference"])
    .where("source", "=", source)
    .where("digest", ">", after)
    .orderBy("digest")
    .limit(limit)
    .execute();
}
