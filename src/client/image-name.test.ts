import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseImageName, splitPlace, splitServer } from "./image-name.ts";
import { RestFault } from "./rest-fault.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("the registry that a name begins with", () => {
  test.each([
    ["team/app", undefined, "team/app"],
    ["alpine:3", undefined, "alpine:3"],
    ["localhost/team/app", "localhost", "team/app"],
    ["localhost:5000/app", "localhost:5000", "app"],
    ["registry.example.com/team/app:v1", "registry.example.com", "team/app:v1"],
    ["[::1]:5000/team/app", "[::1]:5000", "team/app"],
    ["http://registry:80/team/app", "http://registry:80", "team/app"],
    ["https://registry", "https://registry", ""],
    ["/team/app", undefined, "/team/app"],
  ])("%s", (text, server, rest) => {
    expect(splitServer(text)).toEqual({ server, rest });
  });

  test.each([
    ["localhost:5000", "localhost:5000", ""],
    ["registry.example.com", "registry.example.com", ""],
    ["team", undefined, "team"],
    ["registry.example.com/team", "registry.example.com", "team"],
  ])("may be all of %s", (text, server, rest) => {
    expect(splitPlace(text)).toEqual({ server, rest });
  });
});

describe("what is named in it", () => {
  test.each([
    ["alpine", "alpine", undefined, undefined],
    ["team/web/api:v1.0", "team/web/api", "v1.0", undefined],
    [`team/app@${DIGEST}`, "team/app", undefined, DIGEST],
    [`team/app:v1@${DIGEST}`, "team/app", "v1", DIGEST],
  ])("%s", (text, repository, tag, digest) => {
    expect(parseImageName(text)).toEqual({ repository, tag, digest });
  });

  test.each([
    "",
    ":v1",
    "Team/app",
    "team//app",
    "team/../app",
    "a/b:",
    "a:b:c",
    "a@sha256:1",
    "a b",
    "a?b",
    "a/",
  ])("not %j", (text) => {
    expect(() => parseImageName(text)).toThrow(RestFault);
  });

  test("never holds what would lead elsewhere in a path", () => {
    const odd = fc.string({ unit: fc.constantFrom(..."ab/.:@?#%\\ -_"), maxLength: 20 });
    fc.assert(
      fc.property(odd, (text) => {
        try {
          const { repository, tag } = parseImageName(text);
          expect(new URL(`http://x/v2/${repository}/manifests/${tag ?? "t"}`).pathname).toBe(
            `/v2/${repository}/manifests/${tag ?? "t"}`,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(RestFault);
        }
      }),
    );
  });
});
