import { createHmac, randomBytes } from "node:crypto";
import { BoundedCache } from "../../kernel/bounded-cache.ts";
import { type Clock, MINUTE } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { hashPassword, verifyPassword } from "../../platform/passwords/argon2.ts";
import type { Principal } from "./principal.ts";
import type { IdentityReads } from "./store.ts";

/** How long a password that was verified need not be verified again. */
const REMEMBERED = 5 * MINUTE;
const MOST = 10_000;

/** Longer ones only cost: argon2 takes them, people do not type them. */
const LONGEST = 1_024;

interface Verified {
  readonly verifier: string;
  readonly until: number;
}

/**
 * Checks passwords. Clients with Basic send theirs with every request, so one that was verified is
 * remembered for minutes, as a keyed hash whose key this process made and never writes down.
 * A remembered password counts only while its verifier is still the one in the database.
 */
export function passwordChecker(reads: IdentityReads, clock: Clock) {
  const key = randomBytes(32);
  const remembered = new BoundedCache<Verified>(MOST);
  const underway = new Map<string, Promise<boolean>>();
  let decoy: Promise<string> | undefined;

  function fingerprint(name: string, password: string): string {
    // Lengths first, so that no two pairs read alike.
    return createHmac("sha256", key).update(`${name.length}:${name}${password}`).digest("base64");
  }

  /** Clients open many connections at once: equal questions share one answer. */
  function verify(print: string, password: string, verifier: string): Promise<boolean> {
    const sameQuestion = `${print}${verifier}`;
    const asked = underway.get(sameQuestion);
    if (asked !== undefined) return asked;
    const answer = verifyPassword(password, verifier).finally(() => underway.delete(sameQuestion));
    underway.set(sameQuestion, answer);
    return answer;
  }

  return {
    /** Whose name and password these are. Throws `access.bad_credentials`, alike for every reason. */
    async check(name: string, password: string): Promise<Principal> {
      // No name has a NUL, and PostgreSQL takes none as a parameter.
      if (password.length > LONGEST || name.length > LONGEST || name.includes("\0")) {
        throw failure("access.bad_credentials");
      }
      const row = await reads.password(name);
      const print = fingerprint(name, password);
      const known = remembered.get(print);
      const now = clock.now();
      if (row === undefined) {
        // As long as for a name that exists (A40).
        decoy ??= hashPassword(randomBytes(16).toString("hex"));
        await verify(print, password, await decoy);
        throw failure("access.bad_credentials");
      }
      if (known === undefined || known.until <= now || known.verifier !== row.verifier) {
        if (!(await verify(print, password, row.verifier))) {
          throw failure("access.bad_credentials");
        }
        remembered.set(print, { verifier: row.verifier, until: now + REMEMBERED }, 1);
      }
      const administrator = row.administrator === 1;
      return { id: row.id, kind: "user", name: row.name, administrator };
    },
  };
}
