import { sql } from "kysely";
import { procedure } from "../../../platform/database/port.ts";
import type {
  LensDaysTable,
  LensProjectsTable,
  LensRepositoriesTable,
  MeasuredSpace,
} from "../../../platform/database/schema/lens.ts";

const MEASURED = [
  "manifests",
  "manifest_bytes",
  "blobs",
  "logical",
  "unique_bytes",
  "shared_bytes",
  "measured_at",
] as const satisfies readonly (keyof MeasuredSpace)[];

const anew = <C extends string>(columns: readonly C[]) =>
  Object.fromEntries(columns.map((each) => [each, sql.ref(`excluded.${each}`)]));

/** Writes what was measured of some repositories, over what an earlier run wrote. */
export const keepRepositories = procedure(
  "lens.keep-repositories",
  async (tx, rows: readonly LensRepositoriesTable[]): Promise<void> => {
    if (rows.length === 0) return;
    await tx
      .insertInto("lens_repositories")
      .values(rows)
      .onConflict((c) =>
        c
          .columns(["day", "repository_id"])
          .doUpdateSet(anew([...MEASURED, "project_id", "shared_within"])),
      )
      .execute();
  },
);

/** Writes what was measured of some projects, over what an earlier run wrote. */
export const keepProjects = procedure(
  "lens.keep-projects",
  async (tx, rows: readonly LensProjectsTable[]): Promise<void> => {
    if (rows.length === 0) return;
    await tx
      .insertInto("lens_projects")
      .values(rows)
      .onConflict((c) => c.columns(["day", "project_id"]).doUpdateSet(anew(MEASURED)))
      .execute();
  },
);

/** Marks a day as complete: from now on it is shown. */
export const keepDay = procedure("lens.keep-day", async (tx, row: LensDaysTable): Promise<void> => {
  await tx
    .insertInto("lens_days")
    .values(row)
    .onConflict((c) => c.column("day").doUpdateSet(row))
    .execute();
});

export interface DropMeasured {
  readonly day: number;
  /** Only what was measured before this time. */
  readonly before: number;
  readonly limit: number;
}

/** Takes away some rows of a day that were measured before; gives how many went. */
export const dropMeasured = procedure(
  "lens.drop-measured",
  async (tx, { day, before, limit }: DropMeasured): Promise<number> => {
    let gone = 0;
    const projects = await tx
      .selectFrom("lens_projects")
      .select("project_id as id")
      .where("day", "=", day)
      .where("measured_at", "<", before)
      .limit(limit)
      .execute();
    if (projects.length > 0) {
      const ids = projects.map(({ id }) => id);
      await tx
        .deleteFrom("lens_projects")
        .where("day", "=", day)
        .where("project_id", "in", ids)
        .execute();
      gone += ids.length;
    }
    const repositories = await tx
      .selectFrom("lens_repositories")
      .select("repository_id as id")
      .where("day", "=", day)
      .where("measured_at", "<", before)
      .limit(limit)
      .execute();
    if (repositories.length > 0) {
      const ids = repositories.map(({ id }) => id);
      await tx
        .deleteFrom("lens_repositories")
        .where("day", "=", day)
        .where("repository_id", "in", ids)
        .execute();
      gone += ids.length;
    }
    return gone;
  },
);

/**
 * Takes the oldest day that has any rows out of what is shown, if it is from before then; gives
 * the day, null when there is none.
 */
export const dropDay = procedure(
  "lens.drop-day",
  async (tx, { before }: { readonly before: number }): Promise<number | null> => {
    let oldest: number | null = null;
    for (const table of ["lens_days", "lens_projects", "lens_repositories"] as const) {
      const row = await tx
        .selectFrom(table)
        .select("day")
        .where("day", "<", before)
        .orderBy("day")
        .limit(1)
        .executeTakeFirst();
      if (row !== undefined) oldest = Math.min(oldest ?? row.day, row.day);
    }
    if (oldest !== null) await tx.deleteFrom("lens_days").where("day", "=", oldest).execute();
    return oldest;
  },
);

export const lensProcedures = [keepRepositories, keepProjects, keepDay, dropMeasured, dropDay];
