import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Digest } from "../../oci/digest.ts";
import { checkedLocation, checkedRange, digestIn, locationOf } from "./location.ts";

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const digests = fc.oneof(
  hex(64).map((it) => `sha256:${it}` as Digest),
  hex(128).map((it) => `sha512:${it}` as Digest),
);
const ids = fc.string({
  unit: fc.constantFrom(..."0123456789abcdefghijklmnopqrstuvwxyz"),
  minLength: 16,
  maxLength: 64,
});

test("every location that is made is accepted, and tells its digest", () => {
  fc.assert(
    fc.property(digests, ids, (digest, id) => {
      const location = locationOf(id, digest);
      expect(checkedLocation(location)).toBe(location);
      expect(digestIn(location)).toBe(digest);
      expect(location.split("/").length).toBe(4);
    }),
  );
});

test("a location with one character changed is refused, or names another blob's place just as strictly", () => {
  fc.assert(
    fc.property(
      digests,
      ids,
      fc.nat(),
      fc.string({ unit: "binary", minLength: 0, maxLength: 3 }),
      (digest, id, at, patch) => {
        const good = locationOf(id, digest);
        const where = at % good.length;
        const changed = good.slice(0, where) + patch + good.slice(where + 1);
        try {
          checkedLocation(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        const madeAnew = locationOf(
          changed.slice(changed.indexOf(".") + 1),
          digestIn(changed) as Digest,
        );
        expect(changed).toBe(madeAnew);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a range is within the blob or refused", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -3, max: 12 }),
      fc.integer({ min: -3, max: 12 }),
      fc.nat(10),
      (start, end, size) => {
        const inside = start >= 0 && start <= end && end < size;
        if (inside) checkedRange({ start, end }, size);
        else expect(() => checkedRange({ start, end }, size)).toThrow(RangeError);
      },
    ),
  );
});
