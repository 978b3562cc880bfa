import { systemDoer } from "../audit/entry.ts";
import type { IdentityContext } from "./context.ts";
import type { FirstPasswordFile } from "./first-password.ts";
import type { PasswordHasher } from "./passwords/local.ts";
import { checkStrength } from "./passwords/strength.ts";
import { FIRST_ADMINISTRATOR } from "./users/rules.ts";
import { randomPassword } from "./users/service.ts";
import { makeAdministrator } from "./users/store/create.ts";
import { principalReads } from "./users/store/read.ts";

/** See `Identity.bootstrap`. Throws `identity.password_*` for a given one that is weak (A35). */
export async function bootstrap(
  { db, audit, revision }: IdentityContext,
  hasher: PasswordHasher,
  password: string | undefined,
  file: FirstPasswordFile,
): Promise<string | undefined> {
  const reads = principalReads(db);

  /** False when another node on the same database came first. */
  async function make(secret: string, mustChange: boolean): Promise<boolean> {
    const verifier = await hasher.hash(secret);
    const witness = audit.witness(systemDoer);
    const args = { name: FIRST_ADMINISTRATOR, verifier, mustChange, witness };
    const made = await db.write(makeAdministrator, args);
    await revision.changed();
    return made;
  }

  if (await reads.anyAdministrator()) return undefined;
  if (password !== undefined) {
    checkStrength(password, FIRST_ADMINISTRATOR);
    await make(password, false);
    return undefined;
  }
  const secret = randomPassword();
  await file.save(secret);
  if (await make(secret, true)) return secret;
  await file.remove();
  return undefined;
}
