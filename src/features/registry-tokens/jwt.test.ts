import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { base64url, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { MINUTE, SECOND } from "../../kernel/clock.ts";
import { systemDoer } from "../audit/entry.ts";
import { anonymousAt } from "../identity/principal.ts";
import type { SigningKey } from "./keys/material.ts";
import { here, type Rig, Rigs, usual } from "./suite-rig.ts";

let rigs: Rigs;
let rig: Rig;
let es256: Rig;
let key: SigningKey;
let good: string;
let payload: JWTPayload;

beforeAll(async () => {
  rigs = await Rigs.open();
  es256 = await rigs.node({ algorithm: "ES256", issuer: "other" });
  await es256.tokens.keys.signing();
  rig = await rigs.node();
  await rig.tokens.keys.tend();
  rigs.clock.advance(10 * MINUTE);
  key = await rig.tokens.keys.signing();
  const { name } = await rig.person("developer", await rig.project("team"));
  const actor = await rig.login(name);
  const scope = { type: "repository", name: "team/app", actions: ["pull"] };
  good = (await rig.tokens.issue(actor, [scope])).token;
  payload = read(good.split(".")[1]);
});

afterAll(() => rigs.close());

function read(part: string | undefined) {
  return JSON.parse(Buffer.from(part ?? "", "base64url").toString());
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

const header = () => ({ alg: key.algorithm, kid: key.kid, typ: "registry+jwt" });

/** As we would sign it, with another payload or header. */
function signed(claims: object, head: object = {}, by = key): Promise<string> {
  const protectedHeader = { ...header(), ...head };
  return new SignJWT({ ...claims }).setProtectedHeader(protectedHeader).sign(by.key);
}

async function refuses(token: string, by = rig): Promise<void> {
  const asked = async () => by.tokens.actorOf(token, here);
  await expect(asked()).rejects.toMatchObject({ code: "token.invalid", status: 401, details: {} });
}

test("what was given is taken", async () => {
  expect(read(good.split(".")[0])).toEqual(header());
  expect(await rig.tokens.actorOf(good, here)).toMatchObject({
    principal: { id: payload.sub },
    via: "password",
    limits: [{ actions: ["repository:pull", "repository:read"], repositories: ["team/app"] }],
  });
  expect(await rig.tokens.actorOf(await signed(payload), here)).toMatchObject({ via: "password" });
});

describe("confusion (A36): refused is", () => {
  const parts = () => good.split(".") as [string, string, string];

  test("no algorithm, in any spelling, with a signature or without", async () => {
    const [, body, signature] = parts();
    for (const alg of ["none", "None", "NONE", "", null, undefined, 0, [], ["EdDSA"], {}]) {
      const head = encode({ ...header(), alg });
      for (const end of ["", signature]) await refuses(`${head}.${body}.${end}`);
      await refuses(`${head}.${body}`);
    }
  });

  test("an HMAC with the public key as the secret", async () => {
    const [, body] = parts();
    const { keys } = await rig.tokens.keys.jwks();
    const jwk = keys.find(({ kid }) => kid === key.kid) ?? {};
    const raw = base64url.decode(jwk.x ?? "");
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
    const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString("base64")}\n-----END PUBLIC KEY-----\n`;
    for (const secret of [
      raw,
      spki,
      Buffer.from(pem),
      Buffer.from(JSON.stringify(jwk)),
      Buffer.of(),
    ]) {
      for (const [alg, hash] of [
        ["HS256", "sha256"],
        ["HS512", "sha512"],
        ["EdDSA", "sha512"],
      ]) {
        const text = `${encode({ ...header(), alg })}.${body}`;
        const mac = createHmac(hash ?? "", secret)
          .update(text)
          .digest("base64url");
        await refuses(`${text}.${mac}`);
      }
    }
  });

  test("a key that the token brings along, or says where to find", async () => {
    const pair = await generateKeyPair("EdDSA", { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const by = { ...key, key: pair.privateKey };
    for (const head of [
      {},
      { jwk },
      { jku: "https://evil.example.com/jwks" },
      { x5u: "https://evil.example.com/chain" },
      { x5c: ["MIIB"] },
      { jwk, kid: undefined },
    ]) {
      await refuses(await signed(payload, head, by));
    }
  });

  test("a header with more in it, also when we signed it", async () => {
    const pair = await generateKeyPair("EdDSA", { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    for (const head of [
      { jwk },
      { jku: "https://evil.example.com/jwks" },
      { x5u: "https://evil.example.com/chain" },
      { x5c: ["MIIB"] },
      { x5t: "a" },
      { cty: "JWT" },
      { zip: "DEF" },
      { b64: true, crit: ["b64"] },
      { more: 1 },
    ]) {
      await refuses(await signed(payload, head));
    }
    // A critical extension that the signer would not write itself.
    const text = `${encode({ ...header(), crit: ["exp"], exp: 1 })}.${parts()[1]}`;
    await refuses(`${text}.${parts()[2]}`);
  });

  test("another kind of token (A37)", async () => {
    for (const typ of [
      "JWT",
      "jwt",
      "at+jwt",
      "application/registry+jwt",
      "Registry+JWT",
      "",
      null,
    ]) {
      await refuses(await signed(payload, { typ }));
    }
    await refuses(await signed(payload, { typ: undefined }));
    const body = "0".repeat(49);
    for (const secret of [
      `ent_ref_${body}`,
      `ent_pat_${body}`,
      `ent_rob_${body}`,
      `ent_log_${body}`,
    ]) {
      await refuses(secret);
    }
  });

  test("a key id that is unknown, or none, or somebody else's", async () => {
    const other = (await es256.tokens.keys.jwks()).keys.find(({ alg }) => alg === "ES256")?.kid;
    for (const kid of [
      other,
      "0".repeat(26),
      "",
      "../../etc/passwd",
      "' or 1=1 --",
      7,
      null,
      [key.kid],
    ]) {
      await refuses(await signed(payload, { kid }));
    }
    await refuses(await signed(payload, { kid: undefined }));
  });

  test("a key used with an algorithm that is not its own", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const by = { ...key, key: privateKey };
    await refuses(await signed(payload, { alg: "ES256" }, by));
    const { keys } = await es256.tokens.keys.jwks();
    const kid = keys.find(({ alg }) => alg === "ES256")?.kid;
    await refuses(await signed(payload, { kid, alg: "EdDSA" }));
    await refuses(await signed(payload, { alg: "Ed25519" }));
  });

  test("another issuer or audience, also among right ones", async () => {
    for (const iss of ["other", "Entrepot", "", ["entrepot"], null, `${usual.issuer} `]) {
      await refuses(await signed({ ...payload, iss }));
    }
    for (const aud of ["other", "entrepot", "", [], ["Entrepot"], ["Entrepot", "other"], null]) {
      await refuses(await signed({ ...payload, aud }));
    }
    await refuses(good, es256);
  });

  test("a payload that lacks what must be in it, or has more", async () => {
    for (const name of Object.keys(payload)) {
      await refuses(await signed({ ...payload, [name]: undefined }));
      await refuses(
        await signed({ ...payload, [name]: { a: 1 }, claims: name === "claims" ? 1 : {} }),
      );
    }
    await refuses(await signed({ ...payload, admin: true }));
    await refuses(await signed({ ...payload, via: "session" }));
    await refuses(await signed({ ...payload, via: "none" }));
    await refuses(await signed({ ...payload, sub: "" }));
    await refuses(await signed({ ...payload, access: [{ type: "repository", name: "a/b" }] }));
  });

  test("what is outside of its time, by more than a minute", async () => {
    const now = Math.floor(rigs.clock.now() / 1_000);
    const times = (iat: number, exp: number, nbf = iat) => ({ ...payload, iat, exp, nbf });
    const took = (claims: object) =>
      signed(claims)
        .then((token) => rig.tokens.actorOf(token, here))
        .catch(() => undefined);
    expect(await took(times(now - 300, now - 59))).toBeDefined();
    expect(await took(times(now - 300, now - 60))).toBeUndefined();
    expect(await took(times(now + 59, now + 200))).toBeDefined();
    expect(await took(times(now + 62, now + 200, now))).toBeUndefined();
    expect(await took(times(now, now + 300, now + 59))).toBeDefined();
    expect(await took(times(now, now + 300, now + 61))).toBeUndefined();
    expect(await took(times(now, now + 3_600))).toBeDefined();
    expect(await took(times(now, now + 3_601))).toBeUndefined();
    expect(await took(times(now, now))).toBeUndefined();
    expect(await took({ ...payload, exp: 1e300 })).toBeUndefined();
    expect(await took({ ...payload, exp: String(now + 300) })).toBeUndefined();
  });

  test("a text that is too long, before anything of it is read", async () => {
    const name = "a".repeat(7_000);
    await refuses(await signed({ ...payload, jti: name }));
    for (const size of [8_193, 1_000_000]) {
      await refuses("a".repeat(size));
      await refuses(`${good}${"A".repeat(size)}`);
      await refuses(`${".".repeat(size)}${good}`);
    }
  });

  test("whatever differs from what was given in a single place", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom(...alphabet),
        fc.constantFrom("replace", "insert", "delete"),
        async (at, letter, how) => {
          const rest = how === "insert" ? good.slice(at) : good.slice(at + 1);
          const forged = good.slice(0, at) + (how === "delete" ? "" : letter) + rest;
          fc.pre(forged !== good);
          await refuses(forged);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("another spelling of the same bytes", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // 64 bytes are 86 letters, and the last has four bits too many.
    const last = alphabet.indexOf(good.at(-1) ?? "");
    for (let more = 1; more < 16; more++) await refuses(good.slice(0, -1) + alphabet[last + more]);
    for (const end of ["=", "==", "\n", " ", "."]) await refuses(good + end);
    await refuses(good.replace(".", "=."));
  });

  test("whatever was made up, and parts of different tokens", async () => {
    const other = (await rig.tokens.issue(anonymousAt(null), [])).token.split(".");
    const [one, two, three] = parts();
    await refuses(`${one}.${other[1]}.${three}`);
    await refuses(`${one}.${two}.${other[2]}`);
    const part = fc.oneof(
      fc.constantFrom(one, two, three, ""),
      fc.base64String().map((text) => text.replaceAll("=", "")),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (made) => {
        fc.pre(made.join(".") !== good);
        await refuses(made.join("."));
      }),
      { numRuns: 300 },
    );
    for (const size of [0, 1, 63, 64, 65]) {
      await refuses(`${one}.${two}.${randomBytes(size).toString("base64url")}`);
    }
  });
});

test("keys change without a token refused (A36)", async () => {
  const node = await rigs.node();
  const given: string[] = [];
  for (let step = 0; step < 8; step++) {
    if (step === 2) await node.tokens.keys.rotate(systemDoer, { distrust: false });
    given.push((await node.tokens.issue(anonymousAt(null), [])).token);
    rigs.clock.advance(3 * MINUTE);
    given.push((await node.tokens.issue(anonymousAt(null), [])).token);
    // Each is good for five minutes: on the node that gave it and on any other.
    for (const token of given.slice(-2)) {
      expect(await node.tokens.actorOf(token, here)).toMatchObject({ via: "none" });
      expect(await rig.tokens.actorOf(token, here)).toMatchObject({ via: "none" });
    }
  }
  const kids = new Set(given.map((token) => read(token.split(".")[0]).kid));
  expect(kids.size).toBe(2);
});

test("one that was remembered is forgotten when its time is over", async () => {
  const { token } = await rig.tokens.issue(anonymousAt(null), []);
  expect(await rig.tokens.actorOf(token, here)).toMatchObject({ via: "none" });
  rigs.clock.advance(5 * MINUTE + 59 * SECOND);
  expect(await rig.tokens.actorOf(token, here)).toMatchObject({ via: "none" });
  rigs.clock.advance(SECOND);
  await refuses(token);
});
