import { expect, test } from "bun:test";
import fc from "fast-check";
import { artifactKinds, kindOf } from "./artifact-kind.ts";
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";

test.each([
  [OCI_MANIFEST, "application/vnd.oci.image.config.v1+json", "image"],
  [DOCKER_MANIFEST, "application/vnd.docker.container.image.v1+json", "image"],
  [OCI_MANIFEST, "application/vnd.cncf.helm.config.v1+json", "chart"],
  [OCI_MANIFEST, "application/spdx+json", "sbom"],
  [OCI_MANIFEST, "text/spdx", "sbom"],
  [OCI_MANIFEST, "application/vnd.cyclonedx+xml", "sbom"],
  [OCI_MANIFEST, "application/vnd.dev.cosign.artifact.sig.v1+json", "signature"],
  [OCI_MANIFEST, "application/vnd.cncf.notary.signature", "signature"],
  [OCI_MANIFEST, "application/vnd.in-toto+json", "attestation"],
  [OCI_MANIFEST, "application/vnd.dev.sigstore.bundle.v0.3+json", "attestation"],
  [OCI_MANIFEST, "application/vnd.wasm.config.v0+json", "wasm"],
  [OCI_MANIFEST, "application/vnd.cncf.model.config.v1+json", "model"],
  [OCI_INDEX, null, "index"],
  [DOCKER_LIST, null, "index"],
  [OCI_INDEX, "application/vnd.cyclonedx", "sbom"],
  [OCI_MANIFEST, OCI_EMPTY, "other"],
  [OCI_MANIFEST, "application/vnd.cncf.helmet", "other"],
  [OCI_MANIFEST, "text/html", "other"],
  [OCI_MANIFEST, null, "other"],
] as const)("%s of %p is %s", (mediaType, artifactType, kind) => {
  expect(kindOf(mediaType, artifactType)).toBe(kind);
});

test("whatever somebody calls their artifact, it is of one of the kinds", () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string()), (mediaType, artifactType) => {
      expect(artifactKinds).toContain(kindOf(mediaType, artifactType));
    }),
  );
});
