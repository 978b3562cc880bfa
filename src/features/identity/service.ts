import { randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { hashPassword } from "../../platform/passwords/argon2.ts";
import { passwordChecker } from "./passwords.ts";
import type { Principal } from "./principal.ts";
import { identityReads, setAdministrator } from "./store.ts";

/** The account that the first start makes. */
export const FIRST_ADMINISTRATOR = "admin";

export interface Identity {
  /** Whose Basic credentials these are. Throws `access.bad_credentials`. */
  basic(name: string, password: string): Promise<Principal>;
  /**
   * Sees to it that there is an administrator. With `password` that one is theirs from now on;
   * without, a first start makes a random one and gives it back, to be shown once.
   */
  bootstrap(password: string | undefined): Promise<string | undefined>;
}

export function openIdentity(db: Database, clock: Clock): Identity {
  const reads = identityReads(db);
  const passwords = passwordChecker(reads, clock);
  return {
    basic: (name, password) => passwords.check(name, password),
    async bootstrap(password) {
      if (password === undefined && (await reads.anyAdministrator())) return undefined;
      const secret = password ?? randomBytes(18).toString("base64url");
      if (password !== undefined && (await isCurrent(password))) return undefined;
      const taken = await db.write(setAdministrator, {
        name: FIRST_ADMINISTRATOR,
        verifier: await hashPassword(secret),
        now: clock.now(),
        replace: password !== undefined,
      });
      return taken && password === undefined ? secret : undefined;
    },
  };

  async function isCurrent(password: string): Promise<boolean> {
    return passwords.check(FIRST_ADMINISTRATOR, password).then(
      () => true,
      () => false,
    );
  }
}
