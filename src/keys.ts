import { join } from "node:path";
import type { Config } from "./config/schema.ts";
import { Secret } from "./kernel/secret.ts";
import { keyFromFile } from "./platform/sealing/key-file.ts";
import { type Keyring, openKeyring } from "./platform/sealing/keyring.ts";

/**
 * The keys that seal what is kept encrypted: the configured one, or else the data folder's own,
 * which then still opens what it sealed once a key is configured.
 */
export async function keyringOf(config: Config): Promise<Keyring> {
  const { key, previousKeys } = config.secrets;
  const older = (previousKeys?.reveal() ?? "")
    .split(/\s+/)
    .filter((each) => each !== "")
    .map((each) => new Secret(each));
  const path = join(config.data, "secret-key");
  if (key === undefined) return openKeyring([await keyFromFile(path), ...older]);
  const own = await keyFromFile(path, "existing");
  return openKeyring([key, ...older, ...(own === undefined ? [] : [own])]);
}
