import type { DirectoryFilter } from "./filter.ts";

/** How to reach a directory, and as whom it is searched. */
export interface DirectorySettings {
  /** `ldap://host:389` or `ldaps://host:636`; tried in this order. */
  readonly urls: readonly string[];
  /** Whether `ldap://` connections are upgraded (RFC 4511 §4.14) before anything else is said. */
  readonly startTls: boolean;
  /** A file (PEM) with the authorities that may have signed its certificate; "" for the system's. */
  readonly caFile: string;
  /** Empty for an anonymous search. */
  readonly bindDn: string;
  /** Read again for each connection, so that a replaced secret needs no restart. */
  bindPassword(): Promise<string>;
  /** The longest that a connection or one answer may take, in milliseconds. */
  readonly timeout: number;
}

export interface DirectoryQuery {
  readonly base: string;
  readonly scope: "base" | "one" | "sub";
  readonly filter: DirectoryFilter;
  /** Only these come back. */
  readonly attributes: readonly string[];
  /** Those of them that are bytes and not text. */
  readonly binary?: readonly string[];
  /** At most so many entries come back, though there may be more. */
  readonly most: number;
}

export interface DirectoryEntry {
  readonly dn: string;
  /** By attribute, in lower case. */
  readonly attributes: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
}

/** One thing that was tried with one server. */
export interface DirectoryStep {
  readonly step: "connect" | "tls" | "bind";
  readonly url: string;
  readonly ok: boolean;
  /** The reason when it is not ok, as the library or the server words it. */
  readonly reason?: string;
}

/** A directory that speaks LDAP v3. Referrals are not followed. */
export interface Directory {
  /** Throws `directory.unavailable` when no server answers, `directory.refused` when one refuses. */
  search(query: DirectoryQuery): Promise<DirectoryEntry[]>;
  /**
   * Whether `password` is the one of the entry `dn`, by binding as it on a connection of its own.
   * An empty password is never sent: servers take it for an anonymous bind (RFC 4513 §5.1.2).
   * Throws `directory.unavailable`.
   */
  verify(dn: string, password: string): Promise<boolean>;
  /** Connects and binds anew, server by server until one takes it, and tells each step. */
  probe(): Promise<DirectoryStep[]>;
  close(): Promise<void>;
}
