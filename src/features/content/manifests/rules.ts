import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Descriptor, ParsedManifest } from "../../../oci/manifest.ts";
import { isNonDistributable } from "../../../oci/media-types.ts";
import type { NamedContent } from "./store/references.ts";

/** "urls" and non-distributable types say that the bytes are elsewhere (image-spec, "Layer"). */
function isElsewhere(descriptor: Descriptor): boolean {
  return isNonDistributable(descriptor.mediaType) || (descriptor.urls?.length ?? 0) > 0;
}

function named({ digest, size }: Descriptor): NamedContent {
  return { digest, size };
}

/** The blobs that must be in the repository before the manifest may be. */
export function namedBlobs(manifest: ParsedManifest): NamedContent[] {
  const { config, layers } = manifest;
  const all = config === undefined ? layers : [config, ...layers];
  return all.filter((each) => !isElsewhere(each)).map(named);
}

/** The manifests that an index lists. */
export function namedChildren(manifest: ParsedManifest): NamedContent[] {
  return manifest.children.filter((each) => !isElsewhere(each)).map(named);
}

/** Sizes that one manifest claims twice for one digest must agree (A03). */
export function checkConsistent(contents: readonly NamedContent[]): void {
  const sizes = new Map<string, number>();
  for (const { digest, size } of contents) {
    const before = sizes.get(digest);
    if (before !== undefined && before !== size) {
      throw failure("manifest.size_mismatch", { digest, claimed: size, actual: before });
    }
    sizes.set(digest, size);
  }
}
