import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isLoopback, isNetwork, parseListenAddress, parseOrigin } from "./addresses.ts";

describe("listen addresses", () => {
  test.each([
    ["127.0.0.1:5000", { kind: "tcp", host: "127.0.0.1", port: 5000 }, true],
    ["0.0.0.0:0", { kind: "tcp", host: "0.0.0.0", port: 0 }, false],
    ["[::1]:443", { kind: "tcp", host: "::1", port: 443 }, true],
    ["[::]:5000", { kind: "tcp", host: "::", port: 5000 }, false],
    ["localhost:80", { kind: "tcp", host: "localhost", port: 80 }, true],
    ["registry.example.com:80", { kind: "tcp", host: "registry.example.com", port: 80 }, false],
    ["unix:/run/x.sock", { kind: "unix", path: "/run/x.sock" }, true],
  ] as const)("%s", (text, address, loopback) => {
    const parsed = parseListenAddress(text);
    expect(parsed).toEqual(address);
    expect(parsed !== undefined && isLoopback(parsed)).toBe(loopback);
  });

  test.each([
    "",
    ":5000",
    "5000",
    "127.0.0.1",
    "127.0.0.1:65536",
    "127.0.1:5000",
    "999.0.0.1:5000",
    "::1:5000",
    "[127.0.0.1]:5000",
    "a b:1",
    "-a:1",
    "unix:relative.sock",
    `unix:/${"x".repeat(107)}`,
    "http://localhost:5000",
    "host:-1",
  ])("%p is none", (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });

  test("every IPv4 and IPv6 address with a port is one", () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), port, (v4, v6, number) => {
        expect(parseListenAddress(`${v4}:${number}`)).toBeDefined();
        expect(parseListenAddress(`[${v6}]:${number}`)).toBeDefined();
      }),
    );
  });
});

test("networks", () => {
  const good = ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1", "fd00::/8", "::/0", "1.2.3.4/32"];
  const bad = ["", "10.0.0.0/33", "fd00::/129", "10.0.0/8", "host", "10.0.0.0/", "10.0.0.0/-1"];
  expect(good.filter((each) => !isNetwork(each))).toEqual([]);
  expect(bad.filter(isNetwork)).toEqual([]);
});

test.each([
  ["https://registry.example.com", "https://registry.example.com"],
  ["https://Registry.Example.com:443/", "https://registry.example.com"],
  ["http://[::1]:5000", "http://[::1]:5000"],
  ["registry.example.com", undefined],
  ["https://registry.example.com/path", undefined],
  ["https://user:pw@registry.example.com", undefined],
  ["https://a?b", undefined],
  ["ftp://a", undefined],
  ["https://", undefined],
  ["https://a:99999", undefined],
])("the origin of %p is %p", (text, origin) => {
  expect(parseOrigin(text)).toBe(origin as string);
});
