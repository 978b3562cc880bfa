import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { newId } from "../../../kernel/ids.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import type { Algorithm } from "../settings.ts";
import type { FreshKey, SigningKeyRow } from "./store.ts";

/** A key that signatures are checked with. */
export interface PublicKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  /** As it is published: no private part, with `kid`, `alg` and `use`. */
  readonly jwk: JWK;
  readonly key: CryptoKey;
}

/** The key that signs now. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly key: CryptoKey;
}

function purposeOf(kid: string): string {
  return `signing-key:${kid}`;
}

function isAlgorithm(text: string): text is Algorithm {
  return text === "EdDSA" || text === "ES256";
}

function algorithmOf({ id, algorithm }: SigningKeyRow): Algorithm {
  if (isAlgorithm(algorithm)) return algorithm;
  throw new Error(`the signing key ${id} is of an algorithm that is not used here`);
}

async function importKey(jwk: JWK, algorithm: Algorithm): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error("a signing key is never a shared secret");
  return key;
}

/** Makes a key pair; its private half is sealed to the row that it will stand in. */
export async function newKey(
  algorithm: Algorithm,
  keyring: Keyring,
  now: number,
): Promise<FreshKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const id = newId(now);
  const secret = JSON.stringify(await exportJWK(pair.privateKey));
  return {
    id,
    algorithm,
    public_key: JSON.stringify(await exportJWK(pair.publicKey)),
    sealed_key: keyring.seal(purposeOf(id), secret),
  };
}

export async function readPublicKey(row: SigningKeyRow): Promise<PublicKey> {
  const algorithm = algorithmOf(row);
  const jwk: JWK = { ...JSON.parse(row.public_key), kid: row.id, alg: algorithm, use: "sig" };
  return { kid: row.id, algorithm, jwk, key: await importKey(jwk, algorithm) };
}

/** Opens the private half. Throws `secrets.unreadable` when this server lacks the key for it. */
export async function readSigningKey(row: SigningKeyRow, keyring: Keyring): Promise<SigningKey> {
  const algorithm = algorithmOf(row);
  const jwk: JWK = JSON.parse(keyring.open(purposeOf(row.id), row.sealed_key));
  return { kid: row.id, algorithm, key: await importKey(jwk, algorithm) };
}

/** The same secret under the keyring's first key. */
export function sealAnew({ id, sealed_key }: SigningKeyRow, keyring: Keyring): string {
  const purpose = purposeOf(id);
  return keyring.seal(purpose, keyring.open(purpose, sealed_key));
}
