import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileNetworks, inNetwork, isNetwork, MOST_NETWORKS, parseNetworks } from "./networks.ts";

describe("networks", () => {
  test.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.0.0.0", "10.0.0.0/8", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["::ffff:10.1.2.3", "10.0.0.0/8", true],
    ["fd00::1", "fd00::/8", true],
    ["FD00::1", "fd00::/8", true],
    ["10.1.2.3", "::/0", false],
    ["fe80::1", "0.0.0.0/0", false],
    ["10.1.2.3", "0.0.0.0/0", true],
    ["", "0.0.0.0/0", false],
    ["localhost", "0.0.0.0/0", false],
    ["10.1", "0.0.0.0/0", false],
    ["0x0a000001", "10.0.0.0/8", false],
    ["010.0.0.1", "0.0.0.0/0", false],
    ["fe80::1%eth0", "fe80::/10", false],
    ["10.1.2.3 ", "10.0.0.0/8", false],
  ])("%s in %s: %p", (address, network, expected) => {
    expect(inNetwork(address, network)).toBe(expected);
    expect(compileNetworks([network])(address)).toBe(expected);
  });

  test.each([
    "10.0.0.1/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "fd00::/129",
    "fd00::1/8",
    "0xa/8",
    "10/8",
    "all",
    "",
  ])("%j is no network", (text) => {
    expect(isNetwork(text)).toBe(false);
    expect(() => parseNetworks([text])).toThrow(
      expect.objectContaining({ code: "network.invalid" }),
    );
  });

  test("an address is in each network that is cut from it, and in none that is cut elsewhere", () => {
    const octets = fc.array(fc.nat({ max: 255 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(octets, octets, fc.integer({ min: 0, max: 32 }), (one, other, bits) => {
        const number = (octet: number[]) => octet.reduce((sum, each) => sum * 256 + each, 0);
        const cut = (octet: number[]) => Math.floor(number(octet) / 2 ** (32 - bits));
        const base = cut(other) * 2 ** (32 - bits);
        const parts = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
        const expected = cut(one) === cut(other);
        expect(inNetwork(one.join("."), `${parts.join(".")}/${bits}`)).toBe(expected);
      }),
    );
  });

  test("a list is bounded, and a damaged one lets nobody in", () => {
    const many = Array.from({ length: MOST_NETWORKS + 1 }, (_, at) => `10.0.0.${at}`);
    expect(() => parseNetworks(many)).toThrow(expect.objectContaining({ code: "network.invalid" }));
    expect(parseNetworks(["10.0.0.0/8", "10.0.0.0/8"])).toEqual(["10.0.0.0/8"]);
    expect(compileNetworks(["nonsense"])("10.0.0.1")).toBe(false);
    expect(compileNetworks([])("10.0.0.1")).toBe(false);
  });
});
