import type { Clock } from "../../kernel/clock.ts";
import type { Database, Procedure } from "../../platform/database/port.ts";
import type { Doer, Witness } from "../audit/entry.ts";
import type { Revision } from "../identity/revision/revision.ts";

/** What changes of rights stand on. */
export interface RightsContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly revision: Revision;
  readonly audit: { witness(doer: Doer): Witness };
}

/** A write procedure's arguments, of which the witness is added here. */
type Unwitnessed<A> = Omit<A, "witness">;

/** Runs a change of what decisions are made from. */
export type Change = <A extends { readonly witness: Witness }, R>(
  run: Procedure<A, R>,
  by: Doer,
  args: Unwitnessed<A>,
) => Promise<R>;

/** Changes are witnessed, and decisions of this process know of them before the caller does. */
export function changer({ db, revision, audit }: RightsContext): Change {
  return async <A extends { readonly witness: Witness }, R>(
    run: Procedure<A, R>,
    by: Doer,
    args: Unwitnessed<A>,
  ) => {
    const result = await db.write(run, { ...args, witness: audit.witness(by) } as A);
    await revision.changed();
    return result;
  };
}
