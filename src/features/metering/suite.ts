import { type FreshDatabase, freshDatabase, openFresh } from "../../../tests/support/database.ts";
import { insertRows } from "../../../tests/support/rows.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Use } from "./usage.ts";

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
