import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { SearchField, SearchKind } from "../../../platform/database/schema/search.ts";
import { anywhere, rangeOf } from "../rules-words.ts";

/** Where a walk through terms has come to. */
export interface Position {
  readonly term: string;
  readonly text: number;
  readonly repository: number;
  readonly artifact: number;
}

/** A stretch of the walk: terms that begin with a word, and who has them. */
export interface Scan {
  readonly kind: Exclude<SearchKind, "project">;
  readonly word: string;
  /** Other words that the name of a repository must have: most of what has not is left out here. */
  readonly others: readonly string[];
  /** Numbers; undefined for all. */
  readonly projects: readonly number[] | undefined;
  readonly repositories: readonly number[] | undefined;
  /** How many artifacts of a repository that has the text: the newest of them. */
  readonly newest: number;
  readonly after: Position | undefined;
  /** Of texts with the repositories that have them. */
  readonly limit: number;
}

/** What was come upon; whether somebody may see it is not known here. */
export interface Candidate extends Position {
  readonly field: SearchField;
  readonly value: string;
  readonly repositoryId: string;
  readonly name: string;
  readonly project: string;
  /** Of an artifact, or of what a tag points at. */
  readonly digest: string | null;
  readonly at: number | null;
}

export interface Batch {
  /** Of what is there: in the order of the terms. */
  readonly candidates: readonly Candidate[];
  /** Where the next one begins; undefined at the end. */
  readonly end: Position | undefined;
}

interface Row extends Omit<Candidate, "repositoryId" | "repository" | "artifact"> {
  readonly repository: number | null;
  readonly artifact: number | null;
  /** Null where the repository is there no more. */
  readonly repositoryId: string | null;
  /** Whether what was found is there still. */
  readonly there: string | number | null;
}

/**
 * The next texts that a word leads to. Taken from the index alone, and cut before anything is
 * joined: neither engine guesses well how many terms begin with a word.
 */
function texts(db: Database, { kind, word, others, projects, after, limit }: Scan) {
  const { start, end } = rangeOf(word);
  let query = db.read
    .selectFrom("search_terms as t")
    .select(["t.term", "t.text"])
    .where("t.kind", "=", kind)
    .where("t.term", ">=", after?.term ?? start)
    .where("t.term", "<", end);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(t.term, t.text) >= (${after.term}, ${after.text})`);
  }
  if (projects !== undefined) query = query.where("t.project", "in", projects);
  if (kind === "repository" && others.length > 0) {
    let named = query.innerJoin("search_texts as x", "x.number", "t.text");
    for (const each of others) {
      // Names have no capitals, so that a word of a query is in them as it stands.
      const pattern = anywhere(rangeOf(each).start);
      named = named.where(sql<boolean>`x.text like ${pattern} escape '\\'`);
    }
    query = named;
  }
  // One more: all holders of the first may have been seen.
  return query
    .orderBy("t.term")
    .orderBy("t.text")
    .limit(limit + 1);
}

/** The texts with who has them; one that nobody has is a row too, so that the walk goes on behind it. */
function holders(db: Database, scan: Scan) {
  const { repositories, after, limit } = scan;
  let query = db.read
    .selectFrom(texts(db, scan).as("t"))
    .leftJoin("search_holders as h", (join) => {
      const own = join.onRef("h.text", "=", "t.text");
      return repositories === undefined ? own : own.on("h.repository", "in", repositories);
    })
    .select(["t.term", "t.text", "h.repository"]);
  if (after !== undefined) {
    // Of an artifact's repository there may be more to come.
    const seen = after.artifact > 0 ? "<" : "<=";
    query = query.where((eb) =>
      eb.not(
        eb.and([
          eb("t.term", "=", after.term),
          eb("t.text", "=", after.text),
          eb("h.repository", seen, after.repository),
        ]),
      ),
    );
  }
  return query.orderBy("t.term").orderBy("t.text").orderBy("h.repository").limit(limit);
}

function walk(db: Database, scan: Scan) {
  return db.read
    .selectFrom(holders(db, scan).as("c"))
    .leftJoin("search_texts as x", "x.number", "c.text")
    .leftJoin("search_repositories as s", "s.number", "c.repository")
    .leftJoin("repositories as r", (join) =>
      join.onRef("r.id", "=", "s.repository_id").on("r.deleted_at", "is", null),
    )
    .leftJoin("projects as o", (join) =>
      join.onRef("o.id", "=", "r.project_id").on("o.deleted_at", "is", null),
    )
    .select([
      "c.term",
      "c.text",
      "c.repository",
      "x.field",
      "x.text as value",
      "r.id as repositoryId",
      "r.name",
      "o.name as project",
    ])
    .orderBy("c.term")
    .orderBy("c.text")
    .orderBy("c.repository");
}

const none = sql<string | null>`null`;

function repositories(db: Database, scan: Scan) {
  return walk(db, scan).select([
    sql.lit(0).as("artifact"),
    none.as("digest"),
    "r.updated_at as at",
    // Null while nothing was pushed to it.
    "r.updated_at as there",
  ]);
}

function tags(db: Database, scan: Scan) {
  return walk(db, scan)
    .leftJoin("tags as g", (join) =>
      join.onRef("g.repository_id", "=", "r.id").onRef("g.name", "=", "x.text"),
    )
    .select([
      sql.lit(0).as("artifact"),
      "g.manifest as digest",
      "g.updated_at as at",
      "g.name as there",
    ]);
}

/** Of each repository the newest artifacts that have the text. */
function artifacts(db: Database, scan: Scan) {
  return (
    walk(db, scan)
      .leftJoin("search_attributes as a", (join) =>
        join
          .onRef("a.text", "=", "c.text")
          .onRef("a.repository", "=", "c.repository")
          .on(({ eb, fn, selectFrom }) =>
            eb(
              "a.artifact",
              ">=",
              fn.coalesce(
                selectFrom("search_attributes as b")
                  .select("b.artifact")
                  .whereRef("b.text", "=", "c.text")
                  .whereRef("b.repository", "=", "c.repository")
                  .orderBy("b.artifact", "desc")
                  .limit(1)
                  .offset(scan.newest - 1),
                sql.lit(0),
              ),
            ),
          ),
      )
      .leftJoin("search_artifacts as n", "n.number", "a.artifact")
      .leftJoin("manifests as m", (join) =>
        join
          .onRef("m.repository_id", "=", "r.id")
          .onRef("m.digest", "=", "n.digest")
          .on("m.deleted_at", "is", null),
      )
      // The size is in no index: one that would do without the row can be the wrong one to go through.
      .select(["a.artifact", "m.digest", "m.pushed_at as at", "m.size as there"])
      .orderBy("a.artifact")
  );
}

async function rowsOf(db: Database, scan: Scan): Promise<Row[]> {
  switch (scan.kind) {
    case "repository":
      return await repositories(db, scan).$castTo<Row>().execute();
    case "tag":
      return await tags(db, scan).$castTo<Row>().execute();
    case "artifact":
      return await artifacts(db, scan).$castTo<Row>().execute();
  }
}

/** Whether a row was given before: of one pair there may be several. */
function isSeen(row: Row, { after }: Scan): boolean {
  if (after === undefined || after.artifact === 0) return false;
  const { term, text, repository, artifact } = after;
  const isSame = row.term === term && row.text === text && row.repository === repository;
  return isSame && (row.artifact ?? 0) <= artifact;
}

/** The next candidates of a walk, in its order. */
export async function scanTerms(db: Database, scan: Scan): Promise<Batch> {
  if (scan.projects?.length === 0 || scan.repositories?.length === 0) {
    return { candidates: [], end: undefined };
  }
  const rows = await rowsOf(db, scan);
  const candidates = rows.flatMap((row): Candidate[] => {
    const { repositoryId, repository, artifact, there, ...rest } = row;
    // A project that is there no more has no name here.
    const isThere = there !== null && rest.project !== null;
    if (repositoryId === null || repository === null || !isThere || isSeen(row, scan)) return [];
    return [{ ...rest, repositoryId, repository, artifact: artifact ?? 0 }];
  });
  const pairs = new Set(rows.map(({ term, text, repository }) => `${term} ${text} ${repository}`));
  const last = rows.at(-1);
  if (pairs.size < scan.limit || last === undefined) return { candidates, end: undefined };
  const { term, text, repository } = last;
  return { candidates, end: { term, text, repository: repository ?? 0, artifact: 0 } };
}
