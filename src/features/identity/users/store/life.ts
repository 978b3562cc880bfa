import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";
import { endSessions, endTokens } from "../../tokens/store/end.ts";
import {
  changePrincipal,
  keepAnAdministrator,
  lockLive,
  lockPrincipal,
  type PrincipalRow,
} from "./rows.ts";

export interface OnPrincipal {
  readonly kind: PrincipalRow["kind"];
  readonly id: string;
  readonly witness: Witness;
}

async function tell(tx: Tx, verb: string, { kind, witness }: OnPrincipal, row: PrincipalRow) {
  await bumpRevision(tx);
  const object = { kind, id: row.id, name: row.name };
  await record(tx, witness, [done(`${kind}.${verb}`, object, { project: row.project_id })]);
}

/**
 * Refuses every credential from the commit on. Sessions and what stands in for a login are over
 * for good; personal tokens and robots' secrets count again once the account is enabled.
 */
export const disablePrincipal = procedure(
  "identity.disable-principal",
  async (tx, args: OnPrincipal): Promise<PrincipalRow> => {
    await keepAnAdministrator(tx, args.id);
    const row = await lockLive(tx, args.kind, args.id);
    if (row.disabled_at !== null) return row;
    const now = args.witness.at;
    const generation = row.generation + 1;
    const changed = await changePrincipal(tx, row, { disabled_at: now, generation });
    await endSessions(tx, row.id, now);
    await tell(tx, "disable", args, row);
    return changed;
  },
);

export const enablePrincipal = procedure(
  "identity.enable-principal",
  async (tx, args: OnPrincipal): Promise<PrincipalRow> => {
    const row = await lockLive(tx, args.kind, args.id);
    if (row.disabled_at === null) return row;
    const changed = await changePrincipal(tx, row, { disabled_at: null });
    await tell(tx, "enable", args, row);
    return changed;
  },
);

const EVERY_KIND = ["personal", "robot", "refresh", "login", "workload"] as const;

/** Takes from a principal all that a later one of its name, or itself restored, must not have. */
async function buryPrincipal(tx: Tx, row: PrincipalRow, now: number): Promise<PrincipalRow> {
  const buried = await changePrincipal(tx, row, {
    deleted_at: now,
    generation: row.generation + 1,
  });
  await endTokens(tx, { principalId: row.id, kinds: EVERY_KIND, now });
  await endSessions(tx, row.id, now);
  await tx.deleteFrom("group_members").where("principal_id", "=", row.id).execute();
  return buried;
}

/** Deletes softly: the row stays for the log's sake and can be restored, the name is free. */
export const deletePrincipal = procedure(
  "identity.delete-principal",
  async (tx, args: OnPrincipal): Promise<PrincipalRow> => {
    await keepAnAdministrator(tx, args.id);
    const row = await lockLive(tx, args.kind, args.id);
    const buried = await buryPrincipal(tx, row, args.witness.at);
    await tell(tx, "delete", args, row);
    return buried;
  },
);

/**
 * Brings a deleted user back with its password, but without tokens, sessions and memberships; it
 * stays disabled if it was. Throws `identity.name_taken`.
 */
export const restorePrincipal = procedure(
  "identity.restore-principal",
  async (tx, args: OnPrincipal): Promise<PrincipalRow> => {
    const row = await lockPrincipal(tx, args.kind, args.id);
    if (row.deleted_at === null) return row;
    const taken = await tx
      .selectFrom("principals")
      .select("id")
      .where("name", "=", row.name)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (taken !== undefined) throw failure("identity.name_taken", { name: row.name });
    const changed = await changePrincipal(tx, row, { deleted_at: null });
    await tell(tx, "restore", args, row);
    return changed;
  },
);

export const lifeProcedures = [
  disablePrincipal,
  enablePrincipal,
  deletePrincipal,
  restorePrincipal,
];
