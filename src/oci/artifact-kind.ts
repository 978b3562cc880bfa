import { isIndexType } from "./media-types.ts";

/** What a manifest is to people, whatever its media types are called. */
export type ArtifactKind =
  | "image"
  | "index"
  | "chart"
  | "sbom"
  | "signature"
  | "attestation"
  | "wasm"
  | "model"
  | "other";

export const artifactKinds: readonly ArtifactKind[] = [
  "image",
  "index",
  "chart",
  "sbom",
  "signature",
  "attestation",
  "wasm",
  "model",
  "other",
];

/** Types by how they begin; the first that fits counts. */
const KINDS: readonly (readonly [ArtifactKind, RegExp])[] = [
  ["image", /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\./],
  ["chart", /^application\/vnd\.cncf\.helm\./],
  ["sbom", /^(?:application|text)\/(?:vnd\.)?(?:spdx|cyclonedx|syft)\b/],
  [
    "signature",
    /^application\/vnd\.(?:dev\.cosign\.artifact\.sig|dev\.cosign\.simplesigning|cncf\.notary)\b/,
  ],
  [
    "attestation",
    /^application\/(?:vnd\.in-toto|vnd\.dsse|vnd\.dev\.sigstore\.bundle|vnd\.dev\.cosign\.artifact\.att)\b/,
  ],
  ["wasm", /^application\/(?:vnd\.wasm|vnd\.module\.wasm|wasm)\b/],
  ["model", /^application\/vnd\.(?:ollama|docker\.ai|cncf\.model|kitops\.modelkit)\b/],
];

/**
 * The kind of a manifest by its media type and its artifact type, which is that of its config where
 * it names none (distribution-spec, "Listing Referrers"). What is not known is "other".
 */
export function kindOf(mediaType: string, artifactType: string | null): ArtifactKind {
  if (artifactType !== null) {
    for (const [kind, pattern] of KINDS) if (pattern.test(artifactType)) return kind;
  }
  return isIndexType(mediaType) ? "index" : "other";
}
