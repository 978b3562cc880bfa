import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Tx } from "../../../platform/database/port.ts";
import type { Place } from "../../content/entries.ts";
import type { WholeProject } from "../../projects/objections.ts";
import { grant, makePieces } from "./count.ts";
import { defaultsIn, rowOf } from "./limits.ts";

/** Refuses a repository more than the project may have. Throws `quota.repositories`. */
export async function limitRepositories(tx: Tx, { projectId }: Place): Promise<void> {
  const limits = await tx
    .selectFrom("quotas")
    .select("repositories")
    .where("project_id", "=", projectId)
    .executeTakeFirst();
  if (limits === undefined || limits.repositories === null) return;
  // Held, so that of two that come at once the later counts the earlier.
  const { repositories: limit } = await tx
    .selectFrom("quotas")
    .select("repositories")
    .where("project_id", "=", projectId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (limit === null) return;
  const { count } = await tx
    .selectFrom("repositories")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("project_id", "=", projectId)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
  if (Number(count) <= limit) return;
  const { name } = await tx
    .selectFrom("projects")
    .select("name")
    .where("id", "=", projectId)
    .executeTakeFirstOrThrow();
  throw failure("quota.repositories", { project: name, limit });
}

/** Refuses a tag more than a repository may have. Throws `quota.tags`. */
export async function limitTags(tx: Tx, place: Place): Promise<void> {
  const limits = await tx
    .selectFrom("quotas")
    .select("tags")
    .where("project_id", "=", place.projectId)
    .executeTakeFirst();
  const limit = limits?.tags ?? null;
  if (limit === null) return;
  // Held, so that of two that come at once the later counts the earlier.
  await tx
    .selectFrom("repositories")
    .select("id")
    .where("id", "=", place.repositoryId)
    .forNoKeyUpdate()
    .execute();
  const { count } = await tx
    .selectFrom((e) =>
      e
        .selectFrom("tags")
        .select("name")
        .where("repository_id", "=", place.repositoryId)
        .limit(limit + 1)
        .as("some"),
    )
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (Number(count) > limit) throw failure("quota.tags", { name: place.repository, limit });
}

/** Gives a new project the limits that new projects get. */
export async function giveDefaults(tx: Tx, { id }: WholeProject): Promise<void> {
  const limits = await defaultsIn(tx);
  if (Object.values(limits).every((each) => each === null)) return;
  await tx
    .insertInto("quotas")
    .values({ project_id: id, ...rowOf(limits), warned_at: null, version: 1 })
    .execute();
  await makePieces(tx, id);
  await grant(tx, id, limits.bytes, 0);
}
