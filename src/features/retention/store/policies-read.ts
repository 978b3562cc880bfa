import { type Kysely, sql } from "kysely";
import type { Database, Tx } from "../../../platform/database/port.ts";
import type { Schema } from "../../../platform/database/schema/schema.ts";
import type { RetentionPolicy, RetentionRule } from "../policy.ts";

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly repositories: string;
  readonly rules: string;
  readonly cron: string | null;
  readonly time_zone: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly version: number;
  readonly next_at: number | null;
}

/** Live policies, with the next run of their schedules. */
export function selectPolicies(db: Kysely<Schema> | Tx) {
  return db
    .selectFrom("retention_policies as p")
    .leftJoin("job_schedules as s", (join) =>
      join.on("s.name", "=", sql<string>`'retention:' || p.id`),
    )
    .select([
      "p.id",
      "p.project_id",
      "p.name",
      "p.description",
      "p.repositories",
      "p.rules",
      "p.cron",
      "p.time_zone",
      "p.created_at",
      "p.updated_at",
      "p.version",
      "s.next_at",
    ])
    .where("p.deleted_at", "is", null);
}

export function policyOf(row: Row): RetentionPolicy {
  const { cron, time_zone: timeZone } = row;
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    repositories: JSON.parse(row.repositories) as string[],
    rules: JSON.parse(row.rules) as RetentionRule[],
    schedule: cron === null || timeZone === null ? null : { cron, timeZone },
    nextRunAt: row.next_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** The live policy of that project. */
export async function readPolicy(
  db: Database,
  projectId: string,
  id: string,
): Promise<RetentionPolicy | undefined> {
  const row = await selectPolicies(db.read)
    .where("p.id", "=", id)
    .where("p.project_id", "=", projectId)
    .executeTakeFirst();
  return row === undefined ? undefined : policyOf(row);
}

/** The live policy with this id, in whatever live project it is. */
export async function readScheduledPolicy(
  db: Database,
  id: string,
): Promise<RetentionPolicy | undefined> {
  const row = await selectPolicies(db.read)
    .innerJoin("projects as j", "j.id", "p.project_id")
    .where("p.id", "=", id)
    .where("j.deleted_at", "is", null)
    .executeTakeFirst();
  return row === undefined ? undefined : policyOf(row);
}

/** At most `limit` policies of the project after one, in the order of their ids. */
export async function readPolicies(
  db: Kysely<Schema> | Tx,
  projectId: string,
  after: string | null,
  limit: number,
): Promise<RetentionPolicy[]> {
  let query = selectPolicies(db).where("p.project_id", "=", projectId).orderBy("p.id").limit(limit);
  if (after !== null) query = query.where("p.id", ">", after);
  return (await query.execute()).map(policyOf);
}
