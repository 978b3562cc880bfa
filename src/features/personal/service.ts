import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Access } from "../access/service.ts";
import type { Actor } from "../identity/principal.ts";
import { addStar, addVisit, type Marked, personalReads, removeStar } from "./store.ts";

/** What somebody did last with a repository. */
export type Deed = "push" | "pull" | "visit";

export interface Starred {
  readonly repository: string;
  readonly project: string;
  readonly at: number;
}

export interface Recent extends Starred {
  readonly what: Deed;
}

/** What a principal pushed and pulled last, by ids, newest first. */
export type RecentUses = (
  principalId: string,
  limit: number,
) => Promise<
  readonly { readonly repositoryId: string; readonly at: number; readonly what: "push" | "pull" }[]
>;

export interface RecentPage {
  readonly items: readonly Recent[];
  readonly next: string | undefined;
}

export interface PersonalParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly access: Pick<Access, "visible">;
  readonly recentUses: RecentUses;
}

/** What is one person's own: repositories they marked, and those they had to do with last. */
export interface Personal {
  /** Throws `star.too_many`, `repository.unknown`. */
  star(actor: Actor, repository: string): Promise<void>;
  /** Throws `repository.unknown`. */
  unstar(actor: Actor, repository: string): Promise<void>;
  /** Newest first, as far as the actor may (still) see them. */
  stars(
    actor: Actor,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly items: readonly Starred[]; readonly next: string | undefined }>;
  /** Notes that the actor opened a repository. Throws `repository.unknown`. */
  visit(actor: Actor, repository: string): Promise<void>;
  /** Each repository once, newest first, as far as the actor may (still) see it. */
  recent(actor: Actor, after: string | undefined, limit: number): Promise<RecentPage>;
}

const MOST_STARS = 1_000;
const MOST_VISITS = 50;

/** As many uses are looked at for one that is shown: a repository comes once a day. */
const USES = 400;

function readAfter(text: string | undefined) {
  if (text === undefined) return undefined;
  const found = /^(\d{1,16}) ([0-9a-z]{1,40})$/.exec(text);
  if (found === null)
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  return { at: Number(found[1]), id: found[2] ?? "" };
}

function markOf({ at, repositoryId }: Marked): string {
  return `${at} ${repositoryId}`;
}

/** Whether a row comes after a mark, newest first. */
function isBehind(row: Marked, { at, id }: { readonly at: number; readonly id: string }): boolean {
  return row.at < at || (row.at === at && row.repositoryId < id);
}

/** Of each repository the newest, newest first. */
function latest<T extends Marked>(rows: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const row of rows) {
    const known = newest.get(row.repositoryId);
    if (known === undefined || known.at < row.at) newest.set(row.repositoryId, row);
  }
  return [...newest.values()].toSorted(
    (a, b) => b.at - a.at || (a.repositoryId < b.repositoryId ? 1 : -1),
  );
}

/** Builds the feature on its platform. */
export function openPersonal({ db, clock, access, recentUses }: PersonalParts): Personal {
  const reads = personalReads(db);
  const seenBy = (actor: Actor) => access.visible(actor, "repository:read");
  /** What is hidden from somebody is unknown to them (A29). */
  async function requireSeen(actor: Actor, repository: string): Promise<void> {
    if (!(await seenBy(actor)(repository))) {
      throw failure("repository.unknown", { name: repository });
    }
  }
  const marking = (actor: Actor, repository: string, most: number) => {
    return { principalId: actor.principal.id, repository, now: clock.now(), most };
  };

  return {
    async star(actor, repository) {
      await requireSeen(actor, repository);
      await db.write(addStar, marking(actor, repository, MOST_STARS));
    },
    async unstar(actor, repository) {
      await requireSeen(actor, repository);
      await db.write(removeStar, { principalId: actor.principal.id, repository });
    },
    async visit(actor, repository) {
      await requireSeen(actor, repository);
      await db.write(addVisit, marking(actor, repository, MOST_VISITS));
    },
    async stars(actor, after, limit) {
      const seen = seenBy(actor);
      const items: Starred[] = [];
      let last: Marked | undefined;
      let from = readAfter(after);
      for (;;) {
        const rows = await reads.list("stars", actor.principal.id, from, limit + 1);
        for (const row of rows) {
          if (!(await seen(row.repository))) continue;
          if (items.length === limit) {
            return { items, next: last && markOf(last) };
          }
          const { repository, project, at } = row;
          items.push({ repository, project, at });
          last = row;
        }
        const end = rows.at(-1);
        if (end === undefined || rows.length <= limit) return { items, next: undefined };
        from = { at: end.at, id: end.repositoryId };
      }
    },
    async recent(actor, after, limit) {
      const { id } = actor.principal;
      const [visits, uses] = await Promise.all([
        reads.list("visits", id, undefined, MOST_VISITS),
        recentUses(id, USES),
      ]);
      const named = await reads.named([...new Set(uses.map((use) => use.repositoryId))]);
      const used = uses.flatMap(({ repositoryId, at, what }) => {
        const row = named.get(repositoryId);
        return row === undefined ? [] : [{ ...row, at, what }];
      });
      const all = [...used, ...visits.map((row) => ({ ...row, what: "visit" as const }))];
      const seen = seenBy(actor);
      const from = readAfter(after);
      const items: Recent[] = [];
      let last: Marked | undefined;
      for (const { what, ...row } of latest(all)) {
        if (from !== undefined && !isBehind(row, from)) continue;
        if (!(await seen(row.repository))) continue;
        if (items.length === limit) return { items, next: last && markOf(last) };
        items.push({ repository: row.repository, project: row.project, at: row.at, what });
        last = row;
      }
      return { items, next: undefined };
    },
  };
}
