import { expect, test } from "bun:test";
import fc from "fast-check";
import { newId } from "./ids.ts";

test("ids made one after the other sort so, of the same millisecond as well", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 2, maxLength: 200 }), (steps) => {
      let now = 1_800_000_000_000;
      const ids = steps.map((step) => {
        now += step;
        return newId(now);
      });
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});
