import { expect, test } from "bun:test";
import fc from "fast-check";
import { EqualityFilter, FilterParser } from "ldapts";
import { ANY_VALUE, escapeFilterValue, fillFilter } from "./filter.ts";
import { guidBytes, guidText } from "./guid.ts";

const TEMPLATE = "(&(objectClass=person)(uid={{name}}))";

test("a value never changes the shape of a filter (RFC 4515)", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc
      .array(fc.constantFrom("*", "(", ")", "\\", "\0", "|", "&", "\\2a", "{{name}}", "$&"))
      .map((all) => all.join("")),
  );
  fc.assert(
    fc.property(hostile, (name) => {
      const filled = fillFilter(TEMPLATE, { name });
      const parsed = FilterParser.parseString("text" in filled ? filled.text : "");
      const [kind, uid] = (parsed as unknown as { filters: unknown[] }).filters;
      expect(kind).toBeInstanceOf(EqualityFilter);
      expect(uid).toBeInstanceOf(EqualityFilter);
      expect((uid as EqualityFilter).value).toBe(name);
    }),
  );
});

test("the specials are escaped as the RFC spells them", () => {
  expect(escapeFilterValue("*()\\\0ü")).toBe("\\2a\\28\\29\\5c\\00ü");
  expect(fillFilter(TEMPLATE, { name: ANY_VALUE })).toEqual({
    text: "(&(objectClass=person)(uid=*))",
  });
  expect(() => fillFilter("(a={{constructor}})", {})).toThrow(RangeError);
});

test("a GUID becomes the text that Windows shows, and back", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index);
  expect(guidText(bytes)).toBe("03020100-0504-0706-0809-0a0b0c0d0e0f");
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (any) => {
      expect(guidBytes(guidText(any) ?? "")).toEqual(any);
    }),
  );
  expect(guidText(bytes.subarray(1))).toBeUndefined();
  expect(guidBytes("x)(uid=*")).toBeUndefined();
});
