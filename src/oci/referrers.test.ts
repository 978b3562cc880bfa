import { expect, test } from "bun:test";
import { OCI_INDEX, OCI_MANIFEST } from "./media-types.ts";
import { type ReferrerRow, referrersIndex } from "./referrers.ts";

const digest = `sha256:${"a".repeat(64)}`;

function answer(rows: readonly ReferrerRow[]): string {
  return new TextDecoder().decode(referrersIndex(rows));
}

test("nothing refers: an empty index, not an absent one", () => {
  expect(answer([])).toBe(`{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}`);
});

test("a descriptor a row, in their order, without what a row has not", () => {
  const rows: ReferrerRow[] = [
    { digest, mediaType: OCI_MANIFEST, size: 7, artifactType: "a/b", annotations: { k: "é\n" } },
    { digest, mediaType: OCI_INDEX, size: 0, artifactType: undefined, annotations: {} },
    { digest, mediaType: OCI_INDEX, size: 1, artifactType: "" },
  ];
  expect(JSON.parse(answer(rows)).manifests).toEqual([
    { mediaType: OCI_MANIFEST, digest, size: 7, artifactType: "a/b", annotations: { k: "é\n" } },
    { mediaType: OCI_INDEX, digest, size: 0 },
    { mediaType: OCI_INDEX, digest, size: 1 },
  ]);
});
