import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatAddress, onlyIpv6, parseAddress } from "./address.ts";
import { ListenError } from "./listen-error.ts";

test.each([
  ["127.0.0.1:5000", { kind: "tcp", hostname: "127.0.0.1", port: 5000 }],
  ["[::1]:0", { kind: "tcp", hostname: "::1", port: 0 }],
  ["[::]:65535", { kind: "tcp", hostname: "::", port: 65_535 }],
  [":5000", { kind: "tcp", hostname: "::", port: 5000 }],
  ["registry.local:443", { kind: "tcp", hostname: "registry.local", port: 443 }],
  ["unix:/run/entrepot.sock", { kind: "unix", path: "/run/entrepot.sock" }],
] as const)("%s is read", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  expect(parseAddress(formatAddress(address))).toEqual(address);
});

test.each([
  "",
  "5000",
  "127.0.0.1",
  "a:b",
  "a:70000",
  "[1.2.3.4]:1",
  "::1:5000",
  "unix:x",
  "unix:/a\0b",
  `unix:/${"x".repeat(107)}`,
  "http://a:1",
  "a b:1",
])("%p is refused by name", (text) => {
  expect(() => parseAddress(text)).toThrow(ListenError);
  expect(() => parseAddress(text)).toThrow("is no address to listen on");
});

test("whatever the text, an address is read or refused, never anything else", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[[\]:.0-9a-f]{0,30}:[0-9]{0,6}$/)),
      (text) => {
        try {
          const address = parseAddress(text);
          expect(parseAddress(formatAddress(address))).toEqual(address);
        } catch (error) {
          expect(error).toBeInstanceOf(ListenError);
        }
      },
    ),
  );
});

test("only :: beside 0.0.0.0 on the same port gives IPv4 up", () => {
  const all = ["[::]:1", "0.0.0.0:1", "[::]:2", "[::1]:1"].map(parseAddress);
  expect(all.map((address) => onlyIpv6(address, all))).toEqual([true, false, false, false]);
});
