import type { Database } from "../../../platform/database/port.ts";
import { type WhoRow, whoOf } from "../../content/views/store/who.ts";
import type { Finding, OpenFindings, Scrub } from "../finding.ts";

export interface PageAsk {
  readonly limit: number;
  /** The last id of the page before. */
  readonly after: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

function cut<T extends { readonly id: string }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}

/** As many repositories as are named beside one finding. */
const MOST_NAMES = 5;

function reposOf(
  db: Database,
  { object, digest, repositoryId }: Omit<Finding, "repositories"> & { repositoryId: string },
) {
  const named = db.read
    .selectFrom("repositories as r")
    .select("r.name")
    .where("r.deleted_at", "is", null)
    .limit(MOST_NAMES);
  return object === "manifest"
    ? named.where("r.id", "=", repositoryId).execute()
    : named
        .innerJoin("repository_blobs as l", "l.repository_id", "r.id")
        .where("l.digest", "=", digest)
        .where("l.deleted_at", "is", null)
        .execute();
}

/** Findings, the newest first. */
export async function readFindings(
  db: Database,
  { limit, after, open }: PageAsk & { readonly open: boolean | undefined },
): Promise<Page<Finding>> {
  let query = db.read
    .selectFrom("findings")
    .select([
      "id",
      "object",
      "kind",
      "digest",
      "repository_id as repositoryId",
      "expected_size as expectedSize",
      "seen_size as seenSize",
      "seen_digest as seenDigest",
      "found_at as foundAt",
      "seen_at as seenAt",
      "closed_at as closedAt",
      "closed_as as closedAs",
    ])
    .orderBy("id", "desc")
    .limit(limit + 1);
  if (after !== undefined) query = query.where("id", "<", after);
  if (open === true) query = query.where("closed_at", "is", null);
  if (open === false) query = query.where("closed_at", "is not", null);
  const { items, next } = cut(await query.execute(), limit);
  const named = items.map(async (row) => {
    const { repositoryId: _, ...shown } = row;
    return { ...shown, repositories: (await reposOf(db, row)).map(({ name }) => name) };
  });
  return { items: await Promise.all(named), next };
}

/** How many findings are open, by kind. */
export async function countOpen(db: Database): Promise<OpenFindings> {
  const rows = await db.read
    .selectFrom("findings")
    .select((e) => ["kind", e.fn.countAll<number>().as("count")])
    .where("closed_at", "is", null)
    .groupBy("kind")
    .execute();
  const open = { missing: 0, wrong_size: 0, corrupt: 0, unreadable: 0 };
  for (const { kind, count } of rows) open[kind] = Number(count);
  return open;
}

function scrubs(db: Database) {
  return db.read
    .selectFrom("scrubs as s")
    .leftJoin("principals as p", "p.id", "s.started_by")
    .select([
      "s.id",
      "s.scope",
      "s.repository",
      "s.digest",
      "s.state",
      "s.phase",
      "s.blobs",
      "s.manifests",
      "s.bytes",
      "s.total_bytes as totalBytes",
      "s.damaged",
      "s.unreadable",
      "s.started_at as startedAt",
      "s.finished_at as finishedAt",
      "p.id as whoId",
      "p.name as whoName",
      "p.kind as whoKind",
    ])
    .orderBy("s.id", "desc");
}

function scrubOf(row: Omit<Scrub, "startedBy"> & WhoRow): Scrub {
  const { whoId, whoName, whoKind, ...scrub } = row;
  return { ...scrub, startedBy: whoOf({ whoId, whoName, whoKind }) };
}

/** Scrubs, the newest first. */
export async function readScrubs(db: Database, { limit, after }: PageAsk): Promise<Page<Scrub>> {
  let query = scrubs(db).limit(limit + 1);
  if (after !== undefined) query = query.where("s.id", "<", after);
  const { items, next } = cut(await query.execute(), limit);
  return { items: items.map(scrubOf), next };
}

export async function readScrub(db: Database, id: string): Promise<Scrub | undefined> {
  const row = await scrubs(db).where("s.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : scrubOf(row);
}

/** The whole scrub that is under way, and the last one that came to its end. */
export async function wholeScrubs(
  db: Database,
): Promise<{ readonly current: Scrub | null; readonly last: Scrub | null }> {
  const whole = () => scrubs(db).where("s.scope", "=", "all").limit(1);
  const current = await whole().where("s.state", "in", ["running", "paused"]).executeTakeFirst();
  const last = await whole().where("s.state", "=", "done").executeTakeFirst();
  return {
    current: current === undefined ? null : scrubOf(current),
    last: last === undefined ? null : scrubOf(last),
  };
}
