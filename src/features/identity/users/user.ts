import type { Doer } from "../../audit/entry.ts";
import type { Page, PageAsk } from "../page.ts";
import type { Presence } from "../presence.ts";

/** A person's account. Times are milliseconds. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly description: string | null;
  /** `local`, or the login provider that the account belongs to. */
  readonly origin: string;
  readonly administrator: boolean;
  /** Whether choosing a password is the first thing to do. */
  readonly mustChangePassword: boolean;
  readonly state: "active" | "disabled" | "deleted";
  readonly createdAt: number;
  readonly disabledAt: number | null;
  readonly deletedAt: number | null;
  readonly lastLoginAt: number | null;
  /** Counts changes: the entity tag. */
  readonly version: number;
}

export interface NewUser {
  readonly name: string;
  /** Left out: a random one, which is told once and must be changed. */
  readonly password?: string;
  /** Left out: whether the password is a random one. */
  readonly mustChangePassword?: boolean;
  readonly displayName?: string | null;
  readonly email?: string | null;
  readonly description?: string | null;
}

/** All that an update can change (A30); what is left out stays. */
export interface UserChange {
  readonly displayName?: string | null;
  readonly email?: string | null;
  readonly description?: string | null;
}

export interface UserQuery extends PageAsk {
  readonly order?: "id" | "name";
  /** What the name begins with. */
  readonly prefix?: string;
  readonly origin?: string;
  readonly administrator?: boolean;
  /** Left out: those that are not deleted. */
  readonly state?: User["state"];
}

/** Accounts of people. Who may do what is decided by the caller; each change is recorded. */
export interface Users {
  /**
   * Makes a local account; `password` is the random one, or null when one was given.
   * Throws `identity.name_invalid`, `identity.name_reserved`, `identity.name_taken`,
   * `identity.password_*`, `identity.field_invalid`.
   */
  create(
    by: Doer,
    input: NewUser,
  ): Promise<{ readonly user: User; readonly password: string | null }>;
  /** With `version`: throws `api.precondition` when the account has another one by now. */
  update(by: Doer, id: string, change: UserChange, version?: number): Promise<User>;
  /** Throws `identity.last_administrator` rather than leave the installation without one. */
  setAdministrator(by: Doer, id: string, administrator: boolean, version?: number): Promise<User>;
  /** Ends sessions and refuses every credential at once. Throws `identity.last_administrator`. */
  disable(by: Doer, id: string): Promise<User>;
  enable(by: Doer, id: string): Promise<User>;
  /**
   * Sessions, tokens and memberships are gone for good; the name is free for somebody else, who
   * inherits nothing (A32). Throws `identity.last_administrator`.
   */
  delete(by: Doer, id: string): Promise<User>;
  /** Throws `identity.name_taken` when somebody has the name by now. */
  restore(by: Doer, id: string): Promise<User>;
  /** Deleted ones too. Throws `identity.unknown`. */
  get(id: string): Promise<User>;
  /** The live account of that name. Throws `identity.unknown`. */
  named(name: string): Promise<User>;
  list(query: UserQuery): Promise<Page<User>>;
  /**
   * A person's own change, which needs the password of now; wrong ones count like failed logins.
   * Ends sessions, refresh and login tokens. Throws `identity.password_wrong`, `access.throttled`,
   * `identity.password_*`, `identity.password_elsewhere`.
   */
  changePassword(
    by: Doer,
    id: string,
    words: { readonly old: string; readonly new: string },
    presence: Presence,
  ): Promise<void>;
  /**
   * An administrator's change; without `password` a random one, which is given back. It must be
   * changed at the next login unless `mustChange` says otherwise.
   */
  setPassword(
    by: Doer,
    id: string,
    input: { readonly password?: string; readonly mustChange?: boolean },
  ): Promise<{ readonly password: string | null }>;
}
