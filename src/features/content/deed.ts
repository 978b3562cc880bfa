import type { Doer, Witness } from "../audit/entry.ts";

/** Who changes content, and when: the same in the rows that change and in the audit log. */
export interface Deed {
  /** Immutable id of whoever does it. */
  readonly principal: string;
  readonly now: number;
  readonly witness: Witness;
}

/** What content needs of the audit log: stamps a doer with the time and with the log's key. */
export interface Witnessing {
  witness(doer: Doer): Witness;
}

/** A deed of `doer`, done now. */
export function deedOf({ audit }: { readonly audit: Witnessing }, doer: Doer): Deed {
  const witness = audit.witness(doer);
  return { principal: doer.id, now: witness.at, witness };
}
