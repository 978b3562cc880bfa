import type { ExpressionBuilder } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { Schema } from "../../../platform/database/schema/schema.ts";

/** A blob that a repository has, and who else has it. */
export interface LinkedBlob {
  readonly digest: string;
  readonly size: number;
  /** 1 when others have it too. */
  readonly shared: number;
}

/** Which links count as those of others. */
export interface Beside {
  readonly repositoryId: string;
  /** Only those of this project; undefined for all. */
  readonly within: string | undefined;
}

type Links = ExpressionBuilder<Schema & { l: Schema["repository_blobs"] }, "l">;

type Others = ExpressionBuilder<Schema & { o: Schema["repository_blobs"] }, "o">;

/** Links of the blob of `l`: the first that fits ends the look, so that the order of looking counts. */
function linksOf(eb: Links) {
  return eb
    .selectFrom("repository_blobs as o")
    .select("o.digest")
    .whereRef("o.digest", "=", "l.digest");
}

/** Nested, not joined: asked of each link of a blob, and never of each repository of a project. */
function projectOf(eb: Others) {
  return eb
    .selectFrom("repositories as r")
    .select("r.project_id")
    .whereRef("r.id", "=", "o.repository_id");
}

/** Whether a repository other than this one links the blob of `l`. */
function elsewhere(eb: Links, { repositoryId, within }: Beside) {
  const others = linksOf(eb).where("o.repository_id", "!=", repositoryId);
  if (within === undefined) return eb.exists(others);
  return eb.exists(others.where((e) => e(projectOf(e as unknown as Others), "=", within)));
}

const one = (eb: Links, held: ReturnType<typeof elsewhere>) =>
  eb.case().when(held).then(1).else(0).end().$castTo<number>();

/** The next blobs that a repository links, after a digest, hidden links and all. */
export async function linkedBlobs(
  db: Database,
  others: Beside,
  after: string,
  limit: number,
): Promise<LinkedBlob[]> {
  return await db.read
    .selectFrom("repository_blobs as l")
    .innerJoin("blobs as b", "b.digest", "l.digest")
    .select((eb) => {
      const links = eb as unknown as Links;
      return ["l.digest", "b.size", one(links, elsewhere(links, others)).as("shared")];
    })
    .where("l.repository_id", "=", others.repositoryId)
    .where("l.digest", ">", after)
    .orderBy("l.digest")
    .limit(limit)
    .execute();
}

/**
 * The next blobs of a project that one of its repositories links and none with a smaller id does:
 * so that each is met once. They are shared when another project has them.
 */
export async function firstLinkedBlobs(
  db: Database,
  { repositoryId, projectId }: { readonly repositoryId: string; readonly projectId: string },
  after: string,
  limit: number,
): Promise<(LinkedBlob & { readonly isFirst: number })[]> {
  return await db.read
    .selectFrom("repository_blobs as l")
    .innerJoin("blobs as b", "b.digest", "l.digest")
    .select((e) => {
      const eb = e as unknown as Links;
      const before = linksOf(eb)
        .where("o.repository_id", "<", repositoryId)
        .where((o) => o(projectOf(o as unknown as Others), "=", projectId));
      const other = linksOf(eb).where((o) => o(projectOf(o as unknown as Others), "!=", projectId));
      return [
        "l.digest",
        "b.size",
        one(eb, eb.exists(other)).as("shared"),
        one(eb, eb.not(eb.exists(before))).as("isFirst"),
      ];
    })
    .where("l.repository_id", "=", repositoryId)
    .where("l.digest", ">", after)
    .orderBy("l.digest")
    .limit(limit)
    .execute();
}

/** Those of the blobs that the repository links, with who else does. */
export async function linksAmong(
  db: Database,
  others: Beside,
  digests: readonly string[],
): Promise<LinkedBlob[]> {
  return await db.read
    .selectFrom("repository_blobs as l")
    .innerJoin("blobs as b", "b.digest", "l.digest")
    .select((eb) => {
      const links = eb as unknown as Links;
      return ["l.digest", "b.size", one(links, elsewhere(links, others)).as("shared")];
    })
    .where("l.repository_id", "=", others.repositoryId)
    .where("l.digest", "in", digests)
    .execute();
}
