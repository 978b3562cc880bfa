import { createHash } from "node:crypto";
import type { Digest } from "../../../oci/digest.ts";
import type { BlobStore } from "../../../platform/blobs/port.ts";
import type { Findings } from "../verify/findings.ts";
import { readSound } from "./bytes.ts";
import type { OpenSnapshot } from "./opened.ts";

/** So many blobs at a time: each waits for its own syncs. */
const LANES = 4;

/** The id under which a restore stores a blob: another one in each restore. */
export function stagedIdOf(restore: string, digest: string): string {
  return createHash("sha256").update(`${restore}\0${digest}`).digest("hex").slice(0, 32);
}

/** Stores one blob by the gate that every push goes through. Gives whether it is sound. */
async function storeOne(
  blobs: BlobStore,
  { shelf }: OpenSnapshot,
  id: string,
  blob: { readonly digest: Digest; readonly size: number },
  findings: Findings,
): Promise<boolean> {
  const writer = await blobs.stage(id);
  let isSound = false;
  try {
    isSound = await readSound(shelf, blob, findings, (chunk) => writer.write(chunk));
  } finally {
    await writer.close();
  }
  if (isSound) await blobs.publish(id, blob.digest);
  await blobs.discard(id);
  return isSound;
}

/** Stores all content of a snapshot. Gives the digests of what is not sound, which is left out. */
export async function restoreContent(
  blobs: BlobStore,
  opened: OpenSnapshot,
  restore: string,
  findings: Findings,
  progress: (done: number, total: number) => void,
): Promise<Set<string>> {
  const unsound = new Set<string>();
  const all = opened.blobs();
  let done = 0;
  const lane = async () => {
    for (let next = await all.next(); next.done !== true; next = await all.next()) {
      const blob = next.value;
      const id = stagedIdOf(restore, blob.digest);
      if (!(await storeOne(blobs, opened, id, blob, findings))) unsound.add(blob.digest);
      done += 1;
      progress(done, opened.snapshot.content.blobs);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return unsound;
}
