import { randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { hashPassword } from "../../platform/passwords/argon2.ts";
import { passwordChecker } from "./passwords.ts";
import type { Principal } from "./principal.ts";
import { identityReads, makeAdministrator } from "./store.ts";

/** The account that the first start makes. */
export const FIRST_ADMINISTRATOR = "admin";

export interface Identity {
  /** Whose Basic credentials these are. Throws `access.bad_credentials`. */
  basic(name: string, password: string): Promise<Principal>;
  /**
   * Sees to it at the first start that there is an administrator, with `password` or else with a
   * random one, which it gives back to be shown once.
   */
  bootstrap(password: string | undefined): Promise<string | undefined>;
}

export function openIdentity(db: Database, clock: Clock): Identity {
  const reads = identityReads(db);
  const passwords = passwordChecker(reads, clock);
  return {
    basic: (name, password) => passwords.check(name, password),
    async bootstrap(password) {
      if (await reads.anyAdministrator()) return undefined;
      const secret = password ?? randomBytes(18).toString("base64url");
      const made = await db.write(makeAdministrator, {
        name: FIRST_ADMINISTRATOR,
        verifier: await hashPassword(secret),
        now: clock.now(),
      });
      return made && password === undefined ? secret : undefined;
    },
  };
}
