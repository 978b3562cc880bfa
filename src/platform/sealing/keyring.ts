import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Secret } from "../../kernel/secret.ts";

/** Encrypts what must be read again (AES-256-GCM) and authenticates what must not be forged. */
export interface Keyring {
  /**
   * Seals `plain` for one purpose and place, such as `factor:<id>`: opened under any other it is
   * refused, so a row's secret is of no use in another row.
   */
  seal(purpose: string, plain: string): string;
  /** Throws `secrets.unreadable` when no key of the ring opens it under this purpose. */
  open(purpose: string, sealed: string): string;
  /** Whether the ring has the key that it was sealed with. */
  opens(sealed: string): boolean;
  /** Whether it was sealed with an older key of the ring. */
  isStale(sealed: string): boolean;
  /** A key of 32 bytes that only this ring can derive. */
  derive(purpose: string): Uint8Array;
}

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

const NONCE = 12;
const TAG = 16;

/** Any text serves as a key: what is used is its hash, bound to what it is used for. */
function keyOf(secret: Secret): Key {
  const bytes = createHash("sha256").update("entrepot sealing\0").update(secret.reveal()).digest();
  const id = createHash("sha256").update("id\0").update(bytes).digest("hex").slice(0, 8);
  return { id, bytes };
}

function deriveFrom(key: Key, purpose: string): Buffer {
  return createHmac("sha256", key.bytes).update(purpose).digest();
}

/** The keys in order: the first seals, all of them open. */
export function openKeyring(secrets: readonly [Secret, ...Secret[]]): Keyring {
  const [first, ...older] = secrets;
  const current = keyOf(first);
  const keys = new Map([...older.map(keyOf).reverse(), current].map((key) => [key.id, key]));
  return {
    seal(purpose, plain) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", deriveFrom(current, "seal"), nonce);
      cipher.setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      const whole = Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
      return `s1.${current.id}.${whole.toString("base64url")}`;
    },
    open(purpose, sealed) {
      const [version, id = "", text = ""] = sealed.split(".");
      const key = keys.get(id);
      const whole = Buffer.from(text, "base64url");
      if (version !== "s1" || key === undefined || whole.length < NONCE + TAG) {
        throw failure("secrets.unreadable", { key: id });
      }
      const nonce = whole.subarray(0, NONCE);
      const decipher = createDecipheriv("aes-256-gcm", deriveFrom(key, "seal"), nonce);
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(whole.subarray(NONCE, NONCE + TAG));
      try {
        const plain = decipher.update(whole.subarray(NONCE + TAG));
        return Buffer.concat([plain, decipher.final()]).toString("utf8");
      } catch (error) {
        throw failure("secrets.unreadable", { key: id }, error);
      }
    },
    opens: (sealed) => keys.has(sealed.split(".")[1] ?? ""),
    isStale: (sealed) => sealed.split(".")[1] !== current.id,
    derive: (purpose) => deriveFrom(current, purpose),
  };
}
