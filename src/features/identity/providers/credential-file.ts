import { readFile } from "node:fs/promises";
import type { Secret } from "../../../kernel/secret.ts";

/**
 * A secret of the configuration, given there or in a file, which is read at each use so that a
 * secret that was replaced needs no restart. Undefined when there is none.
 */
export async function revealed(
  secret: Secret | undefined,
  file: string,
): Promise<string | undefined> {
  if (file === "") return secret?.reveal();
  // Editors end files with a line break that is no part of the secret.
  return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
}
