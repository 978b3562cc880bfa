import type { Database } from "../../../../platform/database/port.ts";
import type { PrincipalRow } from "./rows.ts";

export interface PrincipalQuery {
  readonly kind: PrincipalRow["kind"];
  readonly order: "id" | "name";
  /** The id of the last row of the page before. */
  readonly after: string | null;
  readonly limit: number;
  readonly prefix: string;
  readonly state: "active" | "disabled" | "deleted" | null;
  readonly origin?: string | undefined;
  readonly administrator?: boolean | undefined;
  /** Null: of no project. */
  readonly projectId?: string | null | undefined;
}

/** Sorts behind every character that a name can have. */
const BEHIND = "~";

/** The reads of accounts outside of the hot paths. */
export function principalReads(db: Database) {
  return {
    /** Deleted ones too. */
    async find(kind: PrincipalRow["kind"], id: string): Promise<PrincipalRow | undefined> {
      return await db.read
        .selectFrom("principals")
        .selectAll()
        .where("id", "=", id)
        .where("kind", "=", kind)
        .executeTakeFirst();
    },

    /** The live one of that name. */
    async named(kind: PrincipalRow["kind"], name: string): Promise<PrincipalRow | undefined> {
      return await db.read
        .selectFrom("principals")
        .selectAll()
        .where("name", "=", name)
        .where("kind", "=", kind)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
    },

    async list(ask: PrincipalQuery): Promise<PrincipalRow[]> {
      let query = db.read.selectFrom("principals").selectAll().where("kind", "=", ask.kind);
      if (ask.state === "deleted") query = query.where("deleted_at", "is not", null);
      else query = query.where("deleted_at", "is", null);
      if (ask.state === "active") query = query.where("disabled_at", "is", null);
      if (ask.state === "disabled") query = query.where("disabled_at", "is not", null);
      if (ask.origin !== undefined) query = query.where("origin", "=", ask.origin);
      if (ask.administrator !== undefined) {
        query = query.where("administrator", "=", ask.administrator ? 1 : 0);
      }
      if (ask.projectId === null) query = query.where("project_id", "is", null);
      else if (ask.projectId !== undefined) query = query.where("project_id", "=", ask.projectId);
      if (ask.prefix !== "") {
        query = query.where("name", ">=", ask.prefix).where("name", "<", ask.prefix + BEHIND);
      }
      const { after } = ask;
      if (ask.order === "id") {
        if (after !== null) query = query.where("id", ">", after);
        return await query.orderBy("id").limit(ask.limit).execute();
      }
      if (after !== null) {
        // Names of deleted accounts can be equal, so the id decides among them.
        const last = await db.read
          .selectFrom("principals")
          .select("name")
          .where("id", "=", after)
          .executeTakeFirst();
        if (last === undefined) return [];
        query = query.where((e) =>
          e.or([
            e("name", ">", last.name),
            e.and([e("name", "=", last.name), e("id", ">", after)]),
          ]),
        );
      }
      return await query.orderBy("name").orderBy("id").limit(ask.limit).execute();
    },

    /** Whether the installation has an administrator who is not deleted. */
    async anyAdministrator(): Promise<boolean> {
      const row = await db.read
        .selectFrom("principals")
        .select("id")
        .where("administrator", "=", 1)
        .where("deleted_at", "is", null)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
