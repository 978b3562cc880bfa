import { expect, test } from "bun:test";
import fc from "fast-check";
import { Secret } from "../../kernel/secret.ts";
import { cleanDetails, cleanText, MOST_DETAILS } from "./clean.ts";

const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const anyText = fc.string({ unit: "binary", maxLength: 400 });

test("text is one line without control characters, whole in Unicode, and bounded", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 64 }), (text, most) => {
      const clean = cleanText(text, most);
      expect(UNSAFE.test(clean)).toBeFalse();
      expect(clean.isWellFormed()).toBeTrue();
      expect(clean.length).toBeLessThanOrEqual(most * 12 + 1);
    }),
  );
  expect(cleanText("a\r\nb", 10)).toBe("a\\u000d\\u000ab");
});

test("details are JSON in one line of at most 8 KiB, whatever they are made of", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    values: [anyText, fc.integer(), fc.string({ minLength: 3_000, maxLength: 12_000 })],
  });
  fc.assert(
    fc.property(fc.dictionary(anyText, anything), (details) => {
      const text = cleanDetails(details);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_DETAILS);
      expect(UNSAFE.test(text)).toBeFalse();
      expect(typeof JSON.parse(text)).toBe("object");
    }),
  );
});

test("small details come back as they were", () => {
  const plain = fc.dictionary(
    fc.string(),
    fc.oneof(fc.string({ maxLength: 50 }), fc.integer(), fc.boolean()),
    {
      maxKeys: 10,
    },
  );
  fc.assert(
    fc.property(plain, (details) => {
      expect(JSON.parse(cleanDetails(details))).toEqual({ ...details });
    }),
  );
});

test("of large details the small parts are kept, and the size is told", () => {
  const wide = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [`k${n}`, "界".repeat(900)]),
  );
  const kept = JSON.parse(cleanDetails({ ...wide, name: "small" }));
  expect(kept.name).toBe("small");
  expect(kept.k0).toHaveLength(900);
  expect(kept.cut).toBeGreaterThan(60_000);
});

test("a circle and a secret do no harm", () => {
  const circle: Record<string, unknown> = { name: "circle" };
  circle.self = circle;
  expect(cleanDetails(circle)).toStartWith('{"name":"circle","self":{');
  expect(cleanDetails({ key: new Secret("hunter2") })).toBe('{"key":"[redacted]"}');
});
