import { algorithmOf, type Digest } from "../../../oci/digest.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { Shelf } from "../folder/shelf.ts";
import type { Findings } from "../verify/findings.ts";

/**
 * Reads a blob of a backup to its end and hashes it; `use` gets each part before the verdict.
 * Gives whether it is what its digest says; what is wrong is noted.
 */
export async function readSound(
  shelf: Shelf,
  { digest, size }: { readonly digest: Digest; readonly size: number },
  findings: Findings,
  use: (chunk: Uint8Array) => Promise<void> | void = () => {},
): Promise<boolean> {
  const found = await shelf.sizeOf(digest);
  if (found === undefined) {
    findings.add("content_missing", digest);
    return false;
  }
  if (found !== size) {
    findings.add("content_changed", digest, `${found} bytes instead of ${size}`);
    return false;
  }
  const hasher = newHasher(algorithmOf(digest));
  for await (const chunk of shelf.read(digest)) {
    // Before it is handed on: whoever gets it may take its memory away.
    hasher.update(chunk);
    await use(chunk);
  }
  if (hasher.digest() === digest) return true;
  findings.add("content_changed", digest, `the bytes are ${hasher.digest()}`);
  return false;
}
