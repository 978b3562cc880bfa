import type { Generated } from "kysely";

/** Times are integer milliseconds since the epoch, ids text, flags 0 or 1. */

export interface PrincipalsTable {
  id: string;
  kind: "user" | "robot";
  /** Unique among live principals; free again after a deletion, which the id is not. */
  name: string;
  /** 1 for an administrator of the installation. */
  administrator: number;
  created_at: number;
  disabled_at: number | null;
  deleted_at: number | null;
  display_name: Generated<string | null>;
  email: Generated<string | null>;
  description: Generated<string | null>;
  /** `local`, or the name of the login provider that made it. */
  origin: Generated<string>;
  /** The project of a project's robot. */
  project_id: Generated<string | null>;
  /** Counts what ends sessions and refresh tokens: a new password, disabling, a lost factor. */
  generation: Generated<number>;
  /** 1 while the next thing to do is to choose a password. */
  must_change_password: Generated<number>;
  last_login_at: Generated<number | null>;
  /** Counts changes: the entity tag of REST. */
  version: Generated<number>;
}

export interface CredentialsTable {
  id: string;
  principal_id: string;
  kind: "password";
  /** A verifier (argon2id, PHC string), never the secret. */
  verifier: string;
  created_at: number;
  replaced_at: number | null;
}

/** Who somebody is at a login provider: never joined by name or e-mail address (A42). */
export interface IdentitiesTable {
  id: string;
  principal_id: string;
  /** The provider's name in the configuration. */
  provider: string;
  /** OIDC: the issuer. LDAP: the URL of the directory. htpasswd: `htpasswd`. */
  issuer: string;
  /** OIDC: `sub`. LDAP: the entry's immutable id. htpasswd: the name in the file. */
  subject: string;
  created_at: number;
  last_login_at: number | null;
}

export interface GroupsTable {
  id: string;
  name: string;
  description: string | null;
  created_at: number;
  deleted_at: number | null;
  version: number;
}

/** Which group of a provider is the same as one of ours. */
export interface GroupLinksTable {
  group_id: string;
  provider: string;
  /** As the provider spells it: a claim's value, a directory's DN. */
  external_name: string;
}

export interface GroupMembersTable {
  group_id: string;
  principal_id: string;
  /** `local`, or the provider whose word it is: that one's rows are replaced at each login. */
  origin: string;
  added_at: number;
}

export type TokenKind = "personal" | "robot" | "refresh" | "login" | "workload";

/** Secrets of machines, and those that stand in for a password for a while. */
export interface TokensTable {
  id: string;
  kind: TokenKind;
  principal_id: string;
  name: string;
  /** Hex SHA-256 of the secret, which has 256 random bits and so needs no slow hash. */
  verifier: string;
  /** JSON list of limits (actions × repository patterns), or null for none. */
  limits: string | null;
  /** JSON list of networks from which it counts, or null for everywhere. */
  addresses: string | null;
  /** JSON object: claims of the outside token that it was given for. */
  claims: string | null;
  /** The token, and so its limits, that this one was got with. */
  parent_id: string | null;
  /** The principal's `generation` at the time; a token of an older one is dead. */
  generation: number;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  last_used_address: string | null;
  revoked_at: number | null;
}

export interface SessionsTable {
  id: string;
  /** Hex SHA-256 of the cookie's value; another one after each rotation. */
  verifier: string;
  principal_id: string;
  generation: number;
  /** The provider that vouched for the login. */
  provider: string;
  /** JSON object of the provider's claims, for conditions. */
  claims: string | null;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
  /** When a second factor was last shown, or null. */
  second_factor_at: number | null;
  /** When the first or second factor was last shown: step-up asks for a recent one. */
  confirmed_at: number;
  address: string | null;
  user_agent: string | null;
  ended_at: number | null;
}

export interface FactorsTable {
  id: string;
  principal_id: string;
  kind: "totp" | "passkey" | "recovery";
  name: string;
  /** TOTP: the sealed secret. Passkey: the public key (base64url). Recovery: a verifier. */
  secret: string;
  /** Passkey: its credential id (base64url). */
  credential_id: string | null;
  /** TOTP: the last time step used. Passkey: the signature counter. */
  counter: number;
  /** Passkey: JSON list of transports. */
  transports: string | null;
  created_at: number;
  /** Null until the first code or assertion proved it. */
  confirmed_at: number | null;
  last_used_at: number | null;
  /** Recovery: used once, then spent. */
  spent_at: number | null;
}

/** Keys that sign registry tokens; private halves are sealed. */
export interface SigningKeysTable {
  /** The `kid`. */
  id: string;
  algorithm: string;
  /** JSON Web Key. */
  public_key: string;
  sealed_key: string;
  created_at: number;
  /** Signs from then on; published before, so that every node knows it in time. */
  active_at: number;
  /** Signs no more after this. */
  retired_at: number | null;
}

/** Answers to creates, kept for a day so that a repeated one is not done twice. */
export interface IdempotencyKeysTable {
  principal_id: string;
  key: string;
  /** Hex SHA-256 of method, path and body. */
  request: string;
  status: number;
  /** The answer's body with its secrets taken out. */
  body: string;
  location: string | null;
  created_at: number;
}

/** What is counted in windows of time: pulls, wrong passwords. */
export interface CountersTable {
  /** What is counted, such as `pull`. */
  name: string;
  /** Whose, such as `principal:…` or `address:…`. */
  subject: string;
  window_start: number;
  window_end: number;
  count: number;
}
