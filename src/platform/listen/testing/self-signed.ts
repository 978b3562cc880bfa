import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Certificate } from "../certificate.ts";

/**
 * Makes a self-signed certificate (ECDSA P-256, valid for a day) for `localhost`, 127.0.0.1 and ::1,
 * so that no test needs a tool of the system. RFC 5280, section 4.1, written out in DER.
 */
export function selfSigned(commonName: string): Pick<Certificate, "cert" | "key"> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const now = Date.now();
  const name = sequence(set(sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
  const algorithm = sequence(oid("2a8648ce3d040302"));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now - 3_600_000), time(now + 86_400_000)),
    name,
    publicKey.export({ format: "der", type: "spki" }),
    der(0xa3, sequence(alternativeNames())),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

function alternativeNames(): Buffer {
  const six = Buffer.alloc(16);
  six[15] = 1;
  const names = sequence(
    der(0x82, Buffer.from("localhost")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, six),
  );
  return sequence(oid("551d11"), der(0x04, names));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts: Buffer[]): Buffer {
  return der(0x31, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
  return der(0x18, Buffer.from(text.replace(/[-:T]/g, "")));
}
