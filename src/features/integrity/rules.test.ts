import { expect, test } from "bun:test";
import fc from "fast-check";
import { afterPhase, FIRST, manifestPosition, readManifestPosition, verdictOn } from "./rules.ts";

const expected = { digest: "sha256:aa", size: 10 };

test("only the very same bytes are whole", () => {
  expect(verdictOn(expected, null)).toBe("missing");
  expect(verdictOn(expected, { ...expected, size: 9 })).toBe("wrong_size");
  expect(verdictOn(expected, { ...expected, digest: "sha256:ab" })).toBe("corrupt");
  expect(verdictOn(expected, expected)).toBeUndefined();
});

test("a scrub goes through every phase once", () => {
  const phases: string[] = [];
  for (
    let place: typeof FIRST | undefined = FIRST;
    place !== undefined;
    place = afterPhase(place)
  ) {
    phases.push(place.phase);
  }
  expect(phases).toEqual(["blobs", "manifests", "again"]);
});

test("the position of a manifest comes back as it was written", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[0-9a-z]{26}$/),
      fc.stringMatching(/^[0-9a-f]{64}$/),
      (id, hex) => {
        const key = { repositoryId: id, digest: `sha256:${hex}` };
        expect(readManifestPosition(manifestPosition(key.repositoryId, key.digest))).toEqual(key);
      },
    ),
  );
  expect(readManifestPosition("")).toEqual({ repositoryId: "", digest: "" });
});
