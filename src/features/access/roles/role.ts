import type { Language } from "../../../kernel/errors/catalogue.ts";
import type { Page, PageAsk } from "../../identity/page.ts";
import type { Acting } from "../acting.ts";

/** A set of permissions that bindings give. */
export interface Role {
  /** Name of a built-in one, or an id. */
  readonly id: string;
  readonly name: string;
  /** Built-in roles have words in both languages; custom ones whatever their maker wrote. */
  readonly title: Readonly<Record<Language, string>>;
  readonly description: Readonly<Record<Language, string>> | null;
  readonly builtIn: boolean;
  /** The project it belongs to; null for one of the installation. */
  readonly projectId: string | null;
  readonly permissions: readonly string[];
  /** Whether it counts only for those who have shown a second factor. */
  readonly secondFactor: boolean;
  readonly createdAt: number | null;
  /** Counts changes: the entity tag. */
  readonly version: number;
}

export interface NewRole {
  readonly name: string;
  readonly description?: string | null;
  readonly permissions: readonly string[];
  readonly secondFactor?: boolean;
}

/** All that an update can change (A30); what is left out stays. Names never change. */
export interface RoleChange {
  readonly description?: string | null;
  readonly permissions?: readonly string[];
  readonly secondFactor?: boolean;
}

/**
 * Roles of the installation (`projectId` null) and of projects. Whether the caller may read or
 * write roles there is decided before; that nobody gives more than they hold (A31) is checked here.
 */
export interface Roles {
  /** Throws `role.name_invalid`, `role.name_taken`, `role.permission_invalid`, `access.more_than_held`. */
  create(by: Acting, projectId: string | null, input: NewRole): Promise<Role>;
  /** A role of another project is `role.unknown` (A27). With another `version`: `rights.changed`. */
  update(
    by: Acting,
    projectId: string | null,
    id: string,
    change: RoleChange,
    version?: number,
  ): Promise<Role>;
  /** Throws `role.bound` while a binding gives it. */
  delete(by: Acting, projectId: string | null, id: string, version?: number): Promise<void>;
  /** One that can be used there: built-in, of the installation, or of the project. */
  get(projectId: string | null, id: string): Promise<Role>;
  /** The built-in ones, and then the custom ones that can be used there. */
  list(projectId: string | null, ask: PageAsk): Promise<Page<Role>>;
}
