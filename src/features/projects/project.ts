import type { Doer } from "../audit/entry.ts";
import type { Page, PageAsk } from "../identity/page.ts";

/** A tenant: the owner of all repositories whose names begin with its own. Times are milliseconds. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Whether everyone may pull, without a login. */
  readonly isPublic: boolean;
  /** The networks from which it can be used; null for everywhere. */
  readonly networks: readonly string[] | null;
  /**
   * After how many milliseconds a manifest that nothing holds may go; null for the installation's
   * own setting (`reclaim.untagged_after`), `NEVER` for never.
   */
  readonly untaggedAfter: number | null;
  readonly createdAt: number;
  readonly deletedAt: number | null;
  /** Counts changes: the entity tag. */
  readonly version: number;
}

export interface NewProject {
  readonly name: string;
  readonly isPublic?: boolean;
  readonly description?: string | null;
}

/** All that an update can change (A30); what is left out stays. */
export interface ProjectChange {
  readonly isPublic?: boolean;
  readonly description?: string | null;
  readonly networks?: readonly string[] | null;
  readonly untaggedAfter?: number | null;
}

export interface ProjectQuery extends PageAsk {
  /** What the name begins with. */
  readonly prefix?: string;
}

/** Whether its reader may know of a project. */
export type ProjectFilter = (project: Project) => boolean | Promise<boolean>;

/** Projects. Who may do what is decided by the caller; each change is recorded. */
export interface Projects {
  /**
   * Makes a project; whoever makes it becomes its administrator, unless they are one of the whole
   * installation. Throws `project.name_invalid`, `project.exists`, `rights.field_invalid`.
   */
  create(by: Doer, input: NewProject): Promise<Project>;
  /**
   * Takes effect at once, on other nodes within a second (A28). With `version`: throws
   * `rights.changed` when the project has another one by now. Throws `network.invalid`.
   */
  update(by: Doer, id: string, change: ProjectChange, version?: number): Promise<Project>;
  /** The live project of that name. Throws `project.unknown`. */
  named(name: string): Promise<Project>;
  /** Deleted ones too. Throws `project.unknown`. */
  get(id: string): Promise<Project>;
  /** Live projects by name that pass the filter; `next` is the name to go on after. */
  list(query: ProjectQuery, filter: ProjectFilter): Promise<Page<Project>>;
  /** The deleted projects, the latest first: what can be restored. */
  deleted(ask: PageAsk): Promise<Page<Project>>;
  /** Lets a deleted one go for good. Throws `project.unknown`. */
  empty(by: Doer, id: string): Promise<void>;
  /**
   * The project, its repositories and its robots are gone; the name is free for a new one, which
   * inherits nothing (A32).
   */
  delete(by: Doer, id: string, version?: number): Promise<Project>;
  /**
   * Brings a deleted project back with its repositories; its robots stay deleted. Throws
   * `project.exists` when the name was taken by a new one.
   */
  restore(by: Doer, id: string): Promise<Project>;
}
