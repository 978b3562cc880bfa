import { expect, test } from "bun:test";
import fc from "fast-check";
import type { LayerInsight } from "../artifact/insight.ts";
import { readImageConfig } from "../artifact/rules-image.ts";
import { compareConfigs, compareLayers } from "./rules-compare.ts";

const layers = fc.array(
  fc.constantFrom("a", "b", "c", "d", null).map(
    (digest): LayerInsight => ({
      digest,
      size: 1,
      mediaType: null,
      command: null,
      comment: null,
      created: null,
    }),
  ),
  { maxLength: 10 },
);

function digests(all: readonly LayerInsight[]): string[] {
  return all.flatMap(({ digest }) => digest ?? []);
}

test("what stays and goes makes the one, and what stays and comes the other", () => {
  fc.assert(
    fc.property(layers, layers, (from, to) => {
      const changes = compareLayers(from, to);
      const without = (gone: string) =>
        changes.flatMap(({ status, digest }) => (status === gone ? [] : [digest]));
      expect(without("added")).toEqual(digests(from));
      expect(without("removed")).toEqual(digests(to));
    }),
  );
});

test("nothing goes and comes that could stay", () => {
  fc.assert(
    fc.property(layers, layers, (from, to) => {
      const same = compareLayers(from, to).filter(({ status }) => status === "same").length;
      const [a, b] = [digests(from), digests(to)];
      const common = (x: number, y: number): number => {
        if (x === a.length || y === b.length) return 0;
        if (a[x] === b[y]) return common(x + 1, y + 1) + 1;
        return Math.max(common(x + 1, y), common(x, y + 1));
      };
      if (a.length * b.length <= 36) expect(same).toBe(common(0, 0));
    }),
  );
});

test("configs differ in what each says alone, by name", () => {
  const config = (more: object, labels: object) =>
    readImageConfig({ os: "linux", config: { Labels: labels, ...more } });
  const before = config({ Env: ["PATH=/bin", "A=1", "EMPTY="], Cmd: ["a"] }, { x: "1", y: "2" });
  const after = config({ Env: ["PATH=/usr/bin", "A=1"], Cmd: ["a", "b"] }, { x: "1", z: "3" });
  expect(compareConfigs(before, after)).toEqual([
    { path: "cmd", from: '["a"]', to: '["a","b"]' },
    { path: "env.EMPTY", from: "", to: null },
    { path: "env.PATH", from: "/bin", to: "/usr/bin" },
    { path: "labels.y", from: "2", to: null },
    { path: "labels.z", from: null, to: "3" },
  ]);
  expect(compareConfigs(before, before)).toEqual([]);
  expect(compareConfigs(null, after).every(({ from }) => from === null)).toBe(true);
});
