import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure } from "../../../../platform/database/port.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";
import { checkVersion } from "../../texts.ts";
import { endSessions, endTokens } from "../../tokens/store/end.ts";
import { putPassword } from "./create.ts";
import { changePrincipal, keepAnAdministrator, lockLive, type PrincipalRow } from "./rows.ts";

export interface UpdateUser {
  readonly id: string;
  readonly version: number | null;
  /** Only what changes; the list of what can is this one (A30). */
  readonly change: {
    readonly display_name?: string | null;
    readonly email?: string | null;
    readonly description?: string | null;
  };
  readonly witness: Witness;
}

const FIELDS = ["display_name", "email", "description"] as const;

/** Changes what people read about somebody. Throws `identity.unknown`, `api.precondition`. */
export const updateUser = procedure(
  "identity.update-user",
  async (tx, { id, version, change, witness }: UpdateUser): Promise<PrincipalRow> => {
    const row = await lockLive(tx, "user", id);
    checkVersion(row.version, version);
    const next: Partial<Record<(typeof FIELDS)[number], string | null>> = {};
    const details: Record<string, unknown> = {};
    for (const field of FIELDS) {
      const to = change[field];
      if (to === undefined || to === row[field]) continue;
      next[field] = to;
      details[field] = { from: row[field], to };
    }
    if (Object.keys(next).length === 0) return row;
    const changed = await changePrincipal(tx, row, next);
    await record(tx, witness, [
      done("user.update", { kind: "user", id, name: row.name }, { details }),
    ]);
    return changed;
  },
);

export interface SetAdministrator {
  readonly id: string;
  readonly version: number | null;
  readonly administrator: boolean;
  readonly witness: Witness;
}

/** Throws `identity.last_administrator`, `identity.unknown`, `api.precondition`. */
export const setAdministrator = procedure(
  "identity.set-administrator",
  async (tx, args: SetAdministrator): Promise<PrincipalRow> => {
    const { id, administrator, witness } = args;
    if (!administrator) await keepAnAdministrator(tx, id);
    const row = await lockLive(tx, "user", id);
    checkVersion(row.version, args.version);
    const flag = administrator ? 1 : 0;
    if (row.administrator === flag) return row;
    const changed = await changePrincipal(tx, row, { administrator: flag });
    await bumpRevision(tx);
    const details = { administrator: { from: !administrator, to: administrator } };
    await record(tx, witness, [
      done("user.set-administrator", { kind: "user", id, name: row.name }, { details }),
    ]);
    return changed;
  },
);

export interface SetPassword {
  readonly id: string;
  readonly verifier: string;
  readonly mustChange: boolean;
  /** Whether the person did it, or an administrator. */
  readonly own: boolean;
  readonly witness: Witness;
}

/**
 * Gives a local account another password: the new generation ends sessions and refresh tokens,
 * and stand-ins for the old password end with it. Throws `identity.unknown`,
 * `identity.password_elsewhere`.
 */
export const setPassword = procedure(
  "identity.set-password",
  async (tx, { id, verifier, mustChange, own, witness }: SetPassword): Promise<PrincipalRow> => {
    const row = await lockLive(tx, "user", id);
    if (row.origin !== "local") {
      throw failure("identity.password_elsewhere", { name: row.name, provider: row.origin });
    }
    const now = witness.at;
    await putPassword(tx, id, verifier, now);
    const changed = await changePrincipal(tx, row, {
      generation: row.generation + 1,
      must_change_password: mustChange ? 1 : 0,
    });
    await endTokens(tx, { principalId: id, kinds: ["login", "refresh"], now });
    // The session that asks is dead too, being of the generation before, until it is rotated.
    const { via, credentialId } = witness.doer;
    await endSessions(tx, id, now, own && via === "session" ? credentialId : null);
    await bumpRevision(tx);
    const details = { by: own ? "self" : "administrator", mustChangePassword: mustChange };
    await record(tx, witness, [
      done("password.change", { kind: "user", id, name: row.name }, { details }),
    ]);
    return changed;
  },
);

export const changeProcedures = [updateUser, setAdministrator, setPassword];
