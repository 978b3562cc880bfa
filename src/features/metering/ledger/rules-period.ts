import { DAY } from "../../../kernel/clock.ts";

/** How use is summed up: by the day or by the month of the calendar (UTC). */
export const periods = ["day", "month"] as const;
export type Period = (typeof periods)[number];

/** When the day or month began that a time is in. */
export function periodStart(period: Period, at: number): number {
  if (period === "day") return at - (at % DAY);
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** As people write it: `2026-11-28`, `2026-11`. */
export function periodName(period: Period, at: number): string {
  return new Date(at).toISOString().slice(0, period === "day" ? 10 : 7);
}

/** Sums of one day that are added up. */
export interface Counted {
  pulls: number;
  pushes: number;
  bytesIn: number;
  bytesOut: number;
}

/** What somebody used in one period, and what they had stored. */
export interface Account extends Counted {
  /** Whose: a project's, a repository's or an account's id. */
  readonly id: string;
  readonly at: number;
  /** Bytes that were stored, of each day that was measured. */
  readonly stored: number[];
}

/** Adds days up by whose they are and by period; gives them in that order. */
export class Accounts {
  readonly #period: Period;
  readonly #all = new Map<string, Account>();

  constructor(period: Period) {
    this.#period = period;
  }

  #at(id: string, day: number): Account {
    const at = periodStart(this.#period, day);
    const key = `${id} ${at}`;
    const known = this.#all.get(key);
    if (known !== undefined) return known;
    const made = { id, at, pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0, stored: [] };
    this.#all.set(key, made);
    return made;
  }

  use(id: string, day: number, figures: Counted): void {
    const account = this.#at(id, day);
    account.pulls += figures.pulls;
    account.pushes += figures.pushes;
    account.bytesIn += figures.bytesIn;
    account.bytesOut += figures.bytesOut;
  }

  store(id: string, day: number, bytes: number): void {
    this.#at(id, day).stored.push(bytes);
  }

  get size(): number {
    return this.#all.size;
  }

  get all(): Account[] {
    return [...this.#all.values()].sort((a, b) => compare(a, b));
  }
}

/** The order of accounts. */
export function compare(a: Pick<Account, "id" | "at">, b: Pick<Account, "id" | "at">): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.at - b.at;
}

/** What was stored on the average of the days that were measured; null when none was. */
export function meanStored({ stored }: Pick<Account, "stored">): number | null {
  if (stored.length === 0) return null;
  return Math.round(stored.reduce((sum, bytes) => sum + bytes, 0) / stored.length);
}
