import { describe, expect, test } from "bun:test";
import { parseAddress } from "../address.ts";
import { nextPage } from "./link.ts";
import { locationTarget } from "./location.ts";

const address = parseAddress("http://registry.example:5000");
const asked = "/v2/a/blobs/uploads/";

describe("Location", () => {
  test.each([
    ["relative", "/v2/a/blobs/uploads/1", "/v2/a/blobs/uploads/1?digest=sha256:ab"],
    ["relative to the request", "1", "/v2/a/blobs/uploads/1?digest=sha256:ab"],
    [
      "absolute, with a query that is kept as it is",
      "http://registry.example:5000/v2/a/blobs/uploads/1?_state=a%2Bb",
      "/v2/a/blobs/uploads/1?_state=a%2Bb&digest=sha256:ab",
    ],
  ])("%s", (_, location, expected) => {
    expect(locationTarget(address, asked, location, { digest: "sha256:ab" })).toBe(expected);
  });

  test("one that leads to another host is refused, and so is none", () => {
    expect(() => locationTarget(address, asked, "http://other.example/x")).toThrow("another host");
    expect(() => locationTarget(address, asked, undefined)).toThrow("no Location");
  });
});

describe("Link", () => {
  test.each([
    ['</v2/a/tags/list?n=2&last=b>; rel="next"', "/v2/a/tags/list?n=2&last=b"],
    ["<https://elsewhere/v2/a/tags/list?last=b>;rel=next", "/v2/a/tags/list?last=b"],
    ['</x>; rel="prev"', undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%p", (link, expected) => {
    expect(nextPage(link)).toBe(expected);
  });
});

describe("addresses", () => {
  test("a prefix before /v2 is kept, /v2 itself is not", () => {
    expect(parseAddress("https://h/registry/v2/").prefix).toBe("/registry");
    expect(parseAddress("https://h").socket.port).toBe(443);
    expect(parseAddress("http://[::1]:5000").socket.hostname).toBe("::1");
    expect(parseAddress("localhost:5000").origin).toBe("http://localhost:5000");
    expect(() => parseAddress("ftp://h")).toThrow("not by ftp:");
  });
});
