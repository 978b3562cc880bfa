import { type AnyProcedure, procedure } from "../../platform/database/port.ts";
import { bumpRevision } from "../identity/revision/store.ts";
import { registryTokenProcedures } from "./keys/store.ts";

export interface SuitePrincipal {
  readonly id: string;
  readonly name: string;
  readonly kind: "user" | "robot";
}

/** Puts a principal there as it is when somebody was just made. */
export const addPrincipal = procedure(
  "suite.add-principal",
  async (tx, { id, name, kind }: SuitePrincipal) => {
    const row = { id, name, kind, administrator: 0, created_at: 0 };
    await tx
      .insertInto("principals")
      .values({ ...row, disabled_at: null, deleted_at: null })
      .execute();
    await bumpRevision(tx);
  },
);

/** Ends what was given to a principal, in one of the ways that there are. */
export const endPrincipal = procedure(
  "suite.end-principal",
  async (tx, { id, how }: { id: string; how: "disabled" | "deleted" | "generation" }) => {
    const change =
      how === "generation"
        ? { generation: 7 }
        : how === "disabled"
          ? { disabled_at: 1 }
          : { deleted_at: 1 };
    await tx.updateTable("principals").set(change).where("id", "=", id).execute();
    await bumpRevision(tx);
  },
);

export const addToken = procedure(
  "suite.add-token",
  async (tx, { id, owner, limits }: { id: string; owner: string; limits: string | null }) => {
    const nothing = { addresses: null, claims: null, parent_id: null, expires_at: null };
    const unused = { last_used_at: null, last_used_address: null, revoked_at: null };
    const kind = "personal" as const;
    const row = { id, kind, principal_id: owner, name: id, verifier: id, limits };
    const values = { ...row, ...nothing, ...unused, generation: 1, created_at: 0 };
    await tx.insertInto("tokens").values(values).execute();
    await bumpRevision(tx);
  },
);

export const revokeToken = procedure("suite.revoke-token", async (tx, { id }: { id: string }) => {
  await tx.updateTable("tokens").set({ revoked_at: 1 }).where("id", "=", id).execute();
  await bumpRevision(tx);
});

/** Any change of rights. */
export const change = procedure("suite.change", (tx, _: null) => bumpRevision(tx));

export const suiteProcedures: readonly AnyProcedure[] = [
  ...registryTokenProcedures,
  addPrincipal,
  endPrincipal,
  addToken,
  revokeToken,
  change,
];
