import { describe, expect, test } from "bun:test";
import { hostname } from "node:os";
import fc from "fast-check";
import { parseChallenges } from "../client/auth/challenge.ts";
import {
  challenge,
  challengeMaker,
  knownOrigin,
  type OriginParts,
  originFinder,
} from "./challenge.ts";

const parts: OriginParts = {
  publicUrl: undefined,
  hosts: ["registry.example.com", "other.example.com:8443", "192.0.2.7", "2001:db8::7"],
  listening: ["0.0.0.0", "10.1.2.3"],
  ports: [5000],
  own: ["node-1", "192.168.1.4", "fd00::4"],
};

describe("the challenge", () => {
  test("names realm, service, scope and error, all of them quoted", () => {
    expect(
      challenge({
        origin: "https://registry.example.com",
        service: "Entrepot",
        scope: "repository:a/b:pull,push",
        error: "insufficient_scope",
      }),
    ).toBe(
      'Bearer realm="https://registry.example.com/token",service="Entrepot",scope="repository:a/b:pull,push",error="insufficient_scope"',
    );
  });

  test("of /v2/ carries realm and service only", () => {
    const origin = "http://localhost:5000";
    expect(challenge({ origin, service: "e" })).toBe(
      'Bearer realm="http://localhost:5000/token",service="e"',
    );
  });

  test("is Basic where our own address is not known (A08)", () => {
    const scope = "repository:a/b:pull";
    expect(challenge({ origin: undefined, service: "Entrepot", scope })).toBe(
      'Basic realm="Entrepot"',
    );
  });

  test("can hold any text without a header or a parameter more", () => {
    const unit = fc.integer({ min: 0, max: 0x17f }).map((code) => String.fromCharCode(code));
    const text = fc.string({ unit, maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, (origin, service, scope) => {
        const value = challenge({ origin, service, scope, error: "invalid_token" });
        expect(value).toMatch(/^[\x20-\x7e]*$/);
        const [only, ...more] = parseChallenges(value);
        expect(more).toEqual([]);
        const visible = (each: string) => each.replace(/[^\x20-\x7e]/g, "");
        const read = [...(only?.parameters ?? [])];
        expect(read).toEqual([
          ["realm", visible(`${origin}/token`)],
          ["service", visible(service)],
          ...(scope === "" ? [] : [["scope", visible(scope)] as [string, string]]),
          ["error", "invalid_token"],
        ]);
        new Headers({ "www-authenticate": value });
      }),
    );
  });

  test("is made for a request from what it claims and what it lacks", () => {
    const make = challengeMaker("Entrepot", (claimed) => knownOrigin(claimed, parts));
    const scope = { type: "repository", name: "a/b", actions: ["pull"] };
    expect(make("http://localhost:5000", { scope, error: undefined })).toBe(
      'Bearer realm="http://localhost:5000/token",service="Entrepot",scope="repository:a/b:pull"',
    );
    expect(make("http://evil.example.com")).toBe('Basic realm="Entrepot"');
  });
});

describe("our own address (A08)", () => {
  test.each([
    "http://localhost:5000",
    "http://LOCALHOST:5000",
    "http://127.0.0.1:5000",
    "http://127.9.9.9:5000",
    "http://[::1]:5000",
    "http://10.1.2.3:5000",
    "http://node-1:5000",
    "http://192.168.1.4:5000",
    "http://[fd00::4]:5000",
    "https://registry.example.com",
    "https://registry.example.com:443",
    "http://registry.example.com:80",
    "http://registry.example.com:5000",
    "https://other.example.com:8443",
    "http://192.0.2.7",
    "https://[2001:db8::7]",
  ])("%s is one of ours", (claimed) => {
    expect(knownOrigin(claimed, parts)).toBe(claimed.toLowerCase());
  });

  test.each([
    "http://evil.example.com",
    "http://evil.example.com:5000",
    "http://localhost",
    "http://localhost:5001",
    "http://localhost.evil.example.com:5000",
    "http://127.0.0.1.evil.example.com:5000",
    "http://registry.example.com.:5000",
    "http://registry.example.com:9999",
    "https://registry.example.com:80",
    "http://other.example.com:8444",
    "http://other.example.com",
    "http://node-1@evil.example.com:5000",
    "http://localhost:5000@evil.example.com",
    "http://localhost:5000/x",
    "http://localhost:5000?x",
    "http://localhost:5000#x",
    'http://localhost:5000"',
    "http://localhost:5000\r\nx: y",
    "http://local host:5000",
    "ftp://localhost:5000",
    "//localhost:5000",
    "localhost:5000",
    "http://",
    "",
  ])("%j is none", (claimed) => {
    expect(knownOrigin(claimed, parts)).toBeUndefined();
  });

  test("the public URL is the answer to whatever is claimed", () => {
    const publicUrl = "https://registry.example.com";
    fc.assert(
      fc.property(fc.webUrl(), (claimed) => {
        expect(knownOrigin(claimed, { ...parts, publicUrl })).toBe(publicUrl);
      }),
    );
  });

  test("no name that is not listed is ever believed", () => {
    const listed = new Set([...parts.hosts, ...parts.listening, ...parts.own, "localhost"]);
    fc.assert(
      fc.property(fc.domain(), fc.constantFrom("", ":5000", ":80"), (host, port) => {
        fc.pre(!listed.has(host));
        expect(knownOrigin(`http://${host}${port}`, parts)).toBeUndefined();
      }),
    );
  });

  test("this machine's names are found, and looked for again when an unknown one is claimed", () => {
    let now = 0;
    const ports: number[] = [];
    const found = originFinder(
      { publicUrl: undefined, hosts: [], listening: [], ports },
      () => now,
    );
    const claimed = `http://${hostname().toLowerCase()}:5000`;
    expect(found(claimed)).toBeUndefined();
    ports.push(5000);
    now = 60_000;
    expect(found(claimed)).toBe(claimed);
    expect(found("http://127.0.0.1:5000")).toBe("http://127.0.0.1:5000");
  });
});
