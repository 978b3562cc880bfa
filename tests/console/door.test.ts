import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { buildConsole } from "../../scripts/console.ts";
import type { Answer } from "../support/answer.ts";
import { raw } from "../support/raw-exchange.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

let registry: TestRegistry;
/** Files that the page asks for. */
let script: string;
let styles: string;

beforeAll(async () => {
  await buildConsole();
  registry = await startRegistry();
  const { text } = await page("/");
  script = /<script type="module" src="([^"]+)">/.exec(text)?.[1] ?? "";
  styles = /<link rel="stylesheet" href="([^"]+)">/.exec(text)?.[1] ?? "";
});

afterAll(() => registry.close());

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

function page(path: string): Promise<Answer> {
  return registry.anonymous.get(path, HTML);
}

function nonceOf(answer: Answer): string {
  return /<meta name="csp-nonce" content="([^"]*)">/.exec(answer.text)?.[1] ?? "";
}

describe("a page", () => {
  test.each(["/", "/sign-in", "/profile", "/projects/a/b", "/%E4%BB%93"])("%s", async (path) => {
    const answer = (await page(path)).expect(200);
    const nonce = nonceOf(answer);
    expect(Buffer.from(nonce, "base64")).toHaveLength(16);
    expect(answer.header("content-security-policy")).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self'; ` +
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'",
    );
    expect(answer.header("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.header("cache-control")).toBe("no-store");
    expect(answer.header("content-length")).toBe(String(answer.body.byteLength));
    expect(answer.header("x-content-type-options")).toBe("nosniff");
    expect(answer.header("referrer-policy")).toBe("same-origin");
    expect(answer.header("cross-origin-opener-policy")).toBe("same-origin");
  });

  test("has a nonce of its own each time, and no script or style within", async () => {
    const answers = await Promise.all([page("/"), page("/"), page("/profile")]);
    expect(new Set(answers.map(nonceOf)).size).toBe(3);
    for (const { text } of answers) {
      expect(text).not.toContain("__NONCE__");
      expect(text).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style| on\w+="| style="/);
    }
  });

  test("is for browsers: who asks for anything else is told that nothing is there", async () => {
    const answer = await registry.anonymous.get("/profile", { accept: "*/*" });
    expect(answer.expect(404).header("content-type")).toBe("application/problem+json");
  });

  test.each(["GET", "HEAD"])("and its length are the same to %s", async (method) => {
    const answer = await registry.anonymous.send(method, "/sign-in", { headers: HTML });
    const { body } = await page("/sign-in");
    expect(answer.expect(200).header("content-length")).toBe(String(body.byteLength));
    expect(answer.body.byteLength).toBe(method === "HEAD" ? 0 : body.byteLength);
  });
});

describe("a file", () => {
  test.each([
    ["br", "br", brotliDecompressSync],
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
    ["gzip;q=0.5, br;q=0", "gzip", gunzipSync],
    ["br;q=0.0, identity", "", undefined],
    ["", "", undefined],
    ["x-gzip-not, brr", "", undefined],
  ] as const)("for a client that takes %p", async (takes, coding, unpack) => {
    for (const path of [script, styles]) {
      const plain = await registry.anonymous.get(path, { "accept-encoding": "identity" });
      const answer = await registry.anonymous.get(path, { "accept-encoding": takes });
      expect(answer.expect(200).header("content-encoding")).toBe(coding);
      expect(answer.header("vary")).toBe("accept-encoding");
      expect(answer.header("content-length")).toBe(String(answer.body.byteLength));
      const bytes = unpack === undefined ? answer.body : unpack(answer.body);
      expect(Buffer.compare(bytes, plain.body)).toBe(0);
      if (coding !== "") expect(answer.body.byteLength).toBeLessThan(plain.body.byteLength / 2);
    }
  });

  test("with a hash in its name is kept for ever, any other for an hour", async () => {
    for (const path of [script, styles]) {
      expect(path).toMatch(/^\/assets\/[a-z]+-[a-z0-9]{8}\.(?:js|css)$/);
      const { headers } = await registry.anonymous.get(path);
      expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    }
    const icon = (await registry.anonymous.get("/favicon.svg")).expect(200);
    expect(icon.header("cache-control")).toBe("public, max-age=3600");
    expect(icon.header("content-type")).toBe("image/svg+xml");
  });

  test("has its type, and is never taken for another", async () => {
    const types = {
      [script]: "text/javascript; charset=utf-8",
      [styles]: "text/css; charset=utf-8",
    };
    for (const [path, type] of Object.entries(types)) {
      const answer = await registry.anonymous.get(path);
      expect(answer.header("content-type")).toBe(type);
      expect(answer.header("x-content-type-options")).toBe("nosniff");
    }
  });

  test("by HEAD has the length of what GET would send", async () => {
    const headers = { "accept-encoding": "br" };
    const whole = await registry.anonymous.get(script, headers);
    const head = (await registry.anonymous.head(script, headers)).expect(200);
    expect(head.header("content-length")).toBe(String(whole.body.byteLength));
    expect(head.header("content-encoding")).toBe("br");
    expect(head.body.byteLength).toBe(0);
  });
});

describe("nothing is", () => {
  test.each([
    "/assets/main-00000000.js",
    "/assets/",
    "/assets/nothing",
    "/index.html",
    "/robots.txt",
    "/.env",
    "/console.bundle",
    "/package.json",
  ])("at %s", async (path) => {
    const answer = await registry.anonymous.get(path, { ...HTML, "accept-language": "zh-CN" });
    expect(answer.expect(404).header("content-type")).toBe("application/problem+json");
    expect(answer.json).toMatchObject({ status: 404, code: "request.not_found" });
    expect(answer.header("content-language")).toBe("zh");
  });

  // Within a page, such a path would be the address of another host.
  test.each(["//evil", "//evil.example/", "//evil.example/sign-in"])("at %s", async (path) => {
    const answer = await raw(registry.anonymous, `GET ${path}`, ["Accept: text/html"]);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("done by %s", async (method) => {
    const answer = await registry.anonymous.send(method, "/profile", { headers: HTML });
    expect(answer.expect(404).header("content-type")).toBe("application/problem+json");
  });
});

test.each([
  "/v2",
  "/v2/",
  "/v2/_catalog",
  "/v2/a/tags/list",
  "/v2/no/such/endpoint",
  "/api",
  "/api/",
  "/api/v1",
  "/api/v1/no/such/thing",
  "/api/v2/session",
  "/token",
  "/token/x",
  "/healthz",
  "/metrics",
])("%s is never answered by the console", async (path) => {
  const { headers, text } = await page(path);
  expect(headers.get("content-type") ?? "").not.toContain("text/html");
  expect(text).not.toContain("csp-nonce");
});
