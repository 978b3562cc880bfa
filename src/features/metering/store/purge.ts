import { type AnyProcedure, type Database, procedure } from "../../../platform/database/port.ts";
import { addUsage } from "./add.ts";

export interface PurgeUsage {
  /** Days and hours that began before this time go. */
  readonly before: number;
  /** Repositories of one day that are looked at in one transaction. */
  readonly limit: number;
}

/** Removes some of what was counted before a time, the oldest first; false when there is no more. */
export const purgeUsage = procedure(
  "metering.purge",
  async (tx, { before, limit }: PurgeUsage): Promise<boolean> => {
    await tx.deleteFrom("usage_hours").where("hour", "<", before).execute();
    await tx.deleteFrom("usage_flushes").where("at", "<", before).execute();
    let isMore = false;
    for (const table of ["usage_days", "usage_principals"] as const) {
      const old = await tx
        .selectFrom(table)
        .select(["day", "repository_id"])
        .distinct()
        .where("day", "<", before)
        .orderBy("day")
        .orderBy("repository_id")
        .limit(limit)
        .execute();
      const [first] = old;
      if (first === undefined) continue;
      isMore = true;
      const ids = old.filter(({ day }) => day === first.day).map((row) => row.repository_id);
      await tx
        .deleteFrom(table)
        .where("day", "=", first.day)
        .where("repository_id", "in", ids)
        .execute();
    }
    return isMore;
  },
);

/** What was used of a repository: a manifest by its digest, or a tag. */
export interface UsedPart {
  readonly repositoryId: string;
  readonly name: string;
}

export type Part = "manifest" | "tag";

/** The next parts in the order of their keys, and which of them are there no more. */
export async function usedParts(
  db: Database,
  part: Part,
  after: UsedPart,
  limit: number,
): Promise<{ readonly last: UsedPart | undefined; readonly gone: readonly UsedPart[] }> {
  const rows = await (part === "manifest"
    ? db.read
        .selectFrom("usage_manifests as used")
        .leftJoin("manifests as there", (join) =>
          join
            .onRef("there.repository_id", "=", "used.repository_id")
            .onRef("there.digest", "=", "used.digest"),
        )
        .select(["used.repository_id as repositoryId", "used.digest as name"])
        .select("there.digest as found")
        .where((eb) =>
          eb(
            eb.refTuple("used.repository_id", "used.digest"),
            ">",
            eb.tuple(after.repositoryId, after.name),
          ),
        )
        .orderBy("used.repository_id")
        .orderBy("used.digest")
    : db.read
        .selectFrom("usage_tags as used")
        .leftJoin("tags as there", (join) =>
          join
            .onRef("there.repository_id", "=", "used.repository_id")
            .onRef("there.name", "=", "used.tag"),
        )
        .select(["used.repository_id as repositoryId", "used.tag as name"])
        .select("there.name as found")
        .where((eb) =>
          eb(
            eb.refTuple("used.repository_id", "used.tag"),
            ">",
            eb.tuple(after.repositoryId, after.name),
          ),
        )
        .orderBy("used.repository_id")
        .orderBy("used.tag")
  )
    .limit(limit)
    .execute();
  return { last: rows.at(-1), gone: rows.filter(({ found }) => found === null) };
}

export interface Forget {
  readonly part: Part;
  readonly gone: readonly UsedPart[];
}

/** Removes what is known of parts that are there no more. */
export const forgetParts = procedure(
  "metering.forget",
  async (tx, { part, gone }: Forget): Promise<void> => {
    for (const { repositoryId, name } of gone) {
      if (part === "manifest") {
        await tx
          .deleteFrom("usage_manifests")
          .where("repository_id", "=", repositoryId)
          .where("digest", "=", name)
          .execute();
      } else {
        await tx
          .deleteFrom("usage_tags")
          .where("repository_id", "=", repositoryId)
          .where("tag", "=", name)
          .execute();
      }
    }
  },
);

export const meteringProcedures: readonly AnyProcedure[] = [addUsage, purgeUsage, forgetParts];
