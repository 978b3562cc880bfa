import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Complaint } from "../remote/complaint.ts";
import { parseTarget, placeOf } from "./target.ts";

describe("a registry", () => {
  test.each<[string, ReturnType<typeof parseTarget>]>([
    [
      "registry.example.com",
      {
        scheme: undefined,
        host: "registry.example.com",
        port: undefined,
        prefix: "",
        repository: undefined,
      },
    ],
    [
      "localhost:5000/team/App/web:v1",
      { scheme: undefined, host: "localhost", port: 5000, prefix: "", repository: "team/App/web" },
    ],
    [
      "host.example/app@sha256:0123",
      { scheme: undefined, host: "host.example", port: undefined, prefix: "", repository: "app" },
    ],
    [
      "https://registry.example.com:443/",
      {
        scheme: "https",
        host: "registry.example.com",
        port: 443,
        prefix: "",
        repository: undefined,
      },
    ],
    [
      "http://[::1]:5000/v2/",
      { scheme: "http", host: "::1", port: 5000, prefix: "", repository: undefined },
    ],
    [
      "HTTPS://registry.example.com/below",
      {
        scheme: "https",
        host: "registry.example.com",
        port: undefined,
        prefix: "/below",
        repository: undefined,
      },
    ],
  ])("%s is read", (text, expected) => {
    expect(parseTarget(text)).toEqual(expected);
  });

  test.each([
    "",
    "https://",
    "https://user:secret@host",
    "host?x=1",
    "a b",
    "ftp://host",
    "host:99999",
  ])("%j is none", (text) => {
    expect(() => parseTarget(text)).toThrow(Complaint);
  });

  test("of any text is read, or refused in words", () => {
    const piece = fc.constantFrom(
      "a",
      ":",
      "/",
      "[",
      "]",
      "1",
      "http://",
      "@",
      "?",
      "#",
      ".",
      " ",
      "\\",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          const { host, port } = parseTarget(pieces.join(""));
          expect(placeOf(host, port)).not.toBe("");
        } catch (error) {
          expect(error).toBeInstanceOf(Complaint);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
