import { limited } from "./limited.ts";

/** Makes an argon2id verifier (PHC string). Throws `access.too_many_attempts` under a flood. */
export function hashPassword(password: string): Promise<string> {
  return limited(() => Bun.password.hash(password, { algorithm: "argon2id" }));
}

/** Whether the password matches the verifier. Throws `access.too_many_attempts` under a flood. */
export function verifyPassword(password: string, verifier: string): Promise<boolean> {
  return limited(() => Bun.password.verify(password, verifier));
}
