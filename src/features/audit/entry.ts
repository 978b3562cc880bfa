import type { AuditResult } from "../../platform/database/schema/access.ts";

/** Who did it, from where, with which credential: the same for all that one request does. */
export interface Doer {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  /** How they proved to be it; `system` for the program's own work. */
  readonly via: string;
  readonly credentialId: string | null;
  /** The true source: the client's address behind the trusted proxies. */
  readonly address: string | null;
  readonly requestId: string | null;
}

export interface AuditObject {
  /** `repository`, `manifest`, `tag`, `user`, `robot`, `binding`, … */
  readonly kind: string;
  /** The immutable id, where there is one. */
  readonly id: string | null;
  readonly name: string | null;
}

/** One thing that happened. `details` is small, plain JSON and holds no secret. */
export interface AuditEntry {
  /** `<object>.<verb>`, such as `tag.move`, `user.disable`, `login`. */
  readonly action: string;
  readonly object: AuditObject;
  /** Id of the project that it happened in. */
  readonly project: string | null;
  readonly result: AuditResult;
  /** Why it was denied or failed: a code of the error catalogue or of the decision. */
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * What a write procedure needs to record what it does in its own transaction. It travels to the
 * writer's thread, so it is plain data; it is never logged.
 */
export interface Witness {
  readonly doer: Doer;
  readonly at: number;
  /** Hex key by which the head of the chain is authenticated. */
  readonly headKey: string;
}

/** The program itself, for what schedules and start-ups do. */
export const systemDoer: Doer = {
  id: "system",
  kind: "system",
  name: "system",
  via: "system",
  credentialId: null,
  address: null,
  requestId: null,
};

/** An entry for something that was done. */
export function done(
  action: string,
  object: AuditObject,
  more: { readonly project?: string | null; readonly details?: AuditEntry["details"] } = {},
): AuditEntry {
  const { project = null, details = {} } = more;
  return { action, object, project, result: "done", reason: null, details };
}
