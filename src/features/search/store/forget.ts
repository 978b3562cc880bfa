import { procedure, type Tx } from "../../../platform/database/port.ts";
import { dropArtifacts } from "./holders.ts";
import { dropUnheld } from "./texts.ts";

/** Rows of one transaction. */
const ARTIFACTS = 50;
const TEXTS = 200;

async function forgetArtifacts(tx: Tx, repository: number): Promise<number> {
  const rows = await tx
    .selectFrom("search_artifacts")
    .select(["repository", "digest"])
    .where("repository", "=", repository)
    .limit(ARTIFACTS)
    .execute();
  await dropArtifacts(tx, rows);
  return rows.length;
}

async function forgetTexts(tx: Tx, repository: number): Promise<number> {
  const rows = await tx
    .selectFrom("search_holders")
    .select("text")
    .where("repository", "=", repository)
    .limit(TEXTS)
    .execute();
  const texts = rows.map(({ text }) => text);
  if (texts.length === 0) return 0;
  await tx
    .deleteFrom("search_holders")
    .where("repository", "=", repository)
    .where("text", "in", texts)
    .execute();
  await dropUnheld(tx, texts);
  return texts.length;
}

/**
 * Forgets a part of what is written of a repository that is there no more; false once nothing of it
 * is left.
 */
export const forgetRepository = procedure(
  "search.forget",
  async (tx, { id }: { readonly id: string }): Promise<boolean> => {
    const known = await tx
      .selectFrom("search_repositories")
      .select(["number", "project"])
      .where("repository_id", "=", id)
      .executeTakeFirst();
    if (known === undefined) return false;
    const there = await tx
      .selectFrom("repositories")
      .select("id")
      .where("id", "=", id)
      .executeTakeFirst();
    if (there !== undefined) return false;
    // One node at a time writes of each project.
    await tx
      .selectFrom("search_projects")
      .select("number")
      .where("number", "=", known.project)
      .forUpdate()
      .execute();
    if ((await forgetArtifacts(tx, known.number)) > 0) return true;
    if ((await forgetTexts(tx, known.number)) > 0) return true;
    await tx.deleteFrom("search_repositories").where("number", "=", known.number).execute();
    return false;
  },
);
