export type BindingSubject = "principal" | "group" | "authenticated" | "everyone";
export type BindingScope = "system" | "project" | "repository";

/** Custom roles; the built-in ones are part of the program. */
export interface RolesTable {
  id: string;
  /** Null for one that the whole installation can use. */
  project_id: string | null;
  name: string;
  description: string | null;
  /** JSON list of permissions. */
  permissions: string;
  /** 1 when the role counts only with a second factor. */
  second_factor: number;
  created_at: number;
  deleted_at: number | null;
  version: number;
}

/** Who has which role where, and when. */
export interface BindingsTable {
  id: string;
  subject_kind: BindingSubject;
  /** A principal's or group's id; empty for `authenticated` and `everyone`. */
  subject_id: string;
  /** Name of a built-in role, or the id of a custom one. */
  role: string;
  scope: BindingScope;
  project_id: string | null;
  /** A glob over what follows `project/` in a repository's name. */
  repository_pattern: string | null;
  /** A glob over tags. */
  tag_pattern: string | null;
  /** CEL; the binding counts while it is true. */
  condition: string | null;
  expires_at: number | null;
  created_at: number;
  created_by: string;
  version: number;
}

/** Outside issuers whose tokens a robot's work can be done with. */
export interface TrustRulesTable {
  id: string;
  /** The robot that the bearer becomes. */
  principal_id: string;
  /** The robot's project; null for a robot of the system. */
  project_id: string | null;
  name: string;
  issuer: string;
  /** Where the issuer's keys are, when discovery does not tell. */
  jwks_url: string | null;
  audience: string;
  /** A glob over `sub`. */
  subject_pattern: string;
  /** CEL over `claims`, or null. */
  condition: string | null;
  created_at: number;
  disabled_at: number | null;
  deleted_at: number | null;
  last_used_at: number | null;
  version: number;
}

export type AuditResult = "done" | "denied" | "failed";

/** What happened; rows are only ever added, and purged from the old end. */
export interface AuditTable {
  /** Rows of one chain are numbered without a gap from 1. */
  chain: number;
  seq: number;
  /** Sorts by time over all chains. */
  id: string;
  at: number;
  actor_id: string;
  actor_kind: string;
  actor_name: string;
  /** How the actor proved to be it: `password`, `personal`, `robot`, `session`, … */
  via: string;
  /** Id of the token or session used. */
  credential_id: string | null;
  address: string | null;
  request_id: string | null;
  action: string;
  object_kind: string;
  object_id: string | null;
  object_name: string | null;
  project_id: string | null;
  result: AuditResult;
  reason: string | null;
  /** JSON object. */
  details: string;
  /** Hex SHA-256 over the row before and this one. */
  hash: string;
}

/** The last row of each chain, so that a cut tail is missed. */
export interface AuditHeadsTable {
  chain: number;
  seq: number;
  hash: string;
  /** Hex HMAC over the head by a key that is not in the database. */
  mac: string;
  /** The last row that was purged from the old end: verification begins after it. */
  purged_seq: number;
  purged_hash: string;
}

/** Signed words of what a chain's head was. */
export interface AuditCheckpointsTable {
  id: string;
  chain: number;
  seq: number;
  hash: string;
  at: number;
  /** A compact JWS over chain, seq, hash and time. */
  signature: string;
}
