import { sql } from "kysely";
import type { Database } from "../../../platform/database/port.ts";
import type { SearchField, SearchKind } from "../../../platform/database/schema/search.ts";
import type { FieldText } from "../rules-texts.ts";
import { rangeOf } from "../rules-words.ts";

export interface ProjectCandidate {
  readonly term: string;
  readonly text: number;
  readonly name: string;
  readonly at: number;
}

/** The reads of a search, but for the walk through terms. */
export function searchReads(db: Database) {
  return {
    /** The numbers of projects that are indexed. */
    async projectNumbers(ids: readonly string[]): Promise<Map<string, number>> {
      if (ids.length === 0) return new Map();
      const rows = await db.read
        .selectFrom("search_projects")
        .select(["number", "project_id"])
        .where("project_id", "in", ids)
        .execute();
      return new Map(rows.map((row) => [row.project_id, row.number]));
    },

    /** Live projects whose terms begin with a word, in the order of the terms. */
    async projects(
      word: string,
      within: readonly number[] | undefined,
      after: { readonly term: string; readonly text: number } | undefined,
      limit: number,
    ): Promise<ProjectCandidate[]> {
      const { start, end } = rangeOf(word);
      let query = db.read
        .selectFrom("search_terms as t")
        .innerJoin("search_projects as s", "s.number", "t.project")
        .innerJoin("projects as o", "o.id", "s.project_id")
        .select(["t.term", "t.text", "o.name", "o.created_at as at"])
        .where("t.kind", "=", "project")
        .where("t.term", ">=", start)
        .where("t.term", "<", end)
        .where("o.deleted_at", "is", null);
      if (within !== undefined) query = query.where("t.project", "in", [...within, 0]);
      if (after !== undefined) {
        query = query.where((eb) =>
          eb.and([
            eb("t.term", ">=", after.term),
            eb.or([eb("t.term", ">", after.term), eb("t.text", ">", after.text)]),
          ]),
        );
      }
      return await query.orderBy("t.term").orderBy("t.text").limit(limit).execute();
    },

    /** How many terms of a kind begin with a word, up to `most`. */
    async count(
      kind: SearchKind,
      word: string,
      projects: readonly number[] | undefined,
      most: number,
    ): Promise<number> {
      const { start, end } = rangeOf(word);
      let range = db.read
        .selectFrom("search_terms as t")
        .innerJoin("search_holders as h", "h.text", "t.text")
        .select("t.text")
        .where("t.kind", "=", kind)
        .where("t.term", ">=", start)
        .where("t.term", "<", end);
      if (projects !== undefined) range = range.where("t.project", "in", [...projects, 0]);
      const row = await db.read
        .selectFrom(range.limit(most).as("some"))
        .select((e) => e.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },

    /** Numbers of repositories whose names a word matches, and of their projects. */
    async repositories(
      word: string,
      projects: readonly number[] | undefined,
      limit: number,
    ): Promise<{ readonly repository: number; readonly project: number }[]> {
      const { start, end } = rangeOf(word);
      let query = db.read
        .selectFrom("search_terms as t")
        .innerJoin("search_holders as h", "h.text", "t.text")
        .select(["h.repository", "t.project"])
        .distinct()
        .where("t.kind", "=", "repository")
        .where("t.term", ">=", start)
        .where("t.term", "<", end);
      if (projects !== undefined) query = query.where("t.project", "in", [...projects, 0]);
      return await query.limit(limit).execute();
    },

    /** Every text of some artifacts, by their numbers. */
    async attributes(artifacts: readonly number[]): Promise<Map<number, FieldText[]>> {
      if (artifacts.length === 0) return new Map();
      const rows = await db.read
        .selectFrom("search_attributes as a")
        .innerJoin("search_texts as x", "x.number", "a.text")
        .select(["a.artifact", "x.field", "x.text"])
        .where("a.artifact", "in", artifacts)
        .execute();
      const all = new Map<number, FieldText[]>();
      for (const { artifact, ...text } of rows) {
        const texts = all.get(artifact);
        if (texts === undefined) all.set(artifact, [text]);
        else texts.push(text);
      }
      return all;
    },

    /** The number of a text in a repository's project, and of the repository. */
    async place(
      repositoryId: string,
      field: SearchField,
      text: string,
      digest: string | null,
    ): Promise<{ repository: number; text: number; artifact: number } | undefined> {
      return await db.read
        .selectFrom("search_repositories as s")
        .innerJoin("search_texts as x", "x.project", "s.project")
        .leftJoin("search_artifacts as n", (join) =>
          join.onRef("n.repository", "=", "s.number").on("n.digest", "=", digest ?? ""),
        )
        .select((e) => [
          "s.number as repository",
          "x.number as text",
          e.fn.coalesce("n.number", sql<number>`0`).as("artifact"),
        ])
        .where("s.repository_id", "=", repositoryId)
        .where("x.field", "=", field)
        .where("x.text", "=", text)
        .executeTakeFirst();
    },

    /** The number of the text that is a project's name. */
    async projectText(name: string): Promise<number | undefined> {
      const row = await db.read
        .selectFrom("projects as o")
        .innerJoin("search_projects as s", "s.project_id", "o.id")
        .innerJoin("search_texts as x", "x.project", "s.number")
        .select("x.number")
        .where("o.name", "=", name)
        .where("o.deleted_at", "is", null)
        .where("x.field", "=", "project")
        .executeTakeFirst();
      return row?.number;
    },
  };
}

export type SearchReads = ReturnType<typeof searchReads>;
