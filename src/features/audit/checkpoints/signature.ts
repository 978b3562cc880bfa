import { createHash, type KeyObject } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader } from "jose";

/** What one chain's head was at a time. */
export interface Checkpoint {
  readonly chain: number;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
}

const TYPE = "audit-checkpoint";

/** Names a public key: the start of the hex SHA-256 of its DER form. */
export function keyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest("hex").slice(0, 16);
}

/** A compact JWS (RFC 7515) by Ed25519 over a checkpoint. */
export function signCheckpoint(
  { chain, seq, hash, at }: Checkpoint,
  privateKey: KeyObject,
  kid: string,
): Promise<string> {
  const payload = Buffer.from(JSON.stringify({ chain, seq, hash, at }));
  return new CompactSign(payload)
    .setProtectedHeader({ alg: "EdDSA", kid, typ: TYPE })
    .sign(privateKey);
}

/** Whether a compact JWS says of itself that it is a checkpoint, whoever signed it. */
export function readsAsCheckpoint(signature: string): boolean {
  try {
    return decodeProtectedHeader(signature).typ === TYPE;
  } catch {
    return false;
  }
}

/** The checkpoint inside a signature of ours; undefined for anything else. */
export async function openCheckpoint(
  signature: string,
  publicKey: KeyObject,
): Promise<Checkpoint | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(signature, publicKey, {
      algorithms: ["EdDSA"],
    });
    if (protectedHeader.typ !== TYPE) return undefined;
    return readCheckpoint(JSON.parse(Buffer.from(payload).toString("utf8")));
  } catch {
    return undefined;
  }
}

function readCheckpoint(value: unknown): Checkpoint | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { chain, seq, hash, at } = value as Record<string, unknown>;
  const isOne =
    Number.isSafeInteger(chain) &&
    Number.isSafeInteger(seq) &&
    Number.isSafeInteger(at) &&
    typeof hash === "string";
  return isOne ? (value as Checkpoint) : undefined;
}
