import type { KeyObject } from "node:crypto";
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import type { Database } from "../../platform/database/port.ts";
import type { Keyring } from "../../platform/sealing/keyring.ts";
import { makeKeys, readSealedKeys, resealKeys } from "./store/keys.ts";

/** What the log is authenticated with; in the database they are sealed. */
export interface AuditKeys {
  /** Hex: seals the heads of the chains. */
  readonly headKey: string;
  /** Ed25519: signs checkpoints. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

interface Stored {
  readonly head: string;
  /** PKCS #8, PEM. */
  readonly signing: string;
}

const PURPOSE = "audit keys";

function unpack(keyring: Keyring, sealed: string): AuditKeys {
  const stored = JSON.parse(keyring.open(PURPOSE, sealed)) as Stored;
  const privateKey = createPrivateKey(stored.signing);
  return { headKey: stored.head, privateKey, publicKey: createPublicKey(privateKey) };
}

/** The keys of a log that has been in use, else undefined. Throws `secrets.unreadable`. */
export async function readKeys(
  db: Pick<Database, "read">,
  keyring: Keyring,
): Promise<AuditKeys | undefined> {
  const sealed = await readSealedKeys(db);
  return sealed === undefined ? undefined : unpack(keyring, sealed);
}

/**
 * The keys, made at the first use. They are random and sealed rather than derived from the
 * keyring, so that a new key of the ring neither breaks the seals of the heads nor orphans the
 * checkpoints that are kept outside.
 */
export async function openKeys(db: Database, keyring: Keyring): Promise<AuditKeys> {
  let sealed = await readSealedKeys(db);
  if (sealed === undefined) {
    const { privateKey } = generateKeyPairSync("ed25519");
    const fresh: Stored = {
      head: randomBytes(32).toString("hex"),
      signing: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
    const own = keyring.seal(PURPOSE, JSON.stringify(fresh));
    sealed = await db.write(makeKeys, { sealed: own, headKey: fresh.head });
  }
  const keys = unpack(keyring, sealed);
  if (keyring.isStale(sealed)) {
    const anew = keyring.seal(PURPOSE, keyring.open(PURPOSE, sealed));
    await db.write(resealKeys, { was: sealed, sealed: anew });
  }
  return keys;
}
