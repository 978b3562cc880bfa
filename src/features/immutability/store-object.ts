import { failure } from "../../kernel/errors/catalogue.ts";
import type { Tx } from "../../platform/database/port.ts";
import type { Place } from "../content/entries.ts";
import type { TagLoss } from "../content/objections.ts";
import type { WholeProject } from "../projects/objections.ts";
import type { ImmutabilityRule } from "./rule.ts";
import { coversRepository, coversTag, judgeOf, pathIn } from "./rules.ts";
import { rulesOf } from "./store-read.ts";

/**
 * The rules as they are until the commit. The lock on the project, which pushes share, makes them
 * wait for whoever changes a rule: once a rule was answered for, no move that it forbids comes after.
 */
async function currentRules(tx: Tx, projectId: string): Promise<ImmutabilityRule[]> {
  await tx.selectFrom("projects").select("id").where("id", "=", projectId).forKeyShare().execute();
  return rulesOf(tx, projectId);
}

/** Objects to moving and removing tags that a rule makes immutable. Throws `tag.immutable`. */
export async function keepTags(tx: Tx, { place, tags }: TagLoss): Promise<void> {
  const rules = await currentRules(tx, place.projectId);
  if (rules.length === 0) return;
  const judge = judgeOf(rules);
  for (const { name, from } of tags) {
    const rule = judge(place.repository, name);
    if (rule === undefined) continue;
    throw failure("tag.immutable", { tag: name, name: place.repository, rule, digest: from });
  }
}

const BATCH = 1_000;

/** The first tag of a repository that one of the rules, all of which cover it, is about. */
async function firstKept(tx: Tx, repositoryId: string, rules: readonly ImmutabilityRule[]) {
  for (let after = ""; ; ) {
    const tags = await tx
      .selectFrom("tags")
      .select("name")
      .where("repository_id", "=", repositoryId)
      .where("name", ">", after)
      .orderBy("name")
      .limit(BATCH)
      .execute();
    for (const { name: tag } of tags) {
      const rule = rules.find((each) => coversTag(each, tag));
      if (rule !== undefined) return { tag, rule: rule.name };
    }
    const last = tags.at(-1);
    if (last === undefined || tags.length < BATCH) return undefined;
    after = last.name;
  }
}

async function refuseHolder(
  tx: Tx,
  repository: { readonly id: string; readonly name: string },
  rules: readonly ImmutabilityRule[],
): Promise<void> {
  const about = rules.filter((each) => coversRepository(each, pathIn(repository.name)));
  if (about.length === 0) return;
  const kept = await firstKept(tx, repository.id, about);
  if (kept !== undefined) throw failure("repository.immutable", { name: repository.name, ...kept });
}

/** Objects to the end of a repository that holds an immutable tag. Throws `repository.immutable`. */
export async function keepRepository(tx: Tx, place: Place): Promise<void> {
  const rules = await currentRules(tx, place.projectId);
  await refuseHolder(tx, { id: place.repositoryId, name: place.repository }, rules);
}

/** The same for a project: its repositories one by one. */
export async function keepProject(tx: Tx, { id }: WholeProject): Promise<void> {
  const rules = await rulesOf(tx, id);
  if (rules.length === 0) return;
  for (let after = ""; ; ) {
    const repositories = await tx
      .selectFrom("repositories")
      .select(["id", "name"])
      .where("project_id", "=", id)
      .where("deleted_at", "is", null)
      .where("name", ">", after)
      .orderBy("name")
      .limit(BATCH)
      .execute();
    for (const each of repositories) await refuseHolder(tx, each, rules);
    const last = repositories.at(-1);
    if (last === undefined || repositories.length < BATCH) return;
    after = last.name;
  }
}
