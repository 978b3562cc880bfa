import type { Clock } from "../../kernel/clock.ts";
import type { Database, Procedure } from "../../platform/database/port.ts";
import type { Doer, Witness } from "../audit/entry.ts";
import type { AuditPort } from "./audit-port.ts";
import type { Revision } from "./revision/revision.ts";
import type { IdentitySettings } from "./settings.ts";

/** What every service of this room works with. */
export interface IdentityContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly revision: Revision;
  readonly audit: AuditPort;
  readonly settings: IdentitySettings;
  /** The actions that limits of tokens can name. */
  readonly knownActions: ReadonlySet<string>;
}

/**
 * Runs a change that `by` makes, recorded in its own transaction. When it resolves, this process
 * decides by what is now; the others follow within half a second.
 */
export async function change<A extends { readonly witness: Witness }, R>(
  { db, audit, revision }: IdentityContext,
  by: Doer,
  procedure: Procedure<A, R>,
  args: Omit<A, "witness">,
): Promise<R> {
  const result = await db.write(procedure, { ...args, witness: audit.witness(by) } as A);
  await revision.changed();
  return result;
}
