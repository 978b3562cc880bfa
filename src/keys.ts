import { join } from "node:path";
import type { Config } from "./config/schema.ts";
import { Secret } from "./kernel/secret.ts";
import { keyFromFile } from "./platform/sealing/key-file.ts";
import { type Keyring, openKeyring } from "./platform/sealing/keyring.ts";

const OWN = "secret-key";

function olderOf({ secrets }: Config): Secret[] {
  return (secrets.previousKeys?.reveal() ?? "")
    .split(/\s+/)
    .filter((each) => each !== "")
    .map((each) => new Secret(each));
}

/**
 * The keys that seal what is kept encrypted: the configured one, or else the data folder's own,
 * which then still opens what it sealed once a key is configured.
 */
export async function keyringOf(config: Config): Promise<Keyring> {
  const { key } = config.secrets;
  const older = olderOf(config);
  const path = join(config.data, OWN);
  if (key === undefined) return openKeyring([await keyFromFile(path), ...older]);
  const own = await keyFromFile(path, "existing");
  return openKeyring([key, ...older, ...(own === undefined ? [] : [own])]);
}

/** The keys that there are, without making one; undefined when there is none. */
export async function existingKeyringOf(config: Config): Promise<Keyring | undefined> {
  const { key } = config.secrets;
  const own = await keyFromFile(join(config.data, OWN), "existing");
  const [first, ...more] = [key, ...olderOf(config), own].filter((each) => each !== undefined);
  return first === undefined ? undefined : openKeyring([first, ...more]);
}
