import { expect, test } from "bun:test";
import fc from "fast-check";
import { claimAt, groupsClaim, keptClaims, safeReturnTo } from "./rules.ts";

test("a path of this origin is kept, with query and fragment", () => {
  for (const path of ["/", "/projects", "/a/b?x=1&y=//evil#z", "/a%20b", "/中文?next=%2F%2Fx"]) {
    const { pathname, search, hash } = new URL(path, "http://x");
    expect(safeReturnTo(path)).toBe(`${pathname}${search}${hash}`);
  }
});

test("anything that could lead elsewhere leads home (A42)", () => {
  const elsewhere = [
    ...["", "x", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example"],
    ...["/%2Fevil.example", "/%5Cevil.example", "%2F%2Fevil.example", "/%252Fevil.example"],
    ...[
      "/\t/evil.example",
      "/\n/evil.example",
      "/%09/evil.example",
      "/a\0b",
      "javascript:alert(1)",
    ],
    ...["/.//evil.example", "/a/..//evil.example", "/%2e//evil.example", "/a/%2e%2e//evil"],
    ...["/%", "/%ff", "/\u2028", "///evil", "/a\\..\\\\evil", `/${"a".repeat(3_000)}`],
  ];
  for (const path of elsewhere) expect(safeReturnTo(path)).toBe("/");
  expect(safeReturnTo(undefined)).toBe("/");
});

test("whatever is asked for, a browser stays at this origin", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "%2f",
    "%5c",
    "%25",
    "%09",
    "@",
    ":",
    "?",
    "#",
    "evil.example",
    "\t",
    "a",
    "http:",
  );
  const asked = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(asked, (text) => {
      const back = safeReturnTo(text);
      expect(back).toMatch(/^\/(?![/\\])/);
      const url = new URL(back, "https://registry.example");
      expect(url.origin).toBe("https://registry.example");
      // Taking it twice changes nothing: what is kept needs no second look.
      expect(safeReturnTo(back)).toBe(back);
    }),
    { numRuns: 2_000 },
  );
});

test("claims are found by whole name first, then by path, and never in prototypes", () => {
  const url = "https://issuer.example/groups";
  const claims = { [url]: ["a"], realm_access: { roles: ["b"] }, "x.y": "whole", x: { y: "path" } };
  expect(claimAt(claims, url)).toEqual(["a"]);
  expect(claimAt(claims, "realm_access.roles")).toEqual(["b"]);
  expect(claimAt(claims, "x.y")).toBe("whole");
  for (const name of [
    "",
    "constructor",
    "__proto__",
    "x.constructor.name",
    "x.y.length",
    "no.no",
  ]) {
    expect(claimAt(claims, name)).toBeUndefined();
  }
});

test("only texts are groups", () => {
  expect(groupsClaim({ g: ["a", 1, null, ["b"], "a", ""] }, "g")).toEqual(["a"]);
  expect(groupsClaim({ g: "one" }, "g")).toEqual(["one"]);
  for (const g of [undefined, null, 3, { a: true }]) expect(groupsClaim({ g }, "g")).toEqual([]);
});

test("claims are kept without the protocol's own, and bounded", () => {
  const huge = "x".repeat(10_000);
  const kept = keptClaims({ sub: "u", iss: "i", nonce: "n", exp: 1, aud: "c", email: "e", huge });
  expect(kept).toEqual({ sub: "u", iss: "i", email: "e" });
});
