import type { BoundedCache } from "../../kernel/bounded-cache.ts";
import type { Database } from "../../platform/database/port.ts";
import type { BindingSubject } from "../../platform/database/schema/access.ts";
import type { Actor } from "../identity/principal.ts";
import type { Revision } from "../identity/revision/revision.ts";
import { holdingOf, projectFactsOf } from "./held.ts";
import type { ProjectFacts } from "./rules.ts";
import type { Holding } from "./rules-binding.ts";
import { type HeldReads, heldReads } from "./store/held.ts";

/** How many bindings, principals and projects are kept in memory. */
const MOST_BINDINGS = 200_000;
const MOST_ACTORS = 20_000;
const MOST_PROJECTS = 20_000;

/**
 * What decisions are made from: kept in memory until something changes, so that a decision needs
 * no I/O. Projects that are not there are never kept: a push to another node may make one.
 */
export class Facts {
  readonly #reads: HeldReads;
  readonly #revision: Revision;
  /** By subject, so that a group's bindings are there once and not once for each member. */
  readonly #subjects: BoundedCache<Holding>;
  readonly #actors: BoundedCache<readonly Holding[]>;
  readonly #projects: BoundedCache<ProjectFacts>;

  constructor(db: Database, revision: Revision) {
    this.#reads = heldReads(db);
    this.#revision = revision;
    this.#subjects = revision.cache(MOST_BINDINGS);
    this.#actors = revision.cache(MOST_ACTORS);
    this.#projects = revision.cache(MOST_PROJECTS);
  }

  /** The bindings of an actor and of their groups, from memory. */
  holdings(actor: Actor): readonly Holding[] | undefined {
    return this.#revision.isFresh ? this.#actors.get(keyOf(actor)) : undefined;
  }

  /** The live project of a name, from memory. */
  project(name: string): ProjectFacts | undefined {
    return this.#revision.isFresh ? this.#projects.get(name) : undefined;
  }

  /** Learns of changes of other nodes that were committed before the call. */
  refresh(): Promise<void> {
    return this.#revision.changed();
  }

  async loadHoldings(actor: Actor): Promise<readonly Holding[]> {
    const known = this.holdings(actor);
    if (known !== undefined) return known;
    const before = this.#revision.number;
    const holdings = await Promise.all(
      subjectsOf(actor).map(([kind, id]) => this.#loadSubject(kind, id)),
    );
    this.#keep(before, () => this.#actors.set(keyOf(actor), holdings, 1));
    return holdings;
  }

  /** Ids of public projects, up to `limit` of them. */
  publicProjects(limit: number): Promise<readonly string[]> {
    return this.#reads.publicProjects(limit);
  }

  /** Reads the live project of a name anew; null for none. */
  async loadProject(name: string): Promise<ProjectFacts | null> {
    const before = this.#revision.number;
    const row = await this.#reads.project(name);
    if (row === undefined) return null;
    const facts = projectFactsOf(row);
    this.#keep(before, () => this.#projects.set(name, facts, 1));
    return facts;
  }

  async #loadSubject(kind: BindingSubject, id: string): Promise<Holding> {
    const key = `${kind} ${id}`;
    const known = this.#revision.isFresh ? this.#subjects.get(key) : undefined;
    if (known !== undefined) return known;
    const before = this.#revision.number;
    const rows = await this.#reads.bindings(kind, id);
    const holding = holdingOf(rows);
    this.#keep(before, () => this.#subjects.set(key, holding, 1 + rows.length));
    return holding;
  }

  /** What was read before a change may be of before it: it is used once and not kept. */
  #keep(before: number, set: () => void): void {
    if (this.#revision.number === before && this.#revision.isFresh) set();
  }
}

function keyOf({ principal, groups }: Actor): string {
  return groups.length === 0 ? principal.id : `${principal.id} ${groups.join(" ")}`;
}

function subjectsOf({ principal, groups }: Actor): [BindingSubject, string][] {
  if (principal.kind === "anonymous") return [["everyone", ""]];
  return [
    ["principal", principal.id],
    ...groups.map((id): [BindingSubject, string] => ["group", id]),
    ["authenticated", ""],
    ["everyone", ""],
  ];
}
