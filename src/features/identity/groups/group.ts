import type { Doer } from "../../audit/entry.ts";
import type { Page, PageAsk } from "../page.ts";

/** A group of principals, to which roles can be given. Times are milliseconds. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: number;
  readonly version: number;
}

/** A group of a login provider that is the same as one of ours. */
export interface GroupLink {
  readonly provider: string;
  /** As the provider spells it: a claim's value, a directory's DN. */
  readonly externalName: string;
}

export interface GroupMember {
  /** The principal's id. */
  readonly id: string;
  readonly name: string;
  readonly kind: "user" | "robot";
  /** `local`, and the providers whose word it is. */
  readonly origins: readonly string[];
}

export interface GroupQuery extends PageAsk {
  readonly prefix?: string;
}

/** Groups. Who may do what is decided by the caller; each change is recorded. */
export interface Groups {
  /** Throws `identity.name_invalid`, `identity.name_taken`, `identity.field_invalid`. */
  create(
    by: Doer,
    input: { readonly name: string; readonly description?: string | null },
  ): Promise<Group>;
  update(
    by: Doer,
    id: string,
    change: { readonly name?: string; readonly description?: string | null },
    version?: number,
  ): Promise<Group>;
  /** Its members lose what it gave; a new group of the name inherits nothing (A32). */
  delete(by: Doer, id: string): Promise<void>;
  /** Throws `identity.unknown`. */
  get(id: string): Promise<Group>;
  list(query: GroupQuery): Promise<Page<Group>>;
  /** Of one principal, by name. */
  of(principalId: string): Promise<readonly Group[]>;
  members(id: string, ask: PageAsk): Promise<Page<GroupMember>>;
  /** Adds a local membership; one that is there stays. Throws `identity.unknown`. */
  addMember(by: Doer, id: string, principalId: string): Promise<void>;
  /** Ends the local membership; a provider's word is changed at the provider. */
  removeMember(by: Doer, id: string, principalId: string): Promise<void>;
  links(id: string): Promise<readonly GroupLink[]>;
  /** Links count from each member's next login or check at the provider. */
  addLink(by: Doer, id: string, link: GroupLink): Promise<void>;
  /** Ends the memberships too that the provider gave, unless another link still gives them. */
  removeLink(by: Doer, id: string, link: GroupLink): Promise<void>;
}
