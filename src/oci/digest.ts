import { failure } from "../kernel/errors/catalogue.ts";
import { excerpt } from "./excerpt.ts";

declare const brand: unique symbol;

/** A digest of an accepted algorithm whose spelling was checked: `sha256:` + 64 or `sha512:` + 128 lower hex. */
export type Digest = string & { readonly [brand]: "digest" };

export type Algorithm = "sha256" | "sha512";

/** `sha256:` and `sha512:` are equally long. */
const PREFIX = 7;
const HEX_LENGTH: Readonly<Record<Algorithm, number>> = { sha256: 64, sha512: 128 };

/** distribution-spec "Pushing manifests", image-spec "Digests": algorithm ":" encoded. */
const ANY_DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** Whether exactly `length` lower-case hexadecimal digits follow the prefix. */
function hasHex(text: string, length: number): boolean {
  if (text.length !== PREFIX + length) return false;
  for (let at = PREFIX; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (!((unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x66))) return false;
  }
  return true;
}

/** Whether `text` is a digest of an accepted algorithm, spelled as it must be (upper-case hex is not). */
export function isDigest(text: string): text is Digest {
  if (text.startsWith("sha256:")) return hasHex(text, HEX_LENGTH.sha256);
  if (text.startsWith("sha512:")) return hasHex(text, HEX_LENGTH.sha512);
  return false;
}

/**
 * Reads a digest from a path, a query or a header.
 * Throws `digest.unsupported` for an algorithm that is not accepted, `digest.invalid` for all else.
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  const algorithm = text.slice(0, Math.max(text.indexOf(":"), 0));
  if (!Object.hasOwn(HEX_LENGTH, algorithm) && ANY_DIGEST.test(text)) {
    throw failure("digest.unsupported", { algorithm: excerpt(algorithm) });
  }
  throw failure("digest.invalid", { digest: excerpt(text) });
}

/** The algorithm a checked digest was made with. */
export function algorithmOf(digest: Digest): Algorithm {
  return digest.startsWith("sha256:") ? "sha256" : "sha512";
}

/** The hexadecimal part of a checked digest. */
export function encodedOf(digest: Digest): string {
  return digest.slice(PREFIX);
}

/** Reads the `digest-algorithm` of an upload; throws `digest.unsupported`. */
export function parseAlgorithm(text: string): Algorithm {
  if (text === "sha256" || text === "sha512") return text;
  throw failure("digest.unsupported", { algorithm: excerpt(text) });
}
