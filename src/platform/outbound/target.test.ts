import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { OutboundFault } from "./fault.ts";
import { parseTarget, redirected } from "./target.ts";

describe("every way to write an address means that address", () => {
  test.each([
    ["https://127.0.0.1/", "127.0.0.1"],
    ["https://0x7f.1/", "127.0.0.1"],
    ["https://0x7f000001/", "127.0.0.1"],
    ["https://2130706433/", "127.0.0.1"],
    ["https://0177.0.0.1/", "127.0.0.1"],
    ["https://127.1/", "127.0.0.1"],
    ["https://127.0.0.1./", "127.0.0.1"],
    ["https://①②⑦.⓪.⓪.①/", "127.0.0.1"],
    ["https://0/", "0.0.0.0"],
    ["https://999/", "0.0.3.231"],
    ["https://[::1]/", "::1"],
    ["https://[::ffff:127.0.0.1]/", "::ffff:7f00:1"],
    ["https://[::ffff:7f00:1]/", "::ffff:7f00:1"],
    ["https://[0:0:0:0:0:0:0:1]/", "::1"],
  ])("%s", (text, host) => {
    expect(parseTarget(text)).toMatchObject({ host, isAddress: true });
  });
});

describe("names", () => {
  test.each([
    ["https://Issuer.EXAMPLE/", "issuer.example"],
    ["https://localhost./", "localhost"],
    ["https://bücher.example/", "xn--bcher-kva.example"],
    ["https://a。b/", "a.b"],
    ["https://my_host.example:8443/x?y=1", "my_host.example"],
  ])("%s", (text, host) => {
    expect(parseTarget(text)).toMatchObject({ host, isAddress: false });
  });

  test("ports are those of the scheme unless told", () => {
    expect(parseTarget("https://a.example/").port).toBe(443);
    expect(parseTarget("http://a.example/").port).toBe(80);
    expect(parseTarget("https://a.example:8443/").port).toBe(8443);
  });
});

describe("refused", () => {
  test.each([
    "",
    "a.example",
    "//a.example/",
    "ftp://a.example/",
    "file:///etc/passwd",
    "gopher://a.example/",
    "data:text/plain,x",
    "https:a.example",
    "https:/a.example",
    "https:///a.example",
    "https:\\\\a.example\\x",
    "https://a.example\\@b.example/",
    "https://user@a.example/",
    "https://user:secret@a.example/",
    "https://@a.example/",
    "https://a.example/#x",
    "https://a.example/\u0000",
    "https://a.example/\r\nX: y",
    " https://a.example/",
    "https://a .example/",
    "https://ex%61mple/",
    "https://127.0.0.1%2eevil/",
    "https://[fe80::1%25eth0]/",
    "https://a.example:0/",
    "https://a.example:99999/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://a..b/",
    "https://-a.example/",
    `https://${"a".repeat(64)}.example/`,
    `https://a.example/${"x".repeat(2_048)}`,
  ])("%p", (text) => expect(() => parseTarget(text)).toThrow(OutboundFault));
});

test("whatever is taken has a host that is an address or a name, and no credentials", () => {
  const piece = fc.constantFrom(
    "https://",
    "http:",
    "//",
    "@",
    ":",
    "/",
    "\\",
    "#",
    "%40",
    "[::1]",
    "127.1",
    "a.example",
    ".",
    "?",
    "\t",
    "0x7f",
    "①",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 8 }),
      (parts) => {
        const text = `https://${parts.join("")}`;
        try {
          const target = parseTarget(text);
          expect(target.url.username + target.url.password + target.url.hash).toBe("");
          expect(target.host).toMatch(/^[0-9a-z_.:-]+$/);
          expect(target.port).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(OutboundFault);
        }
      },
    ),
    { numRuns: 500 },
  );
});

describe("redirects", () => {
  const from = parseTarget("https://a.example/one/two");
  test.each([
    ["/x", "https://a.example/x"],
    ["three#part", "https://a.example/one/three"],
    ["//b.example/x", "https://b.example/x"],
    ["http://b.example/", "http://b.example/"],
    ["/\\b.example", "https://b.example/"],
  ])("%s", (location, href) => expect(redirected(from, location).url.href).toBe(href));

  test.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://u:p@b.example/",
    "https://%/",
    "//",
  ])("%s is refused", (location) =>
    expect(() => redirected(from, location)).toThrow(OutboundFault),
  );
});
