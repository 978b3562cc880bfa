import { expect, test } from "bun:test";
import fc from "fast-check";
import { inNetworks, parseNetworks, sourceOf } from "./networks.ts";

test("addresses and networks come in one spelling", () => {
  expect(parseNetworks(["10.1.2.3/8", "192.0.2.7", "2001:DB8::1/32", "::1", "::1"])).toEqual([
    "10.0.0.0/8",
    "192.0.2.7/32",
    "2001:db8::/32",
    "::1/128",
  ]);
  expect(parseNetworks(null)).toBeNull();
  expect(parseNetworks([])).toBeNull();
});

test.each([
  ["a name", "localhost"],
  ["an octal part", "010.0.0.1"],
  ["a number", "1"],
  ["a length too long", "10.0.0.0/33"],
  ["a length with a sign", "10.0.0.0/+8"],
  ["two lengths", "10.0.0.0/8/8"],
  ["a zone", "fe80::1%eth0"],
  ["IPv4 written as IPv6 with a length", "::ffff:10.0.0.0/104"],
  ["nothing", ""],
])("%s is refused", (_, network) => {
  expect(() => parseNetworks([network])).toThrow("is not an address or network");
});

test("what is no list of texts is refused", () => {
  for (const given of ["10.0.0.0/8", { 0: "10.0.0.0/8" }, [1], [null], Array(51).fill("::1")]) {
    expect(() => parseNetworks(given)).toThrow("is not an address or network");
  }
});

test("an address is in a network or not", () => {
  const networks = parseNetworks(["10.0.0.0/8", "2001:db8::/32"]) ?? [];
  const cases: [string | null, boolean][] = [
    ["10.200.1.1", true],
    ["::ffff:10.1.1.1", true],
    ["11.0.0.1", false],
    ["2001:db8:1::1", true],
    ["2001:db9::1", false],
    ["nonsense", false],
    ["", false],
    [null, false],
  ];
  for (const [address, inside] of cases)
    expect([address, inNetworks(address, networks)]).toEqual([address, inside]);
});

test("whatever comes from outside, the list is read or refused", () => {
  fc.assert(
    fc.property(fc.anything(), (given) => {
      try {
        parseNetworks(given);
      } catch (error) {
        expect(error).toMatchObject({ code: "identity.networks_invalid" });
      }
    }),
  );
});

test("failures of IPv6 are counted by /64, of IPv4 by address", () => {
  expect(sourceOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::");
  expect(sourceOf("2001:db8:1:2:ffff::1")).toBe("2001:db8:1:2::");
  expect(sourceOf("192.0.2.7")).toBe("192.0.2.7");
  expect(sourceOf("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(sourceOf("fe80::1%eth0")).toBe("fe80::");
  expect(sourceOf(null)).toBe("local");
});
