import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { runningImages } from "./running.ts";

const A = `sha256:${"a".repeat(64)}`;
const B = `sha256:${"b".repeat(64)}`;

function pod(imageIDs: readonly string[], images: readonly string[] = []) {
  return {
    spec: { containers: images.map((image) => ({ name: "c", image })) },
    status: {
      phase: "Running",
      containerStatuses: imageIDs.map((imageID) => ({ image: "app:1", imageID, ready: true })),
    },
  };
}

const list = (...items: object[]) => JSON.stringify({ kind: "List", items });

describe("what runs in a list of pods", () => {
  test.each([
    ["docker", `docker-pullable://reg.example/team/app@${A}`, `reg.example/team/app@${A}`],
    ["docker without a registry", `docker://${A}`, A],
    ["containerd", `reg.example:5000/team/app@${A}`, `reg.example:5000/team/app@${A}`],
    ["an image of the node's own", A, A],
  ])("as %s names it", (_, imageID, expected) => {
    expect(runningImages(list(pod([imageID], ["app:1"])))).toEqual({
      images: [expected],
      unknown: 0,
    });
  });

  test("each image once, of init containers too, and of one pod alone", () => {
    const both = {
      spec: {},
      status: {
        initContainerStatuses: [{ imageID: `x@${B}` }],
        containerStatuses: [{ imageID: `x@${A}` }, { imageID: `x@${A}` }],
      },
    };
    expect(runningImages(list(both, pod([`x@${A}`]))).images).toEqual([`x@${A}`, `x@${B}`]);
    expect(runningImages(JSON.stringify(both)).images).toEqual([`x@${A}`, `x@${B}`]);
  });

  test("of a pod that has not started, the digest that it asks for, if it does", () => {
    const asks = { spec: { containers: [{ image: `app@${A}` }, { image: "app:1" }] } };
    expect(runningImages(list(asks))).toEqual({ images: [`app@${A}`], unknown: 2 });
  });

  test("anything else is refused with no fault of ours", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          for (const image of runningImages(text).images) expect(image).toContain("sha");
        } catch (error) {
          expect(["ZodError", "SyntaxError", "$ZodError"]).toContain((error as Error).name);
        }
      }),
    );
  });
});
