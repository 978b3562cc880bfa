import type { AuditEntry, Doer, Witness } from "../audit/entry.ts";

/** What identity needs of the audit log. */
export interface AuditPort {
  /** What a write procedure needs to record what it does. */
  witness(doer: Doer): Witness;
  /** Records what no write procedure of its own does; durable when resolved. */
  append(doer: Doer, entries: readonly AuditEntry[]): Promise<void>;
}
