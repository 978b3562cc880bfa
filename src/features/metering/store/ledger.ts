import type { Database } from "../../../platform/database/port.ts";
import type { Span } from "../rules.ts";
import type { Figures } from "../usage.ts";

export interface Named {
  readonly id: string;
  readonly name: string;
}

type Days = Pick<Span, "from" | "to">;

/** The next projects by id, not before `from`; deleted ones too, whose use is still to be accounted for. */
export async function projectsFrom(db: Database, from: string, limit: number): Promise<Named[]> {
  return await db.read
    .selectFrom("projects")
    .select(["id", "name"])
    .where("id", ">=", from)
    .orderBy("id")
    .limit(limit)
    .execute();
}

export async function projectOfId(db: Database, id: string): Promise<Named[]> {
  return await db.read.selectFrom("projects").select(["id", "name"]).where("id", "=", id).execute();
}

/** The next repositories of a project by id, not before `from`; those that are gone too, once they were used. */
export async function repositoriesFrom(
  db: Database,
  projectId: string,
  from: string,
  limit: number,
): Promise<Named[]> {
  const there = db.read
    .selectFrom("repositories")
    .select(["id", "name"])
    .where("project_id", "=", projectId)
    .where("id", ">=", from)
    .orderBy("id")
    .limit(limit);
  const used = db.read
    .selectFrom("usage_repositories")
    .select(["repository_id as id", "name"])
    .where("project_id", "=", projectId)
    .where("repository_id", ">=", from)
    .orderBy("repository_id")
    .limit(limit);
  const names = new Map<string, Named>();
  for (const row of [...(await used.execute()), ...(await there.execute())]) names.set(row.id, row);
  return [...names.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
}

export interface DayOf extends Figures {
  readonly day: number;
  readonly id: string;
}

/** The days of some repositories. */
export async function daysOf(
  db: Database,
  repositories: readonly string[],
  { from, to }: Days,
): Promise<DayOf[]> {
  return await db.read
    .selectFrom("usage_days")
    .select(["day", "repository_id as id", "pulls", "pushes"])
    .select(["bytes_in as bytesIn", "bytes_out as bytesOut"])
    .where("repository_id", "in", repositories)
    .where("day", ">=", from)
    .where("day", "<", to)
    .execute();
}

/** Where a page of the days of accounts ended. */
export interface AccountMark {
  readonly day: number;
  readonly id: string;
}

/** The next days of accounts in one repository; `id` is the account's. */
export async function accountDaysOf(
  db: Database,
  repositoryId: string,
  { from, to }: Days,
  after: AccountMark,
  limit: number,
): Promise<DayOf[]> {
  return await db.read
    .selectFrom("usage_principals")
    .select(["day", "principal_id as id", "pulls", "pushes"])
    .select(["bytes_in as bytesIn", "bytes_out as bytesOut"])
    .where("repository_id", "=", repositoryId)
    .where("day", ">=", from)
    .where("day", "<", to)
    .where((eb) => eb(eb.refTuple("day", "principal_id"), ">", eb.tuple(after.day, after.id)))
    .orderBy("day")
    .orderBy("principal_id")
    .limit(limit)
    .execute();
}

/** Names of accounts, deleted ones too. */
export async function accountNames(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.read
    .selectFrom("principals")
    .select(["id", "name"])
    .where("id", "in", ids)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
