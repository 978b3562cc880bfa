import { limited } from "./limited.ts";

/** Dearer verifiers are refused: at 14 one check takes about a second of a core. */
export const MOST_BCRYPT_COST = 14;

const FORM = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** The cost of a bcrypt verifier; undefined for what is none. */
export function bcryptCost(verifier: string): number | undefined {
  const cost = Number(FORM.exec(verifier)?.[1] ?? Number.NaN);
  return cost >= 4 && cost <= 31 ? cost : undefined;
}

/** Makes a verifier. Throws `access.too_many_attempts` under a flood. */
export function hashBcrypt(password: string, cost: number): Promise<string> {
  return limited(() => Bun.password.hash(password, { algorithm: "bcrypt", cost }));
}

/**
 * Whether the password matches a verifier of at most `MOST_BCRYPT_COST`. One of more than 72 bytes
 * never does: bcrypt itself would look at the first 72 only. Throws `access.too_many_attempts`
 * under a flood.
 */
export function verifyBcrypt(password: string, verifier: string): Promise<boolean> {
  return limited(() => Bun.password.verify(password, verifier, "bcrypt"));
}
