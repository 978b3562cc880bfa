import { type RawBuilder, sql } from "kysely";
import { procedure, type Tx } from "../../../platform/database/port.ts";
import type { Batch } from "../gatherer.ts";
import { startOf } from "../rules.ts";
import type { DatedFigures, Figures, RepositoryUse, Usage } from "../usage.ts";

/** Rows of one statement: SQLite takes 32,766 parameters, and a row has ten at most. */
const ROWS = 400;

const FIGURES = ["pulls", "pushes", "bytes_in", "bytes_out"] as const;
const DATES = ["last_pulled_at", "last_pushed_at"] as const;

function figuresOf({ pulls, pushes, bytesIn, bytesOut }: Figures) {
  return { pulls, pushes, bytes_in: bytesIn, bytes_out: bytesOut };
}

function datesOf({ lastPulledAt, lastPushedAt }: DatedFigures) {
  return { last_pulled_at: lastPulledAt, last_pushed_at: lastPushedAt };
}

const added = (table: string, column: string): RawBuilder<number> =>
  sql<number>`${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`;

/** The later one of both: what another node wrote may be newer. */
function latest(table: string, column: string): RawBuilder<number> {
  const [old, fresh] = [sql.ref(`${table}.${column}`), sql.ref(`excluded.${column}`)];
  return sql<number>`case when ${fresh} is null or ${old} > ${fresh} then ${old} else ${fresh} end`;
}

/** What a row that is there already becomes. */
function merged<C extends string>(
  table: string,
  sums: readonly C[],
  dates: readonly C[],
): Record<C, RawBuilder<number>> {
  const all = [
    ...sums.map((column) => [column, added(table, column)] as const),
    ...dates.map((column) => [column, latest(table, column)] as const),
  ];
  return Object.fromEntries(all) as { [K in C]: RawBuilder<number> };
}

/** False when this batch was added before. */
async function isNew(tx: Tx, { node, seq, usage }: Batch): Promise<boolean> {
  const last = await tx
    .selectFrom("usage_flushes")
    .select("seq")
    .where("node", "=", node)
    .executeTakeFirst();
  if (last !== undefined && last.seq >= seq) return false;
  await tx
    .insertInto("usage_flushes")
    .values({ node, seq, at: usage.hour })
    .onConflict((c) => c.column("node").doUpdateSet({ seq, at: usage.hour }))
    .execute();
  return true;
}

/** A repository's uses, with the id that it has now, and its project's. */
type Found = RepositoryUse & { readonly id: string; readonly projectId: string };

async function find(tx: Tx, repositories: readonly RepositoryUse[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const some of chunks(repositories)) {
    const rows = await tx
      .selectFrom("repositories")
      .select(["id", "name", "project_id as projectId"])
      .where(
        "name",
        "in",
        some.map(({ name }) => name),
      )
      .where("deleted_at", "is", null)
      .execute();
    const known = new Map(rows.map((row) => [row.name, row]));
    for (const use of some) {
      const row = known.get(use.name);
      // One that was deleted since, or where nothing ever came to be: its hour has counted it.
      if (row !== undefined) found.push({ ...use, id: row.id, projectId: row.projectId });
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function chunks<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / ROWS) }, (_, index) =>
    all.slice(index * ROWS, (index + 1) * ROWS),
  );
}

async function addRepositories(tx: Tx, found: readonly Found[], day: number): Promise<void> {
  for (const some of chunks(found)) {
    await tx
      .insertInto("usage_repositories")
      .values(
        some.map((use) => ({
          repository_id: use.id,
          project_id: use.projectId,
          name: use.name,
          ...figuresOf(use),
          ...datesOf(use),
        })),
      )
      .onConflict((c) =>
        c.column("repository_id").doUpdateSet(merged("usage_repositories", FIGURES, DATES)),
      )
      .execute();
    await tx
      .insertInto("usage_days")
      .values(some.map((use) => ({ day, repository_id: use.id, ...figuresOf(use) })))
      .onConflict((c) =>
        c.columns(["day", "repository_id"]).doUpdateSet(merged("usage_days", FIGURES, [])),
      )
      .execute();
  }
}

async function addPrincipals(tx: Tx, found: readonly Found[], day: number): Promise<void> {
  const rows = found.flatMap((use) =>
    use.principals.map((each) => ({
      day,
      repository_id: use.id,
      principal_id: each.id,
      ...figuresOf(each),
      ...datesOf(each),
      last_at: Math.max(each.lastPulledAt ?? day, each.lastPushedAt ?? day),
    })),
  );
  const change = merged("usage_principals", FIGURES, [...DATES, "last_at"]);
  for (const some of chunks(rows)) {
    await tx
      .insertInto("usage_principals")
      .values(some)
      .onConflict((c) => c.columns(["day", "repository_id", "principal_id"]).doUpdateSet(change))
      .execute();
  }
}

async function addLastUses(tx: Tx, found: readonly Found[]): Promise<void> {
  const rows = (uses: (use: Found) => RepositoryUse["tags"]) =>
    found.flatMap((use) =>
      uses(use).map(({ name, pulls, lastPulledAt }) => {
        return { repository_id: use.id, name, pulls, last_pulled_at: lastPulledAt };
      }),
    );
  for (const some of chunks(rows(({ manifests }) => manifests))) {
    await tx
      .insertInto("usage_manifests")
      .values(some.map(({ name: digest, ...row }) => ({ ...row, digest })))
      .onConflict((c) =>
        c
          .columns(["repository_id", "digest"])
          .doUpdateSet(merged("usage_manifests", ["pulls"], ["last_pulled_at"])),
      )
      .execute();
  }
  for (const some of chunks(rows(({ tags }) => tags))) {
    await tx
      .insertInto("usage_tags")
      .values(some.map(({ name: tag, ...row }) => ({ ...row, tag })))
      .onConflict((c) =>
        c
          .columns(["repository_id", "tag"])
          .doUpdateSet(merged("usage_tags", ["pulls"], ["last_pulled_at"])),
      )
      .execute();
  }
}

async function addHour(tx: Tx, { hour, total, logins }: Usage): Promise<void> {
  await tx
    .insertInto("usage_hours")
    .values({ hour, ...figuresOf(total), logins: logins.done, logins_denied: logins.denied })
    .onConflict((c) =>
      c
        .column("hour")
        .doUpdateSet(merged("usage_hours", [...FIGURES, "logins", "logins_denied"], [])),
    )
    .execute();
}

/** Adds what one node has counted; a batch that was added before changes nothing. */
export const addUsage = procedure("metering.add", async (tx, batch: Batch): Promise<void> => {
  if (!(await isNew(tx, batch))) return;
  const { usage } = batch;
  const day = startOf("day", usage.hour);
  const found = await find(tx, usage.repositories);
  await addRepositories(tx, found, day);
  await addPrincipals(tx, found, day);
  await addLastUses(tx, found);
  // Last, for it is the row that all nodes write.
  await addHour(tx, usage);
});
