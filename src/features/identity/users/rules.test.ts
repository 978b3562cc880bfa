import { expect, test } from "bun:test";
import fc from "fast-check";
import { isName, isReserved, MOST_NAME, nameFrom, robotName } from "./rules.ts";

test.each(["a", "ada", "ada.lovelace", "a-1", "build_bot", "0x", "a".repeat(64)])(
  "%s is a name",
  (name) => expect(isName(name)).toBe(true),
);

test.each([
  "",
  "Ada",
  ".a",
  "a.",
  "a..b",
  "-rf",
  "a--b",
  "a b",
  "a+b",
  "robot+x",
  "robot$x",
  "a@b",
  "a/b",
  "a\n",
  "ä",
  "a".repeat(65),
])("%j is none", (name) => expect(isName(name)).toBe(false));

test("a name needs no quotes, no escapes, and cannot be a robot's", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80, unit: "binary" }), (text) => {
      if (!isName(text)) return;
      expect(text).toMatch(/^[a-z0-9._-]+$/);
      expect(encodeURIComponent(text)).toBe(text);
      expect(text.startsWith("robot+")).toBe(false);
    }),
  );
});

test("whatever a provider calls somebody, what is made of it is a name or nothing", () => {
  const piece = fc.constantFrom(
    "a",
    "Z",
    "é",
    ".",
    "..",
    "_",
    "-",
    " ",
    "@",
    "+",
    "$",
    "漢",
    "\0",
    "x".repeat(40),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, (given) => {
      const name = nameFrom(given);
      if (name !== undefined) expect([name, isName(name)]).toEqual([name, true]);
    }),
  );
});

test.each([
  ["Ada.Lovelace@example.org", "ada.lovelace"],
  ["José García", "jose-garcia"],
  ["CORP\\ada", "corp-ada"],
  ["..ada..", "ada"],
  ["@", undefined],
  ["漢字", undefined],
])("%s is called %s", (given, name) => expect(nameFrom(given)).toBe(name));

test("a name that is one is kept as it is", () => {
  for (const name of ["ada", "a.b-c_d", "a".repeat(MOST_NAME)]) expect(nameFrom(name)).toBe(name);
});

test("names that mean somebody are reserved", () => {
  expect(["anonymous", "everybody", "system", "admin"].map(isReserved)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(isReserved("ada")).toBe(false);
});

test("robots are called by their project, and no two pairs read alike", () => {
  expect(robotName("team", "ci")).toBe("robot+team+ci");
  expect(robotName(null, "ci")).toBe("robot+ci");
  expect(isName(robotName(null, "ci"))).toBe(false);
});
