import type { Algorithm } from "../../../oci/digest.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { BlobStore } from "../../../platform/blobs/port.ts";
import type { Running } from "./sessions.ts";

export interface Recorded {
  readonly algorithm: Algorithm;
  /** What the row noted at the end of the last PATCH, where it did. */
  readonly received?: number;
  readonly digest?: string | null;
}

/**
 * Computes the running hash of staged bytes anew: after a restart, or for another algorithm.
 *
 * A PATCH's bytes outlive the process but not a power cut. Where the row noted a digest for the
 * bytes it acknowledged and the file no longer has it, the file is cut to nothing: the client is
 * then told offset 0 and sends again, rather than learn at the very end that all was in vain.
 */
export async function resumeHash(
  blobs: BlobStore,
  id: string,
  { algorithm, received = 0, digest = null }: Recorded,
): Promise<Running> {
  const hasher = newHasher(algorithm);
  const staged = await blobs.stagedInfo(id);
  if (staged === undefined) return { algorithm, hasher, size: 0 };
  let size = 0;
  let whole = digest === null || received === 0;
  for await (const piece of blobs.readStaged(id)) {
    const rest = received - size;
    if (!whole && piece.byteLength >= rest) {
      hasher.update(piece.subarray(0, rest));
      whole = hasher.copy().digest() === digest;
      if (!whole) break;
      hasher.update(piece.subarray(rest));
    } else {
      hasher.update(piece);
    }
    size += piece.byteLength;
  }
  if (whole) return { algorithm, hasher, size };
  const writer = await blobs.stage(id);
  try {
    await writer.truncate(0);
  } finally {
    await writer.close();
  }
  return { algorithm, hasher: newHasher(algorithm), size: 0 };
}
