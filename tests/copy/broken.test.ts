import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { pattern, piece, pushImage } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { Cutter } from "./cutter.ts";
import { bytesAt, copy, faultOf, place } from "./rig.ts";

setDefaultTimeout(120_000);

let from: TestRegistry;
let to: TestRegistry;
beforeAll(async () => {
  const projects = [{ name: "team" }, { name: "other" }];
  from = await startRegistry({ projects });
  to = await startRegistry({ projects });
});
afterAll(async () => {
  await from.close();
  await to.close();
});

describe("a connection that breaks", () => {
  const big = piece(pattern(6_000_000, 7));

  test("to the target is taken up where it broke", async () => {
    const made = await pushImage(from.admin, "team/cut", "v1", [big]);
    const cutter = await new Cutter(to.url, 2_000_000, 3).open();
    try {
      const target = place(cutter.url, "team/cut-target");
      const { done } = copy(place(from.url, "team/cut"), "v1", target);
      expect((await done).bytes).toBe(6_000_002);
      expect(cutter.cuts).toBe(3);
      expect(await bytesAt(to, "team/cut-target", "v1")).toEqual(made.bytes);
    } finally {
      cutter.close();
    }
  });

  test("to the source is, too", async () => {
    await pushImage(from.admin, "team/cut-source", "v1", [big]);
    const cutter = await new Cutter(from.url, 2_000_000, 2).open();
    try {
      const source = place(cutter.url, "team/cut-source");
      const { done } = copy(source, "v1", place(to.url, "team/cut-source"));
      expect((await done).blobs.copied).toBe(2);
      expect(cutter.cuts).toBe(2);
    } finally {
      cutter.close();
    }
  });

  test("for good is given up", async () => {
    await pushImage(from.admin, "team/cut-always", "v1", [big]);
    const cutter = await new Cutter(from.url, 3_000, Number.POSITIVE_INFINITY).open();
    try {
      const source = place(cutter.url, "team/cut-always");
      const fault = await faultOf(copy(source, "v1", place(to.url, "team/cut-always")).done);
      expect(fault).toMatchObject({ kind: "unreachable", side: "source" });
    } finally {
      cutter.close();
    }
  });
});
