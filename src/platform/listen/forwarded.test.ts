import { expect, test } from "bun:test";
import fc from "fast-check";
import { plainAddress, readForwarded, TrustedProxies } from "./forwarded.ts";
import { ListenError } from "./listen-error.ts";

const proxies = new TrustedProxies(["10.0.0.0/8", "fd00::/8", "192.0.2.1"]);

test("only listed peers are trusted, in whichever form", () => {
  for (const address of ["10.1.2.3", "fd00::7", "192.0.2.1"])
    expect(proxies.has(address)).toBe(true);
  for (const address of ["11.1.2.3", "fe80::7", "192.0.2.2", null])
    expect(proxies.has(address)).toBe(false);
  expect(new TrustedProxies(["unix"]).has(null)).toBe(true);
  expect(new TrustedProxies(["unix"]).has("127.0.0.1")).toBe(false);
  expect(new TrustedProxies([]).has("127.0.0.1")).toBe(false);
});

test.each([
  "",
  "10.0.0.0/33",
  "fd00::/129",
  "10.0.0/8",
  "10.0.0.0/8/8",
  "10.0.0.0/",
  "10.0.0.0/-1",
  "localhost",
  "*",
  "Unix",
])("%p is refused as a proxy", (entry) =>
  expect(() => new TrustedProxies([entry])).toThrow(ListenError),
);

test("an IPv4 peer of a double-stack socket is named plainly", () => {
  expect(plainAddress("::ffff:10.0.0.1")).toBe("10.0.0.1");
  expect(plainAddress("fd00::1")).toBe("fd00::1");
});

const x = (xff?: string, proto?: string, host?: string): Headers => {
  const headers = new Headers();
  if (xff !== undefined) headers.set("x-forwarded-for", xff);
  if (proto !== undefined) headers.set("x-forwarded-proto", proto);
  if (host !== undefined) headers.set("x-forwarded-host", host);
  return headers;
};

test.each([
  ["nothing said", x(), [undefined, undefined, undefined]],
  ["one hop", x("198.51.100.7", "https", "reg.test"), ["198.51.100.7", true, "reg.test"]],
  [
    "the client's own lies stay left",
    x("6.6.6.6, 198.51.100.7"),
    ["198.51.100.7", undefined, undefined],
  ],
  [
    "a chain of proxies",
    x("198.51.100.7, 10.0.0.1, 10.0.0.2"),
    ["198.51.100.7", undefined, undefined],
  ],
  ["all trusted: the farthest", x("10.0.0.3, 10.0.0.1"), ["10.0.0.3", undefined, undefined]],
  [
    "values of the client's hop",
    x("9.9.9.9, 10.0.0.1", "https, http", "a.test, b.test"),
    ["9.9.9.9", true, "a.test"],
  ],
  [
    "a forged value left of the hop",
    x("9.9.9.9", "http, https", "evil.test, a.test"),
    ["9.9.9.9", true, "a.test"],
  ],
  ["one value for many hops", x("9.9.9.9, 10.0.0.1", "https"), ["9.9.9.9", true, undefined]],
  ["ports and brackets", x("[2001:db8::1]:99, 10.0.0.1:80"), ["2001:db8::1", undefined, undefined]],
  ["rubbish ends the walk", x("1.1.1.1, unknown, 10.0.0.1"), ["10.0.0.1", undefined, undefined]],
  ["only rubbish", x("unknown"), [undefined, undefined, undefined]],
  ["an odd scheme and host", x("9.9.9.9", "gopher", "a b/c"), ["9.9.9.9", undefined, undefined]],
])("X-Forwarded: %s", (_name, headers, [address, secure, host]) => {
  expect(readForwarded(headers, "x-forwarded", proxies)).toEqual({
    address,
    secure,
    host,
  } as never);
});

test.each([
  ["one hop", "for=198.51.100.7;proto=https;host=reg.test", ["198.51.100.7", true, "reg.test"]],
  ["quoted IPv6", 'For="[2001:db8::1]:4711";Proto=HTTP', ["2001:db8::1", false, undefined]],
  [
    "the hop of the client",
    "for=6.6.6.6;host=evil.test, for=9.9.9.9;host=a.test, for=10.0.0.1;host=b.test",
    ["9.9.9.9", undefined, "a.test"],
  ],
  ["a hidden client", "for=_secret, for=10.0.0.1;proto=https", ["10.0.0.1", true, undefined]],
  ["separators in quotes", 'for=9.9.9.9;ext="a,b;c\\"d";proto=https', ["9.9.9.9", true, undefined]],
])("Forwarded: %s", (_name, value, [address, secure, host]) => {
  const headers = new Headers({ forwarded: value, "x-forwarded-for": "7.7.7.7" });
  expect(readForwarded(headers, "forwarded", proxies)).toEqual({ address, secure, host } as never);
});

test("the family that the proxies do not write is never read", () => {
  const headers = new Headers({ forwarded: "for=7.7.7.7;proto=https;host=evil.test" });
  const nothing = { address: undefined, secure: undefined, host: undefined };
  expect(readForwarded(headers, "x-forwarded", proxies)).toEqual(nothing);
});

test("the walk gives the first untrusted hop from the right, whatever stands left of it", () => {
  const trusted = fc.ipV4().map((address) => address.replace(/^\d+/, "10"));
  const client = fc.ipV4().filter((address) => !proxies.has(address));
  fc.assert(
    fc.property(fc.array(fc.string()), client, fc.array(trusted), (lies, real, hops) => {
      const clean = lies.map((lie) => lie.replace(/[^\x20-\x7e]|["\\]/g, ""));
      const headers = x([...clean, real, ...hops].join(", "));
      expect(readForwarded(headers, "x-forwarded", proxies).address).toBe(real);
    }),
  );
});

test("whatever stands in the headers, reading them never throws", () => {
  const text = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      const headers = x(a, b, c);
      headers.set("forwarded", `${a};${b},${c}`);
      for (const family of ["x-forwarded", "forwarded"] as const)
        readForwarded(headers, family, proxies);
    }),
  );
});
