import { randomBytes } from "node:crypto";
import type { PasswordProvider } from "../providers-port.ts";
import type { PasswordReads } from "./store.ts";

/** The name of our own accounts among the providers, and their `origin`. */
export const LOCAL = "local";

/** Makes and checks argon2id verifiers. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(password: string, verifier: string): Promise<boolean>;
}

/**
 * Our own accounts. Whatever the name, exactly one hash is computed, so that an unknown one, one
 * without a password here and a wrong password take equally long (A40).
 */
export function localProvider(reads: PasswordReads, hasher: PasswordHasher): PasswordProvider {
  let decoy: Promise<string> | undefined;
  return {
    name: LOCAL,
    async check(name, password) {
      const row = await reads.account(name);
      const verifier = row?.origin === LOCAL ? row.verifier : null;
      if (row === undefined || verifier === null) {
        decoy ??= hasher.hash(randomBytes(16).toString("hex")).catch((error: unknown) => {
          // Under a flood there is none; the next one tries again.
          decoy = undefined;
          throw error;
        });
        await hasher.verify(password, await decoy);
        return undefined;
      }
      if (!(await hasher.verify(password, verifier))) return undefined;
      return { principalId: row.id, provider: LOCAL, claims: {} };
    },
  };
}
