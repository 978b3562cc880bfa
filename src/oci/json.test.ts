import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readJson } from "./json.ts";
import { anything, list, map, object, present, type Shape, text, whole } from "./json-shape.ts";

const encoder = new TextEncoder();
const DEPTH = 32;

function read<T>(content: string, shape: Shape<T>): T {
  return readJson(encoder.encode(content), shape, DEPTH);
}

function refusal(code: string, details: Record<string, unknown> = {}) {
  return expect.objectContaining({ code, details: expect.objectContaining(details) });
}

const thing = object({
  size: whole,
  kind: text,
  notes: map(text),
  items: list(object({ key: text }), 3),
  old: present,
});

/** The value `JSON.parse` reads, or undefined where it refuses. */
function reference(content: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(content) };
  } catch {
    return undefined;
  }
}

function ours(content: string): { value: unknown } | undefined {
  try {
    return { value: read(content, anything) };
  } catch (error) {
    if (error instanceof Error && error.name === "Failure") return undefined;
    throw error;
  }
}

describe("against JSON.parse", () => {
  const pieces = fc.constantFrom(
    ...["{", "}", "[", "]", ",", ":", '"a"', '"\\u00e9"', "\\", '"', "1", "-0", "1e3", "0.5", "01"],
    ...[
      "true",
      "false",
      "null",
      " ",
      "\n",
      "\t",
      "\u00a0",
      "\ufeff",
      "tru",
      "-",
      ".",
      '"\\x"',
      "é",
    ],
    ...['"\\ud800"', '"__proto__"', '"\u0001"', "+1", "1.", "NaN", '{"a":1}', "[]", "//"],
  );

  test("the same value for every document", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.constantFrom(0, 1, "\t"), (content, indent) => {
        const spaced = JSON.stringify(JSON.parse(content), undefined, indent);
        expect(ours(content)).toEqual(reference(content));
        expect(ours(spaced)).toEqual(reference(spaced));
      }),
      { numRuns: 500 },
    );
  });

  test("the same verdict on what is nearly JSON", () => {
    const soup = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(soup, (content) => expect(ours(content)).toEqual(reference(content))),
      { numRuns: 5_000 },
    );
  });

  test("the same verdict on documents with one place broken", () => {
    const broken = fc
      .tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.nat(3), pieces)
      .map(([content, at, gone, piece]) => {
        const place = at % (content.length + 1);
        return content.slice(0, place) + piece + content.slice(place + gone);
      });
    fc.assert(
      fc.property(broken, (content) => expect(ours(content)).toEqual(reference(content))),
      { numRuns: 3_000 },
    );
  });

  test("a field nobody asked for is checked as strictly", () => {
    const soup = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(soup, (content) => {
        const document = `{"stranger":${content}}`;
        const whole = reference(document);
        const alone = reference(content);
        // Soup may close the object itself; only then is a verdict on the whole another one.
        fc.pre((whole === undefined) === (alone === undefined));
        let accepted = true;
        try {
          read(document, object({ known: text }));
        } catch {
          accepted = false;
        }
        expect(accepted).toBe(whole !== undefined);
      }),
      { numRuns: 3_000 },
    );
  });

  test("`__proto__` is a key like any other", () => {
    const value = read('{"__proto__":{"polluted":1},"a":{"__proto__":2}}', anything);
    expect(Object.keys(value as object)).toEqual(["__proto__", "a"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("bytes", () => {
  test.each([
    ["a byte order mark", [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00]],
    ["an overlong form", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a cut sequence", [0x22, 0xe2, 0x82, 0x22]],
    ["beyond Unicode", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ["a stray continuation", [0x22, 0x80, 0x22]],
  ])("refuses %s", (_name, bytes) => {
    expect(() => readJson(Uint8Array.from(bytes), anything, DEPTH)).toThrow(
      refusal("json.encoding"),
    );
  });

  test("counts the offset of an error in bytes", () => {
    expect(() => read('{"é":1,}', anything)).toThrow(refusal("json.syntax", { offset: 8 }));
  });

  test.each(["", " ", "{}x", "{} {}", "[1", '{"a"', '{"a":', '"', '"\\'])(
    "refuses %p as no JSON",
    (content) => {
      expect(() => read(content, anything)).toThrow(refusal("json.syntax"));
    },
  );
});

describe("depth", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

  test("allows as many levels as told, in fields nobody asked for too", () => {
    expect(() => read(nested(DEPTH), anything)).not.toThrow();
    expect(() => read(nested(DEPTH + 1), anything)).toThrow(refusal("json.too_deep"));
    expect(() => read(`{"x":${nested(DEPTH - 1)}}`, thing)).not.toThrow();
    expect(() => read(`{"x":${nested(DEPTH)}}`, thing)).toThrow(refusal("json.too_deep"));
  });

  test.each(["[", '{"a":', '[{"a":', '{"notes":[{"x":'])("a million of %p is a refusal", (open) => {
    expect(() => read(open.repeat(1_000_000), anything)).toThrow(refusal("json.too_deep"));
    expect(() => read(`{"x":${open.repeat(1_000_000)}`, thing)).toThrow(refusal("json.too_deep"));
  });
});

describe("strict objects", () => {
  test("keep their fields, skip strangers, take null for absent", () => {
    const content = `{"size":1,"x":{"size":[1,1e3],"a":1,"a":2},"kind":null,"items":null,"old":[{}]}`;
    expect(read(content, thing)).toEqual({ size: 1, items: [], old: true });
  });

  test.each([
    ['{"size":1,"size":1}', "size"],
    ['{"size":1,"s\\u0069ze":1}', "size"],
    ['{"kind":null,"kind":"a"}', "kind"],
    ['{"x":1,"x":2}', "x"],
    ['{"items":[{},{"key":"a","key":"a"}]}', "items[1].key"],
  ])("%s gives a key twice", (content, path) => {
    expect(() => read(content, thing)).toThrow(refusal("json.duplicate_key", { path }));
  });

  test.each([
    ['{"Size":1}', "Size", "size"],
    ['{"SIZE":1,"size":1}', "SIZE", "size"],
    ['{"ſize":1}', '["\\u017fize"]', "size"],
    ['{"\\u017fize":1}', '["\\u017fize"]', "size"],
    ['{"items":[{"\u212aey":1}]}', 'items[0]["\\u212aey"]', "key"],
    ['{"foo":1,"FOO":1}', "FOO", "foo"],
    ['{"é":1,"É":1}', '["\\u00c9"]', "\\u00e9"],
  ])("%s has a key that passes for another", (content, path, known) => {
    expect(() => read(content, thing)).toThrow(refusal("json.folded_key", { path, known }));
  });

  test("free keys are free", () => {
    const notes = '{"A":"1","a":"2","a":"3","size":"x","SIZE":"y","__proto__":"z"}';
    const value = read(`{"notes":${notes}}`, thing).notes ?? {};
    expect(Object.entries(value)).toEqual(Object.entries(JSON.parse(notes)));
  });

  test.each([
    ['{"size":"1"}', "json.not_whole", "size"],
    ['{"size":true}', "json.not_whole", "size"],
    ['{"kind":1}', "json.not_text", "kind"],
    ['{"notes":[]}', "json.not_object", "notes"],
    ['{"notes":{"a":null}}', "json.not_text", "notes.a"],
    ['{"notes":{"a b":1}}', "json.not_text", 'notes["a b"]'],
    ['{"items":{}}', "json.not_list", "items"],
    ['{"items":[{},null]}', "json.not_object", "items[1]"],
    ['{"items":[{"key":1}]}', "json.not_text", "items[0].key"],
    ['{"items":[{},{},{},{}]}', "json.too_many", "items"],
    ["null", "json.not_object", "$"],
    ["[]", "json.not_object", "$"],
    ['{"size":x}', "json.syntax", "size"],
    ['{"items":[{"key":"a"},{]}', "json.syntax", "items[1]"],
  ])("%s is refused as %s at %s", (content, code, path) => {
    expect(() => read(content, thing)).toThrow(refusal(code, { path }));
  });
});

describe("whole numbers", () => {
  const size = (written: string) => read(`{"size":${written}}`, thing).size;

  test.each(["0", "7", "4294967296", "9007199254740991"])("%s is read exactly", (written) => {
    expect(size(written)).toBe(Number(written));
  });

  test.each([
    ...["-0", "-1", "1.0", "1.5", "1e3", "1E0", "0e0", "9007199254740992", "9007199254740993"],
    ...["18446744073709551616", "1e400", "10000000000000000", `${"9".repeat(400)}`],
  ])("%s is refused", (written) => {
    expect(() => size(written)).toThrow(refusal("json.not_whole", { path: "size" }));
  });

  test.each(["01", "+1", "0x1", "1.", ".5", "-"])("%s is no JSON at all", (written) => {
    expect(() => size(written)).toThrow(expect.objectContaining({ name: "Failure" }));
  });

  test("every safe integer survives", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (given) => expect(size(String(given))).toBe(given)));
  });
});
