import { failure } from "../../kernel/errors/catalogue.ts";
import {
  type AnyProcedure,
  type Database,
  procedure,
  type Tx,
} from "../../platform/database/port.ts";

/** What a principal marked or looked at. */
export interface Marked {
  readonly repositoryId: string;
  readonly repository: string;
  readonly project: string;
  readonly at: number;
}

interface Marking {
  readonly principalId: string;
  /** The full name. */
  readonly repository: string;
  readonly now: number;
  /** As many may be there. */
  readonly most: number;
}

async function idOf(tx: Tx, name: string): Promise<string> {
  const row = await tx
    .selectFrom("repositories")
    .select("id")
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  if (row === undefined) throw failure("repository.unknown", { name });
  return row.id;
}

/** Marks a repository, once. Throws `star.too_many`, `repository.unknown`. */
export const addStar = procedure("personal.star", async (tx, args: Marking): Promise<void> => {
  const repository_id = await idOf(tx, args.repository);
  const principal_id = args.principalId;
  const { count } = await tx
    .selectFrom("stars")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("principal_id", "=", principal_id)
    .where("repository_id", "!=", repository_id)
    .executeTakeFirstOrThrow();
  if (Number(count) >= args.most) throw failure("star.too_many", { most: args.most });
  await tx
    .insertInto("stars")
    .values({ principal_id, repository_id, at: args.now })
    .onConflict((c) => c.columns(["principal_id", "repository_id"]).doNothing())
    .execute();
});

/** Takes the mark away, if there is one. Throws `repository.unknown`. */
export const removeStar = procedure(
  "personal.unstar",
  async (tx, args: Omit<Marking, "now" | "most">): Promise<void> => {
    const id = await idOf(tx, args.repository);
    await tx
      .deleteFrom("stars")
      .where("principal_id", "=", args.principalId)
      .where("repository_id", "=", id)
      .execute();
  },
);

/** Notes that a repository was opened; the oldest notes beyond `most` go. Throws `repository.unknown`. */
export const addVisit = procedure("personal.visit", async (tx, args: Marking): Promise<void> => {
  const repository_id = await idOf(tx, args.repository);
  const principal_id = args.principalId;
  await tx
    .insertInto("visits")
    .values({ principal_id, repository_id, at: args.now })
    .onConflict((c) => c.columns(["principal_id", "repository_id"]).doUpdateSet({ at: args.now }))
    .execute();
  const old = await tx
    .selectFrom("visits")
    .select("repository_id")
    .where("principal_id", "=", principal_id)
    .orderBy("at", "desc")
    .orderBy("repository_id")
    .offset(args.most)
    .limit(100)
    .execute();
  if (old.length === 0) return;
  await tx
    .deleteFrom("visits")
    .where("principal_id", "=", principal_id)
    .where(
      "repository_id",
      "in",
      old.map((row) => row.repository_id),
    )
    .execute();
});

export const personalProcedures: readonly AnyProcedure[] = [addStar, removeStar, addVisit];

/** The reads of stars and visits. */
export function personalReads(db: Database) {
  return {
    /** Marks of live repositories, newest first, behind a mark. */
    async list(
      table: "stars" | "visits",
      principalId: string,
      after: { readonly at: number; readonly id: string } | undefined,
      limit: number,
    ): Promise<Marked[]> {
      let query = db.read
        .selectFrom(`${table} as s` as "stars as s")
        .innerJoin("repositories as r", "r.id", "s.repository_id")
        .innerJoin("projects as o", "o.id", "r.project_id")
        .select(["r.id as repositoryId", "r.name as repository", "o.name as project", "s.at"])
        .where("s.principal_id", "=", principalId)
        .where("r.deleted_at", "is", null)
        .where("o.deleted_at", "is", null);
      if (after !== undefined) {
        query = query.where((eb) =>
          eb.or([
            eb("s.at", "<", after.at),
            eb.and([eb("s.at", "=", after.at), eb("s.repository_id", "<", after.id)]),
          ]),
        );
      }
      return await query
        .orderBy("s.at", "desc")
        .orderBy("s.repository_id", "desc")
        .limit(limit)
        .execute();
    },

    /** Live repositories of these ids. */
    async named(ids: readonly string[]): Promise<Map<string, Omit<Marked, "at">>> {
      if (ids.length === 0) return new Map();
      const rows = await db.read
        .selectFrom("repositories as r")
        .innerJoin("projects as o", "o.id", "r.project_id")
        .select(["r.id as repositoryId", "r.name as repository", "o.name as project"])
        .where("r.id", "in", ids)
        .where("r.deleted_at", "is", null)
        .where("o.deleted_at", "is", null)
        .execute();
      return new Map(rows.map((row) => [row.repositoryId, row]));
    },
  };
}
