import { newId } from "../../src/kernel/ids.ts";
import { type Procedure, procedure } from "../../src/platform/database/port.ts";

/** Name and password of somebody who may log in. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Somebody beside the first administrator. */
export interface Account extends Credentials {
  readonly administrator: boolean;
  /** KiB that checking the password takes: its cost. Little, unless said. */
  readonly cost?: number;
}

interface NewAccount {
  readonly id: string;
  readonly name: string;
  readonly verifier: string;
  readonly administrator: boolean;
}

/** The rows of an account, as they are there before the program starts. */
export const addAccount: Procedure<NewAccount, void> = procedure(
  "test.add-account",
  async (tx, { id, name, verifier, administrator }) => {
    const created_at = Date.now();
    await tx
      .insertInto("principals")
      .values({
        id,
        kind: "user",
        name,
        administrator: administrator ? 1 : 0,
        created_at,
        disabled_at: null,
        deleted_at: null,
      })
      .execute();
    await tx
      .insertInto("credentials")
      .values({
        id: newId(),
        principal_id: id,
        kind: "password",
        verifier,
        created_at,
        replaced_at: null,
      })
      .execute();
  },
);

/** A verifier that is quicker to check than ours are: the cost of argon2 is written into it. */
export function verifierOf({ password, cost = 8 }: Account): Promise<string> {
  return Bun.password.hash(password, { algorithm: "argon2id", memoryCost: cost, timeCost: 1 });
}
