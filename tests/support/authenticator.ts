import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

/** CBOR (RFC 8949), as much of it as authenticators speak: integers, bytes, text, maps. */
type Cbor = number | string | Uint8Array | Map<number | string, Cbor>;

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}

export function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") {
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  }
  if (value instanceof Map) {
    return Buffer.concat([
      head(5, value.size),
      ...[...value].flatMap(([key, each]) => [cbor(key), cbor(each)]),
    ]);
  }
  return Buffer.concat([head(2, value.length), value]);
}

interface Key {
  readonly id: Buffer;
  readonly privateKey: KeyObject;
  readonly cose: Buffer;
  readonly userHandle: string;
  counter: number;
}

/** What may be wrong with an answer. */
export interface Twist {
  /** The page that asks. */
  readonly origin?: string;
  readonly rpId?: string;
  /** Whether the PIN, finger or face was checked. */
  readonly verified?: boolean;
  /** The signature counter to tell, instead of the next one. */
  readonly counter?: number;
  readonly userHandle?: string;
  /** Registers the newest key once more, which honest devices refuse to do. */
  readonly again?: boolean;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/**
 * An authenticator in software: ES256, discoverable credentials, attestation `none`, a signature
 * counter. Together with its "browser" it answers the options that a server sends.
 */
export class SoftwareAuthenticator {
  readonly #origin: string;
  readonly #keys: Key[] = [];
  /** Real ones often do not count: they always say 0. */
  readonly #counts: boolean;

  constructor(origin: string, { counts = true }: { counts?: boolean } = {}) {
    this.#origin = origin;
    this.#counts = counts;
  }

  #clientData(type: string, challenge: string, origin: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #authenticatorData(rpId: string, counter: number, flags: number, more = Buffer.alloc(0)): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const hash = createHash("sha256").update(rpId).digest();
    return Buffer.concat([hash, Buffer.from([flags]), count, more]);
  }

  #newKey(userHandle: string): Key {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    const cose = cbor(
      new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, "base64url")],
        [-3, Buffer.from(y, "base64url")],
      ]),
    );
    const key = { id: randomBytes(32), privateKey, cose, userHandle, counter: 0 };
    this.#keys.push(key);
    return key;
  }

  /** `navigator.credentials.create()`. */
  create(
    options: { challenge: string; rp: { id?: string | undefined }; user: { id: string } },
    twist: Twist = {},
  ) {
    const known = twist.again === true ? this.#keys.at(-1) : undefined;
    const { id, cose } = known ?? this.#newKey(options.user.id);
    const { origin = this.#origin, rpId = options.rp.id ?? "", verified = true } = twist;
    const length = Buffer.from([id.length >> 8, id.length & 255]);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, cose]);
    const flags = PRESENT | ATTESTED | (verified ? VERIFIED : 0);
    const authData = this.#authenticatorData(rpId, 0, flags, attested);
    const attestation = new Map<string, Cbor>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", authData],
    ]);
    return {
      id: b64(id),
      rawId: b64(id),
      type: "public-key",
      response: {
        clientDataJSON: b64(this.#clientData("webauthn.create", options.challenge, origin)),
        attestationObject: b64(cbor(attestation)),
        transports: ["internal"],
      },
      clientExtensionResults: {},
    };
  }

  /** `navigator.credentials.get()`: with the newest key that the server allows. */
  get(
    options: {
      challenge: string;
      rpId?: string | undefined;
      allowCredentials?: { id: string }[] | undefined;
    },
    twist: Twist = {},
  ) {
    const allowed = options.allowCredentials?.map(({ id }) => id);
    const key = this.#keys.findLast(({ id }) => allowed === undefined || allowed.includes(b64(id)));
    if (key === undefined) throw new Error("NotAllowedError: no such credential here");
    if (this.#counts) key.counter += 1;
    const { origin = this.#origin, rpId = options.rpId ?? "", verified = true } = twist;
    const flags = PRESENT | (verified ? VERIFIED : 0);
    const data = this.#authenticatorData(rpId, twist.counter ?? key.counter, flags);
    const client = this.#clientData("webauthn.get", options.challenge, origin);
    const signed = Buffer.concat([data, createHash("sha256").update(client).digest()]);
    return {
      id: b64(key.id),
      rawId: b64(key.id),
      type: "public-key",
      response: {
        clientDataJSON: b64(client),
        authenticatorData: b64(data),
        signature: b64(sign("sha256", signed, key.privateKey)),
        userHandle: twist.userHandle ?? key.userHandle,
      },
      clientExtensionResults: {},
    };
  }
}
