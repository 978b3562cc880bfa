import type { Action } from "../access/permissions.ts";
import type { Resource } from "../access/rules.ts";
import type { Doer, Witness } from "../audit/entry.ts";
import type { CheckedCredential } from "../identity/credential.ts";
import type { Actor } from "../identity/principal.ts";

type Soon<T> = T | Promise<T>;

/** The one decision point, as far as tokens need it. */
export interface Decides {
  decide(
    actor: Actor,
    action: Action,
    resource: Resource,
  ): Soon<{ readonly allowed: boolean; readonly reason: string }>;
  /** The id of the live project of that name; undefined for none. */
  projectId(name: string): Soon<string | undefined>;
}

/** Who somebody is now. */
export interface Knows {
  /** Undefined when the principal or the credential behind it counts no more. */
  actor(of: CheckedCredential): Soon<Actor | undefined>;
  /** Of a live principal; undefined when it is gone or disabled. */
  standing(principalId: string): Promise<{ readonly generation: number } | undefined>;
}

/** The audit log, as far as tokens need it. */
export interface AuditPort {
  witness(doer: Doer): Witness;
}
