import { expect, test } from "bun:test";
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  isIndexType,
  isManifestType,
  isNonDistributable,
  isSchema1Type,
  mediaTypeOf,
  OCI_INDEX,
  OCI_MANIFEST,
} from "./media-types.ts";

test("four types of manifests are accepted, two of them indexes", () => {
  expect([OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].map(isManifestType)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].map(isIndexType)).toEqual([
    false,
    true,
    false,
    true,
  ]);
  for (const type of ["", "text/html", "application/json", `${OCI_INDEX} `, "constructor"]) {
    expect([isManifestType(type), isIndexType(type), isSchema1Type(type)]).toEqual([
      false,
      false,
      false,
    ]);
  }
});

test("foreign layers are known in both families", () => {
  for (const end of ["", "+gzip", "+zstd"]) {
    const type = `application/vnd.oci.image.layer.nondistributable.v1.tar${end}`;
    expect(isNonDistributable(type)).toBe(true);
  }
  expect(isNonDistributable("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")).toBe(
    true,
  );
  expect(isNonDistributable("application/vnd.oci.image.layer.v1.tar+gzip")).toBe(false);
});

test.each([
  [null, undefined],
  [undefined, undefined],
  ["", undefined],
  [" ; charset=utf-8", undefined],
  ["text/html", "text/html"],
  [`${OCI_INDEX}; charset=utf-8`, OCI_INDEX],
  [`  ${OCI_INDEX.toUpperCase()} ;a=b;c=d`, OCI_INDEX],
  [`${OCI_INDEX}, ${OCI_INDEX}`, `${OCI_INDEX}, ${OCI_INDEX}`],
])("mediaTypeOf(%p) is %p", (header, type) => {
  expect(mediaTypeOf(header)).toBe(type);
});
