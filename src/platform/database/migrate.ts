import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { failure } from "../../kernel/errors/catalogue.ts";
import { content } from "./migrations/0001-content.ts";
import { system } from "./migrations/0002-system.ts";
import { identity } from "./migrations/0003-identity.ts";
import { access } from "./migrations/0004-access.ts";
import { lists } from "./migrations/0005-lists.ts";
import { metering } from "./migrations/0007-metering.ts";
import { insight } from "./migrations/0008-insight.ts";
import { search } from "./migrations/0009-search.ts";
import { reclaim } from "./migrations/0010-reclaim.ts";
import { retention } from "./migrations/0011-retention.ts";
import { quotas } from "./migrations/0012-quota.ts";
import { trash } from "./migrations/0013-trash.ts";
import { integrity } from "./migrations/0014-integrity.ts";
import { backup } from "./migrations/0015-backup.ts";
import { inUse } from "./migrations/0017-in-use.ts";
import { quotaReport } from "./migrations/0018-quota-report.ts";
import { columnsOf, type Step } from "./migrations/columns.ts";
import type { Engine } from "./port.ts";
import type { Schema } from "./schema/schema.ts";

const steps: readonly Step[] = [
  content,
  system,
  identity,
  access,
  lists,
  metering,
  insight,
  search,
  reclaim,
  retention,
  quotas,
  trash,
  integrity,
  backup,
  inUse,
  quotaReport,
];

/** Which steps this version knows, in their order. */
export const knownSteps: readonly string[] = steps.map(({ name }) => name);

/**
 * Brings the schema to this version. The caller has opened one transaction around it, which keeps
 * other processes out and leaves nothing behind when a step fails.
 * A database that a newer version has written is refused: its tables may mean something else.
 * `only`: these steps and no others, for rows of an older version.
 */
export async function migrate(
  db: Kysely<Schema>,
  engine: Engine,
  only: readonly string[] = knownSteps,
): Promise<void> {
  const columns = columnsOf(engine);
  const known = new Set(steps.map((step) => step.name));
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(
          steps
            .filter(({ name }) => only.includes(name))
            .map((step) => [step.name, { up: (tx: Kysely<unknown>) => step.up(tx, columns) }]),
        ),
    },
  });
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (tables.some((table) => table.name === "kysely_migration")) {
    const newer = (await ranSteps(db)).filter((name) => !known.has(name));
    if (newer.length > 0) throw failure("database.newer", { steps: newer });
  }
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** The steps that made the schema of a database, in the order of their names. */
export async function ranSteps(db: Kysely<Schema>): Promise<string[]> {
  const ran = await (db as unknown as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom("kysely_migration")
    .select("name")
    .orderBy("name")
    .execute();
  return ran.map(({ name }) => name);
}
