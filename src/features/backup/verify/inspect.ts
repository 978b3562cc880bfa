import { algorithmOf, isDigest } from "../../../oci/digest.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { Filling } from "../../../platform/database/filling.ts";
import type { Findings } from "./findings.ts";
import { lackingBlobs, manifestPages, tagPages } from "./store.ts";

/** What was looked at. */
export interface Inspected {
  readonly manifests: number;
  readonly tags: number;
}

/**
 * Looks whether the rows of a restored database belong together: each manifest is what its digest
 * says and has its content, each tag its manifest.
 */
export async function inspect(db: Filling["db"], findings: Findings): Promise<Inspected> {
  let [manifests, tags] = [0, 0];
  for await (const page of manifestPages(db)) {
    for (const { name, digest, payload, size } of page) {
      manifests += 1;
      const hasher = isDigest(digest) ? newHasher(algorithmOf(digest)) : undefined;
      hasher?.update(payload);
      if (hasher?.digest() !== digest || payload.length !== size) {
        findings.add("manifest_changed", `${name}@${digest}`);
      }
    }
  }
  for await (const page of lackingBlobs(db)) {
    for (const { name, manifest, digest } of page) {
      findings.add("manifest_incomplete", `${name}@${manifest}`, digest);
    }
  }
  for await (const page of tagPages(db)) {
    for (const { name, tag, isThere } of page) {
      tags += 1;
      if (isThere === 0) findings.add("tag_dangling", `${name}:${tag}`);
    }
  }
  return { manifests, tags };
}
