import { expect, test } from "bun:test";
import fc from "fast-check";
import { cutTarget, isHost } from "./target.ts";

test.each([
  "a",
  "a.example.com",
  "a.example.com:443",
  "127.0.0.1:5000",
  "[::1]",
  "[::1]:5000",
  "my_registry:5000",
  "A-b.c.",
])("%s is a host", (host) => expect(isHost(host)).toBe(true));

test.each([
  "",
  " ",
  "a,b",
  "a, a",
  "a b",
  "a/b",
  "a\\b",
  "a?b",
  "a#b",
  "me@a",
  "a:b",
  "a:",
  "a:123456",
  "[::1",
  "::1",
  "[]",
  "[::1]x",
  "-a",
  ".a",
  "ä",
  "a\0",
  "x".repeat(256),
])("%p is no host", (host) => expect(isHost(host)).toBe(false));

test("a host that passes can be written into a URL and read back", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_.:[\]@/?#\\ ,-]{1,30}$/), (host) => {
      if (!isHost(host) || !URL.canParse(`http://${host}/`)) return;
      const url = new URL(`http://${host}/x`);
      expect(url.pathname).toBe("/x");
      expect(url.username + url.search + url.hash).toBe("");
    }),
  );
});

test.each([
  ["http://a/", { path: "/", query: "" }],
  ["https://a:1/b%2Fc//d;e?f=/g?h", { path: "/b%2Fc//d;e", query: "f=/g?h" }],
  ["http://[::1]:5/?", { path: "/", query: "" }],
  ["http://a", undefined],
  ["/a", undefined],
  ["a:1", undefined],
  ["*", undefined],
  ["http://a/b#c", undefined],
])("%s is cut", (url, target) => expect(cutTarget(url)).toEqual(target));

test("path and query put together are what was sent", () => {
  const letters = fc.stringMatching(/^[!$-.0->@-~]{0,20}$/);
  fc.assert(
    fc.property(letters, fc.option(letters), (path, query) => {
      const sent = query === null ? `/${path}` : `/${path}?${query}`;
      expect(cutTarget(`http://a${sent}`)).toEqual({ path: `/${path}`, query: query ?? "" });
    }),
  );
});
