import { type FreshDatabase, freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { insertRows } from "../../../tests/support/rows.ts";
import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import { type Batch, UsageGatherer } from "./gatherer.ts";
import { addUsage } from "./store/add.ts";
import type { Logins, Use } from "./usage.ts";

/** A Friday, at a full hour (UTC). */
export const NOON = Date.UTC(2026, 10, 20, 12);

export interface World {
  readonly fresh: FreshDatabase;
  readonly db: Database;
  close(): Promise<void>;
}

/** A database with repositories in it, by name: each in the project that its name begins with. */
export async function openWorld(repositories: Readonly<Record<string, string>>): Promise<World> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, new URL("../../../tests/support/writer.ts", import.meta.url));
  const projects = new Set(Object.keys(repositories).map((name) => name.split("/")[0] ?? ""));
  for (const name of projects) {
    const row = { id: name, name, created_at: NOON, deleted_at: null };
    await db.write(insertRows, { table: "projects", rows: [row] });
  }
  for (const [name, id] of Object.entries(repositories)) {
    const project_id = name.split("/")[0] ?? "";
    const row = { id, project_id, name, created_at: NOON, deleted_at: null };
    await db.write(insertRows, { table: "repositories", rows: [row] });
  }
  return {
    fresh,
    db,
    async close() {
      await db.close();
      await fresh.drop();
    },
  };
}

/** The pull of a manifest, unless told otherwise. */
export function use(repository: string, more: Partial<Use> = {}): Use {
  const pull = { isPull: true, isPush: false, bytesIn: 0, bytesOut: 10, digest: "d1", tag: "v1" };
  return { repository, principalId: "ada", ...pull, ...more };
}

export function push(repository: string, bytesIn: number, principalId = "ada"): Use {
  const nothing = { isPull: false, bytesOut: 0, digest: undefined, tag: undefined };
  return use(repository, { ...nothing, isPush: true, bytesIn, principalId });
}

/** A gatherer whose writes can be made to fail, before or after they were done. */
export function gatherer(
  db: Database,
  clock: Clock,
  options: { most?: number; batch?: number } = {},
) {
  const state = { fails: "never" as "never" | "before" | "after" };
  const told: unknown[] = [];
  const nobody: Logins = { done: 0, denied: 0 };
  const made = new UsageGatherer({
    clock,
    logins: () => nobody,
    onFault: (error) => told.push(error),
    async add(batch: Batch) {
      if (state.fails === "before") throw failure("service.database_unavailable");
      await db.write(addUsage, batch);
      if (state.fails === "after") throw failure("service.database_unavailable");
    },
    ...options,
  });
  return { gatherer: made, state, told };
}

/** Every row of use, in the order of its key. */
export async function everything({ read }: Database) {
  const hours = await read.selectFrom("usage_hours").selectAll().orderBy("hour").execute();
  const days = await read
    .selectFrom("usage_days")
    .selectAll()
    .orderBy("day")
    .orderBy("repository_id")
    .execute();
  const people = await read
    .selectFrom("usage_principals")
    .selectAll()
    .orderBy("day")
    .orderBy("repository_id")
    .orderBy("principal_id")
    .execute();
  const ever = await read
    .selectFrom("usage_repositories")
    .selectAll()
    .orderBy("repository_id")
    .execute();
  const manifests = await read
    .selectFrom("usage_manifests")
    .selectAll()
    .orderBy("repository_id")
    .orderBy("digest")
    .execute();
  const tags = await read
    .selectFrom("usage_tags")
    .selectAll()
    .orderBy("repository_id")
    .orderBy("tag")
    .execute();
  return { hours, days, people, ever, manifests, tags };
}
