import { type ExpressionBuilder, sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { SearchField, SearchKind } from "../../../platform/database/schema/search.ts";
import { rangeOf } from "../rules-words.ts";

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
  /** Other words that the name of a repository must have. */
  readonly others: readonly string[];
  /** Numbers; undefined for all. */
  readonly projects: readonly number[] | undefined;
  readonly repositories: readonly number[] | undefined;
  /** The newest artifacts of a repository that has the text, and not the newest alone. */
  readonly several: boolean;
  readonly after: Position | undefined;
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

// biome-ignore lint/suspicious/noExplicitAny: Kysely's type of three joined tables, written out
type Where = ExpressionBuilder<any, any>;

/** As many of the artifacts of a repository that have one text are looked at. */
const MOST_OF_ONE = 10;

function behind(eb: Where, { after, several }: Scan) {
  if (after === undefined) return eb.and([]);
  const { term, text, repository, artifact } = after;
  const steps = [
    eb("t.term", ">", term),
    eb.and([eb("t.term", "=", term), eb("t.text", ">", text)]),
    eb.and([eb("t.term", "=", term), eb("t.text", "=", text), eb("h.repository", ">", repository)]),
  ];
  if (several) {
    const same = eb.and([
      eb("t.term", "=", term),
      eb("t.text", "=", text),
      eb("h.repository", "=", repository),
      eb("a.artifact", ">", artifact),
    ]);
    steps.push(same);
  }
  // The first comparison is what an index can begin at.
  return eb.and([eb("t.term", ">=", term), eb.or(steps)]);
}

/** Holders of terms in the order of the terms, each with the repository it is in, if that is live. */
function walk(db: Database, scan: Scan) {
  const { start, end } = rangeOf(scan.word);
  let query = db.read
    .selectFrom("search_terms as t")
    .innerJoin("search_holders as h", "h.text", "t.text")
    .innerJoin("search_texts as x", "x.number", "t.text")
    .innerJoin("search_repositories as s", "s.number", "h.repository")
    .innerJoin("repositories as r", "r.id", "s.repository_id")
    .innerJoin("projects as o", "o.id", "r.project_id")
    .where("t.kind", "=", scan.kind)
    .where("t.term", ">=", start)
    .where("t.term", "<", end)
    .where("r.deleted_at", "is", null)
    .where("o.deleted_at", "is", null)
    .where((eb) => behind(eb, scan));
  if (scan.projects !== undefined) query = query.where("t.project", "in", scan.projects);
  if (scan.repositories !== undefined) query = query.where("h.repository", "in", scan.repositories);
  return query
    .select([
      "t.term",
      "t.text",
      "h.repository",
      "x.field",
      "x.text as value",
      "r.id as repositoryId",
      "r.name",
      "o.name as project",
    ])
    .orderBy("t.term")
    .orderBy("t.text")
    .orderBy("h.repository")
    .limit(scan.limit);
}

function repositories(db: Database, scan: Scan) {
  let query = walk(db, scan).where("r.updated_at", "is not", null);
  for (const word of scan.others) {
    const { start, end } = rangeOf(word);
    query = query.where("t.text", "in", ({ selectFrom }) =>
      selectFrom("search_terms as u")
        .select("u.text")
        .where("u.kind", "=", "repository")
        .where("u.term", ">=", start)
        .where("u.term", "<", end),
    );
  }
  return query.select([
    sql.lit(0).as("artifact"),
    sql<string | null>`null`.as("digest"),
    "r.updated_at as at",
  ]);
}

function tags(db: Database, scan: Scan) {
  return walk(db, scan)
    .innerJoin("tags as g", (join) =>
      join.onRef("g.repository_id", "=", "r.id").onRef("g.name", "=", "x.text"),
    )
    .select([sql.lit(0).as("artifact"), "g.manifest as digest", "g.updated_at as at"]);
}

/** Of each repository the newest artifact that has the text. */
function newestArtifacts(db: Database, scan: Scan) {
  return walk(db, scan).select(({ selectFrom }) => {
    const newest = selectFrom("search_attributes as a")
      .innerJoin("search_artifacts as n", "n.number", "a.artifact")
      .innerJoin("manifests as m", (join) =>
        join.onRef("m.repository_id", "=", "r.id").onRef("m.digest", "=", "n.digest"),
      )
      .whereRef("a.text", "=", "h.text")
      .whereRef("a.repository", "=", "h.repository")
      .where("m.deleted_at", "is", null)
      .orderBy("a.artifact", "desc")
      .limit(1);
    return [
      newest.select("a.artifact").as("artifact"),
      newest.select("m.digest").as("digest"),
      newest.select("m.pushed_at").as("at"),
    ];
  });
}

/** Of each repository the few newest artifacts that have the text. */
function severalArtifacts(db: Database, scan: Scan) {
  return walk(db, scan)
    .innerJoin("search_attributes as a", (join) =>
      join
        .onRef("a.text", "=", "h.text")
        .onRef("a.repository", "=", "h.repository")
        .on(({ eb, fn, selectFrom }) =>
          eb(
            "a.artifact",
            ">=",
            fn.coalesce(
              selectFrom("search_attributes as b")
                .select("b.artifact")
                .whereRef("b.text", "=", "h.text")
                .whereRef("b.repository", "=", "h.repository")
                .orderBy("b.artifact", "desc")
                .limit(1)
                .offset(MOST_OF_ONE - 1),
              sql.lit(0),
            ),
          ),
        ),
    )
    .innerJoin("search_artifacts as n", "n.number", "a.artifact")
    .innerJoin("manifests as m", (join) =>
      join.onRef("m.repository_id", "=", "r.id").onRef("m.digest", "=", "n.digest"),
    )
    .where("m.deleted_at", "is", null)
    .select(["a.artifact", "m.digest", "m.pushed_at as at"])
    .orderBy("a.artifact");
}

/** The next candidates of a walk, in its order. */
export async function scanTerms(db: Database, scan: Scan): Promise<Candidate[]> {
  if (scan.projects?.length === 0 || scan.repositories?.length === 0) return [];
  switch (scan.kind) {
    case "repository":
      return await repositories(db, scan).$castTo<Candidate>().execute();
    case "tag":
      return await tags(db, scan).$castTo<Candidate>().execute();
    case "artifact":
      return scan.several
        ? await severalArtifacts(db, scan).$castTo<Candidate>().execute()
        : await newestArtifacts(db, scan).$castTo<Candidate>().execute();
  }
}
