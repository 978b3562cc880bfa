import { randomBytes } from "node:crypto";
import type { Clock } from "../../kernel/clock.ts";
import type { Database } from "../../platform/database/port.ts";
import { hashPassword } from "../../platform/passwords/argon2.ts";
import type { FirstPasswordFile } from "./first-password.ts";
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
   * random one, which it gives back. A random one is in `file` before the account can be seen, so
   * that no crash leaves an administrator whose password nobody knows.
   */
  bootstrap(password: string | undefined, file: FirstPasswordFile): Promise<string | undefined>;
}

export function openIdentity(db: Database, clock: Clock): Identity {
  const reads = identityReads(db);
  const passwords = passwordChecker(reads, clock);

  /** False when another node on the same database came first. */
  async function make(secret: string): Promise<boolean> {
    const verifier = await hashPassword(secret);
    return db.write(makeAdministrator, { name: FIRST_ADMINISTRATOR, verifier, now: clock.now() });
  }

  return {
    basic: (name, password) => passwords.check(name, password),
    async bootstrap(password, file) {
      if (await reads.anyAdministrator()) return undefined;
      if (password !== undefined) {
        await make(password);
        return undefined;
      }
      const secret = randomBytes(18).toString("base64url");
      await file.save(secret);
      if (await make(secret)) return secret;
      await file.remove();
      return undefined;
    },
  };
}
