import { Failure } from "../../kernel/errors/catalogue.ts";
import type { Pace } from "../../kernel/pace.ts";
import { algorithmOf, parseDigest } from "../../oci/digest.ts";
import { newHasher } from "../../platform/blobs/hasher.ts";
import type { BlobStore } from "../../platform/blobs/port.ts";
import type { FindingKind } from "../../platform/database/schema/integrity.ts";
import { type Expected, type Seen, verdictOn } from "./rules.ts";

/** A copy of some bytes, as its row tells of it. */
export interface Copy extends Expected {
  readonly location: string;
}

/** What came of reading bytes: `kind` is undefined when they are whole. */
export interface Inspected {
  readonly kind: FindingKind | undefined;
  readonly seen: Seen;
}

/** As often as bytes are read that turn out wrong: memory and cables err as well as disks. */
const READINGS = 2;

export interface Reading {
  readonly blobs: Pick<BlobStore, "read">;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

async function readOnce({ blobs, pace, signal }: Reading, copy: Copy): Promise<Seen> {
  const hasher = newHasher(algorithmOf(parseDigest(copy.digest)));
  let size = 0;
  try {
    for await (const piece of blobs.read(copy.location)) {
      await pace.take(piece.byteLength, signal);
      hasher.update(piece);
      size += piece.byteLength;
    }
  } catch (error) {
    if (error instanceof Failure && error.code === "service.content_damaged") return null;
    throw error;
  }
  return { digest: hasher.digest(), size };
}

/** Reads a copy whole and holds it against its row; what seems wrong is read a second time. */
export async function inspect(reading: Reading, copy: Copy): Promise<Inspected> {
  let seen: Seen = null;
  for (let time = 0; time < READINGS; time++) {
    try {
      seen = await readOnce(reading, copy);
    } catch (error) {
      reading.signal.throwIfAborted();
      // Nothing is known of bytes that could not be read (A17).
      if (!(error instanceof Failure) || error.code !== "service.storage_unavailable") throw error;
      return { kind: "unreadable", seen: null };
    }
    if (verdictOn(copy, seen) === undefined) return { kind: undefined, seen };
  }
  return { kind: verdictOn(copy, seen), seen };
}

/** Holds the bytes of a manifest's row against its digest. */
export function inspectPayload(expected: Expected, payload: Uint8Array): Inspected {
  const hasher = newHasher(algorithmOf(parseDigest(expected.digest)));
  hasher.update(payload);
  const seen = { digest: hasher.digest(), size: payload.byteLength };
  return { kind: verdictOn(expected, seen), seen };
}
