import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isInside, isMetadata, isPublic, parseAddress, parseNetwork } from "./networks.ts";

function verdict(text: string): boolean | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : isPublic(address);
}

describe("inside, or for a special purpose", () => {
  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:7f00:1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2600:1f00::5efe:10.0.0.1",
    "2600:1f00::200:5efe:a00:1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
  ])("%s", (text) => expect(verdict(text)).toBe(false));
});

describe("out in the public internet", () => {
  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
  ])("%s", (text) => expect(verdict(text)).toBe(true));
});

describe("no address at all", () => {
  test.each([
    "",
    "localhost",
    "0",
    "127.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "127.0.0.1.",
    " 127.0.0.1",
    "fe80::1%eth0",
    "1.2.3.4%x",
    "[::1]",
    "::g",
  ])("%p", (text) => expect(verdict(text)).toBeUndefined());
});

const octet = fc.integer({ min: 0, max: 255 });

test("an IPv4 address is judged alike however IPv6 writes it down", () => {
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), (parts) => {
      const plain = verdict(parts.join("."));
      const [a, b, c, d] = parts;
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      expect(verdict(`::ffff:${parts.join(".")}`)).toBe(plain);
      expect(verdict(`::ffff:${hex}`)).toBe(plain);
      expect(verdict(`64:ff9b::${hex}`)).toBe(plain);
    }),
  );
});

test("nothing outside of 2000::/3 is public but what stands for IPv4", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(group, fc.array(group, { minLength: 7, maxLength: 7 }), (first, rest) => {
      fc.pre(first < 0x2000 || first >= 0x4000);
      fc.pre(first !== 0x64 && first !== 0);
      const text = [first, ...rest].map((part) => part.toString(16)).join(":");
      expect(verdict(text)).toBe(false);
    }),
  );
});

test("metadata services are known in each form", () => {
  for (const text of [
    "169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254",
  ]) {
    const address = parseAddress(text);
    expect(address !== undefined && isMetadata(address)).toBe(true);
  }
});

describe("networks", () => {
  test.each([
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10/8",
    "fd00::/129",
    "x/8",
    "/8",
    "10.0.0.1/",
  ])("%s is none", (text) => expect(parseNetwork(text)).toBeUndefined());

  test("one address is the network of itself alone", () => {
    const network = parseNetwork("10.0.0.1");
    const [same, other] = [parseAddress("10.0.0.1"), parseAddress("10.0.0.2")];
    if (network === undefined || same === undefined || other === undefined) throw new Error();
    expect(isInside(same, network)).toBe(true);
    expect(isInside(other, network)).toBe(false);
  });
});
