import type { Kysely } from "kysely";
import type { Schema } from "../../platform/database/schema/schema.ts";
import type { ImmutabilityRule } from "./rule.ts";

const columns = [
  "id",
  "project_id",
  "name",
  "repositories",
  "tags",
  "except_tags",
  "created_at",
  "version",
] as const;

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly repositories: string;
  readonly tags: string;
  readonly except_tags: string;
  readonly created_at: number;
  readonly version: number;
}

export function selectRules(db: Kysely<Schema>) {
  return db.selectFrom("immutability_rules").select(columns);
}

export function ruleOf(row: Row): ImmutabilityRule {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    repositories: row.repositories,
    tags: row.tags,
    exceptTags: JSON.parse(row.except_tags) as string[],
    createdAt: row.created_at,
    version: row.version,
  };
}

/** Every rule of a project, oldest first. */
export async function rulesOf(db: Kysely<Schema>, projectId: string): Promise<ImmutabilityRule[]> {
  const rows = await selectRules(db).where("project_id", "=", projectId).orderBy("id").execute();
  return rows.map(ruleOf);
}
