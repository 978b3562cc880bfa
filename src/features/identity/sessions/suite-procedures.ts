import { procedure } from "../../../platform/database/port.ts";
import type { AuditEntry, Witness } from "../../audit/entry.ts";
import { record } from "../../audit/store/record.ts";
import { bumpRevision } from "../revision/store.ts";

/** What the suite does to the rows of other rooms. */
export const appendEntries = procedure(
  "suite.append-entries",
  async (tx, args: { witness: Witness; entries: readonly AuditEntry[] }): Promise<void> => {
    await record(tx, args.witness, args.entries);
  },
);

export const addPerson = procedure(
  "suite.add-person",
  async (tx, args: { id: string; name: string; origin: string; now: number }): Promise<void> => {
    await tx
      .insertInto("principals")
      .values({
        id: args.id,
        kind: "user",
        name: args.name,
        administrator: 0,
        created_at: args.now,
        disabled_at: null,
        deleted_at: null,
        origin: args.origin,
      })
      .execute();
  },
);

export interface ChangePerson {
  readonly id: string;
  readonly set: Partial<{
    disabled_at: number | null;
    deleted_at: number | null;
    must_change_password: number;
    generation: number;
  }>;
}

export const changePerson = procedure(
  "suite.change-person",
  async (tx, { id, set }: ChangePerson): Promise<void> => {
    await tx.updateTable("principals").set(set).where("id", "=", id).execute();
    await bumpRevision(tx);
  },
);

export const suiteProcedures = [appendEntries, addPerson, changePerson];
