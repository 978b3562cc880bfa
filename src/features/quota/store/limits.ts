import type { Kysely } from "kysely";
import type { Schema } from "../../../platform/database/schema/schema.ts";
import type { QuotaLimits } from "../quota.ts";
import { FIELDS, NO_LIMITS } from "../rules.ts";

/** Where the limits of new projects are kept. */
export const DEFAULTS = "quota.defaults";

export const columns = [
  "bytes",
  "bytes_warn",
  "repositories",
  "repositories_warn",
  "tags",
  "tags_warn",
] as const;

type Row = { readonly [K in (typeof columns)[number]]: number | null };

export function rowOf(limits: QuotaLimits): Row {
  return {
    bytes: limits.bytes,
    bytes_warn: limits.bytesWarn,
    repositories: limits.repositories,
    repositories_warn: limits.repositoriesWarn,
    tags: limits.tags,
    tags_warn: limits.tagsWarn,
  };
}

export function limitsOf(row: Row): QuotaLimits {
  return {
    bytes: row.bytes,
    bytesWarn: row.bytes_warn,
    repositories: row.repositories,
    repositoriesWarn: row.repositories_warn,
    tags: row.tags,
    tagsWarn: row.tags_warn,
  };
}

/** The limits that a project gets when it is made. */
export async function defaultsIn(db: Kysely<Schema>): Promise<QuotaLimits> {
  const row = await db
    .selectFrom("settings")
    .select("value")
    .where("name", "=", DEFAULTS)
    .executeTakeFirst();
  if (row === undefined) return NO_LIMITS;
  const kept = JSON.parse(row.value) as Partial<QuotaLimits>;
  return Object.fromEntries(FIELDS.map((field) => [field, kept[field] ?? null])) as never;
}
