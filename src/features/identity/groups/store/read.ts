import type { Database } from "../../../../platform/database/port.ts";
import type { GroupLink } from "../group.ts";
import type { GroupRow } from "./write.ts";

export interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly kind: "user" | "robot";
  readonly origin: string;
}

/** Sorts behind every character that a name can have. */
const BEHIND = "~";

/** The reads of groups outside of the hot paths. */
export function groupReads(db: Database) {
  return {
    /** The live group. */
    async find(id: string): Promise<GroupRow | undefined> {
      return await db.read
        .selectFrom("groups")
        .selectAll()
        .where("id", "=", id)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
    },

    async named(name: string): Promise<GroupRow | undefined> {
      return await db.read
        .selectFrom("groups")
        .selectAll()
        .where("name", "=", name)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
    },

    async list(ask: { prefix: string; after: string | null; limit: number }): Promise<GroupRow[]> {
      let query = db.read.selectFrom("groups").selectAll().where("deleted_at", "is", null);
      if (ask.prefix !== "") {
        query = query.where("name", ">=", ask.prefix).where("name", "<", ask.prefix + BEHIND);
      }
      if (ask.after !== null) query = query.where("id", ">", ask.after);
      return await query.orderBy("id").limit(ask.limit).execute();
    },

    async of(principalId: string): Promise<GroupRow[]> {
      return await db.read
        .selectFrom("groups")
        .selectAll()
        .where("deleted_at", "is", null)
        .where("id", "in", (e) =>
          e
            .selectFrom("group_members")
            .select("group_members.group_id")
            .where("group_members.principal_id", "=", principalId),
        )
        .orderBy("name")
        .execute();
    },

    /** The members of one page, with a row for each origin of a membership. */
    async members(ask: {
      groupId: string;
      after: string | null;
      limit: number;
    }): Promise<MemberRow[]> {
      let page = db.read
        .selectFrom("group_members")
        .select("principal_id")
        .distinct()
        .where("group_id", "=", ask.groupId);
      if (ask.after !== null) page = page.where("principal_id", ">", ask.after);
      const ids = await page.orderBy("principal_id").limit(ask.limit).execute();
      if (ids.length === 0) return [];
      return await db.read
        .selectFrom("group_members as m")
        .innerJoin("principals as p", "p.id", "m.principal_id")
        .select(["p.id", "p.name", "p.kind", "m.origin"])
        .where("m.group_id", "=", ask.groupId)
        .where(
          "m.principal_id",
          "in",
          ids.map((row) => row.principal_id),
        )
        .orderBy("p.id")
        .orderBy("m.origin")
        .execute();
    },

    async links(groupId: string): Promise<GroupLink[]> {
      const rows = await db.read
        .selectFrom("group_links")
        .select(["provider", "external_name"])
        .where("group_id", "=", groupId)
        .orderBy("provider")
        .orderBy("external_name")
        .execute();
      return rows.map((row) => ({ provider: row.provider, externalName: row.external_name }));
    },
  };
}
