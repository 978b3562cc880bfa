import { procedure } from "../../platform/database/port.ts";
import type {
  AuditCheckpointsTable,
  AuditHeadsTable,
  AuditTable,
} from "../../platform/database/schema/access.ts";
import { done, type Witness } from "./entry.ts";
import { record } from "./store/record.ts";

/** All that the database holds of a log. */
export interface State {
  readonly rows: readonly AuditTable[];
  readonly heads: readonly AuditHeadsTable[];
  readonly checkpoints: readonly AuditCheckpointsTable[];
}

/** What somebody with the database in their hands can do: put anything in the place of the log. */
export const putState = procedure(
  "suite.audit.put",
  async (tx, { rows, heads, checkpoints }: State) => {
    await tx.deleteFrom("audit").execute();
    await tx.deleteFrom("audit_heads").execute();
    await tx.deleteFrom("audit_checkpoints").execute();
    if (rows.length > 0) await tx.insertInto("audit").values(rows).execute();
    if (heads.length > 0) await tx.insertInto("audit_heads").values(heads).execute();
    if (checkpoints.length > 0) {
      await tx.insertInto("audit_checkpoints").values(checkpoints).execute();
    }
  },
);

export const removeSetting = procedure(
  "suite.audit.remove-setting",
  async (tx, { name }: { readonly name: string }) => {
    await tx.deleteFrom("settings").where("name", "=", name).execute();
  },
);

/** A change that records itself, and may fail after it did. */
export const change = procedure(
  "suite.audit.change",
  async (
    tx,
    { witness, name, fails }: { readonly witness: Witness; name: string; fails: boolean },
  ) => {
    await tx
      .insertInto("settings")
      .values({ name, value: "changed" })
      .onConflict((c) => c.column("name").doUpdateSet({ value: "changed" }))
      .execute();
    await record(tx, witness, [done("setting.change", { kind: "setting", id: name, name })]);
    if (fails) throw new RangeError("the change fails after all");
  },
);

export const suiteProcedures = [putState, removeSetting, change];
