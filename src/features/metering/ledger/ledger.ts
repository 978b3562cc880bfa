import { setImmediate as turn } from "node:timers/promises";
import { DAY } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Span } from "../rules.ts";
import {
  type AccountMark,
  accountDaysOf,
  accountNames,
  daysOf,
  type Named,
  projectOfId,
  projectsFrom,
  repositoriesFrom,
} from "../store/ledger.ts";
import { type Account, Accounts, compare, meanStored, type Period } from "./rules-period.ts";

/** Whose use is told. */
export const payers = ["project", "repository", "principal"] as const;
export type Payer = (typeof payers)[number];

/** What one of them used in a day or month. */
export interface LedgerLine {
  /** When the period began. */
  readonly at: number;
  readonly project: string;
  /** The full name; null where repositories are taken together. */
  readonly repository: string | null;
  readonly principal: string | null;
  readonly pulls: number;
  readonly pushes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes that it took, on the average of the days that were measured; null where none was. */
  readonly stored: number | null;
}

/** Where a page ended. */
export interface LedgerMark {
  readonly projectId: string;
  readonly id: string;
  readonly at: number;
}

export interface LedgerAsked {
  readonly by: Payer;
  readonly period: Period;
  readonly span: Span;
  /** Only of this project; undefined for all. */
  readonly projectId: string | undefined;
  readonly after: LedgerMark | undefined;
}

export interface MarkedLine {
  readonly line: LedgerLine;
  readonly mark: LedgerMark;
}

/** Tells how many bytes were stored on which day. Another room measures that. */
export interface StoredDays {
  ofProject(projectId: string, span: Span): Promise<readonly StoredDay[]>;
  ofRepositories(ids: readonly string[], span: Span): Promise<readonly StoredDay[]>;
}

export interface LedgerParts {
  readonly db: Database;
  readonly stored: StoredDays;
}

export interface StoredDay {
  readonly id: string;
  readonly day: number;
  readonly bytes: number;
}

/** Rows looked at in one go. */
const ROWS = 4_000;
const MOST_REPOSITORIES = 100;
const NAMES = 500;
/** Lines that are summed up together: what the memory is bounded by. */
const MOST_ACCOUNTS = 100_000;

/** What comes after an id, of letters and digits, and before all others. */
const next = (id: string) => `${id} `;

/** The repositories of a project in groups whose days are looked at together. */
async function* groupsOf(
  db: Database,
  projectId: string,
  { from, to }: Span,
  first: string,
): AsyncGenerator<Named[]> {
  const days = Math.max(1, (to - from) / DAY);
  const together = Math.max(1, Math.min(MOST_REPOSITORIES, Math.floor(ROWS / days)));
  for (let at = first; ; ) {
    const group = await repositoriesFrom(db, projectId, at, together);
    const last = group.at(-1);
    if (last === undefined) return;
    yield group;
    // Whoever else waits for this thread goes first.
    await turn();
    at = next(last.id);
  }
}

/** Whose lines there are, and what they are called. */
interface Told {
  readonly accounts: readonly Account[];
  readonly names: ReadonlyMap<string, string>;
}

async function* byRepository(
  { db, stored }: LedgerParts,
  project: Named,
  { period, span, after }: LedgerAsked,
): AsyncGenerator<Told> {
  const first = after?.projectId === project.id ? after.id : "";
  for await (const group of groupsOf(db, project.id, span, first)) {
    const accounts = new Accounts(period);
    const ids = group.map(({ id }) => id);
    for (const row of await daysOf(db, ids, span)) accounts.use(row.id, row.day, row);
    for (const { id, day, bytes } of await stored.ofRepositories(ids, span)) {
      accounts.store(id, day, bytes);
    }
    yield { accounts: accounts.all, names: new Map(group.map(({ id, name }) => [id, name])) };
  }
}

async function* byProject(
  { db, stored }: LedgerParts,
  { id, name }: Named,
  { period, span }: LedgerAsked,
): AsyncGenerator<Told> {
  const accounts = new Accounts(period);
  for await (const group of groupsOf(db, id, span, "")) {
    const ids = group.map((each) => each.id);
    for (const row of await daysOf(db, ids, span)) accounts.use(id, row.day, row);
  }
  for (const { day, bytes } of await stored.ofProject(id, span)) accounts.store(id, day, bytes);
  yield { accounts: accounts.all, names: new Map([[id, name]]) };
}

async function namesOf(db: Database, accounts: readonly Account[]): Promise<Map<string, string>> {
  const ids = [...new Set(accounts.map(({ id }) => id))];
  const names = new Map<string, string>();
  for (let at = 0; at < ids.length; at += NAMES) {
    const some = await accountNames(db, ids.slice(at, at + NAMES));
    for (const [id, name] of some) names.set(id, name);
  }
  return names;
}

async function* byPrincipal(
  { db }: LedgerParts,
  project: Named,
  { period, span }: LedgerAsked,
): AsyncGenerator<Told> {
  const accounts = new Accounts(period);
  for await (const group of groupsOf(db, project.id, span, "")) {
    for (const { id } of group) {
      let after: AccountMark | undefined = { day: span.from, id: "" };
      while (after !== undefined) {
        const rows = await accountDaysOf(db, id, span, after, ROWS);
        for (const row of rows) accounts.use(row.id, row.day, row);
        if (accounts.size > MOST_ACCOUNTS) {
          const problems = "query: too many lines at once; ask for a shorter time, or by month";
          throw failure("api.invalid", { problems });
        }
        after = rows.length < ROWS ? undefined : rows.at(-1);
        await turn();
      }
    }
  }
  const { all } = accounts;
  yield { accounts: all, names: await namesOf(db, all) };
}

const TELLERS = { project: byProject, repository: byRepository, principal: byPrincipal } as const;

/** The projects that lines are told of, from the mark on. */
async function* projectsOf(db: Database, { projectId, after }: LedgerAsked) {
  if (projectId !== undefined) {
    yield* await projectOfId(db, projectId);
    return;
  }
  for (let from = after?.projectId ?? ""; ; ) {
    const [project] = await projectsFrom(db, from, 1);
    if (project === undefined) return;
    yield project;
    from = next(project.id);
  }
}

/**
 * Who used what, project by project; each line with where a page that ends there goes on. Of those
 * who used nothing and had nothing stored there is no line. Throws `api.invalid` for more than can
 * be summed up at once.
 */
export async function* ledgerLines(
  parts: LedgerParts,
  asked: LedgerAsked,
): AsyncGenerator<MarkedLine> {
  const { by, after } = asked;
  for await (const project of projectsOf(parts.db, asked)) {
    for await (const { accounts, names } of TELLERS[by](parts, project, asked)) {
      for (const account of accounts) {
        const { id, at, pulls, pushes, bytesIn, bytesOut } = account;
        if (after?.projectId === project.id && compare(account, after) <= 0) continue;
        const stored = meanStored(account);
        if (pulls + pushes + bytesIn + bytesOut + (stored ?? 0) === 0) continue;
        const name = names.get(id) ?? id;
        yield {
          mark: { projectId: project.id, id, at },
          line: {
            at,
            project: project.name,
            repository: by === "repository" ? name : null,
            principal: by === "principal" ? name : null,
            ...{ pulls, pushes, bytesIn, bytesOut, stored },
          },
        };
      }
    }
  }
}
