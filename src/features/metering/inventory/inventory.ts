import { setImmediate as turn } from "node:timers/promises";
import { type Clock, HOUR, SECOND } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/port.ts";
import {
  type Look,
  type Looker,
  lookAtBlobs,
  lookAtGroups,
  lookAtManifests,
  lookAtPrincipals,
  lookAtProjects,
  lookAtRepositories,
  lookAtTags,
} from "./store.ts";

/** How much of everything there is. */
export interface Stock {
  /** When it was counted. */
  readonly at: number;
  /** Bytes of the blobs that are live. */
  readonly stored: number;
  /** Bytes that all manifests refer to, each for itself: what it would take without sharing. */
  readonly logical: number;
  readonly projects: number;
  readonly repositories: number;
  readonly tags: number;
  readonly manifests: number;
  readonly blobs: number;
  readonly users: number;
  readonly robots: number;
  readonly groups: number;
}

/** Rows looked at in one go: some milliseconds. */
const ROWS = 2_000;

async function walk(db: Database, look: Looker): Promise<{ rows: number; bytes: number }> {
  const all = { rows: 0, bytes: 0 };
  let after: Look["last"] = ["", "", ""];
  while (after !== null) {
    const { rows, bytes, last }: Look = await look(db, after, ROWS);
    all.rows += rows;
    all.bytes += bytes;
    after = last;
    // Whoever else waits for this thread goes first.
    await turn();
  }
  return all;
}

async function count(db: Database): Promise<Omit<Stock, "at">> {
  const blobs = await walk(db, lookAtBlobs);
  const manifests = await walk(db, lookAtManifests);
  const rows = async (look: Looker) => (await walk(db, look)).rows;
  return {
    stored: blobs.bytes,
    logical: manifests.bytes,
    blobs: blobs.rows,
    manifests: manifests.rows,
    tags: await rows(lookAtTags),
    repositories: await rows(lookAtRepositories),
    projects: await rows(lookAtProjects),
    users: await rows(lookAtPrincipals("user")),
    robots: await rows(lookAtPrincipals("robot")),
    groups: await rows(lookAtGroups),
  };
}

/** The share of the time that counting may take: a hundredth. */
const SHARE = 100;
const SHORTEST = 10 * SECOND;
const LONGEST = HOUR;
/** Counts that take longer are not waited for where an older figure is there. */
const PATIENCE = SECOND;

/**
 * Counts what there is by walking through the rows in small steps, so rarely that it takes a
 * hundredth of the time at most: the more there is, the older the figures, which say how old they are.
 */
export class Inventory {
  readonly #db: Database;
  readonly #clock: Clock;
  #stock: Stock | undefined;
  #took = 0;
  #counting: Promise<Stock> | undefined;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Those who ask at the same time share one count. */
  async stock(): Promise<Stock> {
    const known = this.#stock;
    if (known === undefined) return this.#count();
    const fresh = Math.min(LONGEST, Math.max(SHORTEST, SHARE * this.#took));
    if (this.#clock.now() - known.at < fresh) return known;
    const counting = this.#count();
    if (this.#took < PATIENCE) return counting;
    // Whoever waits for this one hears of its fault; here the older figures are good enough.
    counting.catch(() => {});
    return known;
  }

  #count(): Promise<Stock> {
    this.#counting ??= this.#walk().finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  async #walk(): Promise<Stock> {
    const began = performance.now();
    const at = this.#clock.now();
    const stock = { at, ...(await count(this.#db)) };
    this.#took = performance.now() - began;
    this.#stock = stock;
    return stock;
  }
}
