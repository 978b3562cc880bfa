import { type Procedure, procedure } from "../../platform/database/port.ts";
import type { AuditEntry, Witness } from "../audit/entry.ts";
import { record } from "../audit/store/record.ts";
import { bumpRevision } from "./revision/store.ts";

/** What the audit room does for `AuditPort.append`. */
export const appendEntries: Procedure<
  { readonly witness: Witness; readonly entries: readonly AuditEntry[] },
  void
> = procedure("suite.append", async (tx, { witness, entries }) => record(tx, witness, entries));

/** Gives somebody a confirmed second factor. */
export const addFactor = procedure(
  "suite.add-factor",
  async (tx, { principalId, now }: { principalId: string; now: number }): Promise<void> => {
    await tx
      .insertInto("factors")
      .values({
        id: `factor-${principalId}`,
        principal_id: principalId,
        kind: "totp",
        name: "phone",
        secret: "sealed",
        credential_id: null,
        counter: 0,
        transports: null,
        created_at: now,
        confirmed_at: now,
        last_used_at: null,
        spent_at: null,
      })
      .execute();
    await bumpRevision(tx);
  },
);

/** Adds an account that belongs to a login provider. */
export const addForeign = procedure(
  "suite.add-foreign",
  async (
    tx,
    { id, name, origin, now }: { id: string; name: string; origin: string; now: number },
  ): Promise<void> => {
    await tx
      .insertInto("principals")
      .values({
        id,
        kind: "user",
        name,
        administrator: 0,
        created_at: now,
        disabled_at: null,
        deleted_at: null,
        origin,
      })
      .execute();
    await bumpRevision(tx);
  },
);

export const addProject = procedure(
  "suite.add-project",
  async (tx, { id, name }: { id: string; name: string }): Promise<void> => {
    await tx
      .insertInto("projects")
      .values({ id, name, created_at: 1, deleted_at: null, untagged_after: null })
      .execute();
  },
);

export const addSession = procedure(
  "suite.add-session",
  async (
    tx,
    args: { id: string; principalId: string; generation: number; now: number; until: number },
  ): Promise<void> => {
    await tx
      .insertInto("sessions")
      .values({
        id: args.id,
        verifier: args.id,
        principal_id: args.principalId,
        generation: args.generation,
        provider: "local",
        claims: null,
        created_at: args.now,
        last_seen_at: args.now,
        expires_at: args.until,
        second_factor_at: null,
        confirmed_at: args.now,
        address: null,
        user_agent: null,
        ended_at: null,
      })
      .execute();
  },
);

export const suiteProcedures = [appendEntries, addFactor, addForeign, addProject, addSession];
