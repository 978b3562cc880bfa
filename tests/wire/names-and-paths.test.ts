import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import type { Account } from "../support/accounts.ts";
import { EMPTY_CONFIG, piece, pushBlob, pushImage } from "../support/images.ts";
import { raw } from "../support/raw-exchange.ts";
import { startRegistry, storageOf, type TestRegistry } from "../support/registry.ts";
import { type Row, table } from "../support/table.ts";

const STRANGER: Account = { name: "stranger", password: "let me look", administrator: false };
const LAYER = piece("a layer that everybody would like to see");
const HEX = "0".repeat(64);
/** The longest name, of 255 characters. */
const LONGEST = `team/${"a".repeat(250)}`;

let registry: TestRegistry;
let pushed = "";
beforeAll(async () => {
  registry = await startRegistry({ accounts: [STRANGER] });
  pushed = (await pushImage(registry.admin, "team/app", "latest", [LAYER])).digest;
  await pushImage(registry.admin, "library/alpine", "3.20", [LAYER]);
});
afterAll(() => registry.close());

describe("a name", () => {
  const invalid = (it: string, name: string): Row[] =>
    [
      `GET /v2/${name}/tags/list`,
      `GET /v2/${name}/manifests/latest`,
      `PUT /v2/${name}/manifests/latest`,
      `POST /v2/${name}/blobs/uploads/`,
      `HEAD /v2/${name}/blobs/${LAYER.digest}`,
    ].map((ask) => ({ it, ask, gives: 400, code: "NAME_INVALID" }));
  table(
    () => registry.admin,
    [
      ...invalid("in capitals", "Team/app"),
      ...invalid("with an encoded slash", "team%2Fapp"),
      ...invalid("with an encoded letter", "te%61m/app"),
      ...invalid("with an encoded dot segment behind an encoded slash", "team%2f..%2fother"),
      ...invalid("with an encoded backslash", "team%5Capp"),
      ...invalid("with a doubled slash", "team//app"),
      ...invalid("that begins with a slash", "/team/app"),
      ...invalid("with a NUL", "team/a%00pp"),
      ...invalid("with a semicolon", "team/app;x=1"),
      ...invalid("with a blank", "team/a%20pp"),
      ...invalid("with line breaks, to split the answer", "team/app%0d%0aset-cookie:a=b"),
      ...invalid("with an asterisk", "team/*"),
      ...invalid("that begins with a dash", "team/-app"),
      ...invalid("with three underscores", "team/a___b"),
      ...invalid("that ends with a dot", "team/app."),
      ...invalid("of an extension", "_ext/app"),
      ...invalid("with letters beyond ASCII", "team/caf%C3%A9"),
      ...invalid("of 256 characters", `${LONGEST}a`),
      ...invalid("that makes a backtracking pattern sweat", `${"a-".repeat(100)}!`),
    ],
  );

  table(
    () => registry.admin,
    [
      { it: "of 255 characters", ask: `POST /v2/${LONGEST}/blobs/uploads/`, gives: 202 },
      ...[
        "team/blobs/uploads",
        "team/manifests",
        "tags/list",
        "blobs/uploads/x",
        "a/referrers/b",
      ].map(
        (name): Row => ({
          it: "may have components that are words of the protocol",
          ask: `POST /v2/${name}/blobs/uploads/`,
          gives: 202,
          headers: { location: new RegExp(`: /v2/${name}/blobs/uploads/[a-z0-9]+$`) },
        }),
      ),
      { it: "needs no slash after `uploads`", ask: "POST /v2/team/app/blobs/uploads", gives: 202 },
    ],
  );

  table(
    () => registry.admin,
    [
      {
        it: "of one component means `library/…`",
        ask: "GET /v2/alpine/tags/list",
        gives: 200,
        body: { name: "library/alpine", tags: ["3.20"] },
      },
      { it: "of one component", ask: `GET /v2/alpine/blobs/${LAYER.digest}`, gives: 200 },
      {
        it: "of one component is spelled out by what it leads to",
        ask: "POST /v2/alpine/blobs/uploads/",
        gives: 202,
        headers: { location: /: \/v2\/library\/alpine\/blobs\/uploads\// },
      },
    ],
  );

  test("words of the protocol in a name lead to that repository and no other", async () => {
    for (const name of ["team/blobs", "team/blobs/uploads", "team/tags/list", "team/manifests"]) {
      const image = await pushImage(registry.admin, name, "list", [LAYER]);
      const found = (await registry.admin.get(`/v2/${name}/manifests/list`)).expect(200);
      expect(found.header("docker-content-digest")).toBe(image.digest);
      const tags = (await registry.admin.get(`/v2/${name}/tags/list`)).expect(200);
      expect(tags.json).toEqual({ name, tags: ["list"] });
    }
  });
});

describe("a reference or digest", () => {
  const at = (ask: string, code: string, it: string): Row => ({ it, ask, gives: 400, code });
  table(
    () => registry.admin,
    [
      at("GET /v2/team/app/manifests/-x", "TAG_INVALID", "tag that begins with a dash"),
      at("GET /v2/team/app/manifests/a%20b", "TAG_INVALID", "tag with a blank"),
      at("GET /v2/team/app/manifests/a%2Fb", "TAG_INVALID", "tag with an encoded slash"),
      at("GET /v2/team/app/manifests/a%00", "TAG_INVALID", "tag with a NUL"),
      at("GET /v2/team/app/manifests/%252e%252e", "TAG_INVALID", "tag that is encoded twice"),
      at(`GET /v2/team/app/manifests/${"a".repeat(129)}`, "TAG_INVALID", "tag of 129 characters"),
      at("PUT /v2/team/app/manifests/latest?tag=..", "TAG_INVALID", "further tag"),
      at("GET /v2/team/app/manifests/%ff", "UNSUPPORTED", "bytes that are not UTF-8"),
      at("GET /v2/team/app/manifests/%", "UNSUPPORTED", "a percent sign alone"),
      at("GET /v2/team/app/manifests/sha256:abc", "DIGEST_INVALID", "short digest"),
      at(`GET /v2/team/app/manifests/blake3:${HEX}`, "DIGEST_INVALID", "unknown algorithm"),
      at(`GET /v2/team/app/manifests/SHA256:${HEX}`, "DIGEST_INVALID", "capital algorithm"),
      at(`GET /v2/team/app/blobs/sha256:${"A".repeat(64)}`, "DIGEST_INVALID", "capital hex"),
      at("GET /v2/team/app/blobs/latest", "DIGEST_INVALID", "tag in place of a digest"),
      at(`HEAD /v2/team/app/blobs/sha256:${HEX}0`, "DIGEST_INVALID", "65 digits"),
      at(`DELETE /v2/team/app/blobs/sha512:${HEX}`, "DIGEST_INVALID", "64 digits of sha512"),
      at("GET /v2/team/app/blobs/sha256:..%2f..%2fetc%2fpasswd", "DIGEST_INVALID", "a path"),
      at(`GET /v2/team/app/referrers/md5:${"0".repeat(32)}`, "DIGEST_INVALID", "md5"),
    ],
  );
  table(
    () => registry.admin,
    [
      {
        it: "may have its colon encoded",
        ask: `GET /v2/team/app/blobs/${LAYER.digest.replace(":", "%3A")}`,
        gives: 200,
        body: LAYER.bytes,
      },
      {
        it: "may have a tag's letters encoded",
        ask: "GET /v2/team/app/manifests/l%61test",
        gives: 200,
      },
    ],
  );
});

describe("a path that names nothing", () => {
  table(
    () => registry.admin,
    [
      ...[
        "/v2/x",
        "/v2/team/app",
        "/v2/team/app/",
        "/v2/team/app/manifests",
        "/v2/team/app/manifests/",
        "/v2/team/app/manifests/latest/",
        "/v2/team/app/blobs/",
        `/v2/team/app/blobs/${LAYER.digest}/`,
        `/v2/manifests/latest`,
        "/v2/tags/list",
        "/v2/blobs/uploads/",
        "/v2/team/app/tags",
        "/v2/team/app/tags/list/",
        "/v2/team/app/tags/other",
        "/v2/_catalog/",
        "/v2/team/app/Tags/list",
        "/v2/team/app/_oci/ext/discover",
      ].map(
        (path): Row => ({
          it: "is not there",
          ask: `GET ${path}`,
          gives: 404,
          code: "NAME_UNKNOWN",
        }),
      ),
    ],
  );

  test.each(["/V2/", "//v2/", "/v2%2f_catalog", "/%76%32/", "/v22/", "/.v2/"])(
    "%s is not the registry's",
    async (path) => {
      expect((await raw(registry.admin, `GET ${path}`)).status).toBe(404);
    },
  );
});

describe("dot segments", () => {
  // The runtime resolves them before we see the path: what counts is what they resolve to.
  test.each([
    ["/v2/team/x/../app/manifests/latest", 200],
    ["/v2/team/./app/manifests/latest", 200],
    ["/v2/team/%2e%2e/team/app/manifests/latest", 200],
    ["/v2/team\\app/manifests/latest", 200],
    ["/v2/team/app/manifests/../../../../../etc/passwd", 404],
    ["/v2/../v2/team/app/manifests/latest", 200],
    ["/v2/team/app/..%2f..%2fother/manifests/latest", 400],
  ])("%s → %d for who may", async (path, status) => {
    const answer = await raw(registry.admin, `GET ${path}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.headers.get("docker-content-digest")).toBe(pushed);
  });

  test("the decision names the resource that they resolve to", async () => {
    const path = "/v2/open/../team/app/manifests/latest";
    expect((await raw(registry.anonymous, `GET ${path}`)).status).toBe(401);
    const refused = await raw(registry.as(STRANGER), `GET ${path}`);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('"resource":"repository team/app:latest"');
  });
});

describe("what a request says of itself", () => {
  test.each([
    "Host: evil.example",
    "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https",
    "Forwarded: host=evil.example;proto=https",
    "X-Original-URL: /v2/other/app/manifests/latest\r\nX-Rewrite-URL: /v2/",
  ])("never leads into an answer: %j", async (text) => {
    const lines = text.split("\r\n");
    const started = await raw(registry.admin, "POST /v2/team/app/blobs/uploads/", lines);
    expect(started.status).toBe(202);
    expect(started.headers.get("location")).toMatch(/^\/v2\/team\/app\/blobs\/uploads\/[a-z0-9]+$/);
    const page = await raw(registry.admin, "GET /v2/_catalog?n=1", lines);
    expect(page.headers.get("link")).toMatch(/^<\/v2\/_catalog\?/);
    expect(`${started.text}${page.text}`).not.toContain("evil");
    const pinged = await raw(registry.anonymous, "GET /v2/", lines);
    expect(pinged.text).not.toContain("evil");
  });

  test("a refusal says hostile text back only in a form that nothing is split or forged by", async () => {
    const answer = await registry.admin.get("/v2/team/app%0d%0ax-evil:%201/manifests/a");
    expect(answer.headers.get("x-evil")).toBeNull();
    const tag = await registry.admin.get(`/v2/team/app/manifests/%1b[31m%0a${"x".repeat(500)}`);
    tag.refuses(400, "TAG_INVALID");
    expect(tag.error.message).toContain("\\u001b");
    expect(tag.text.length).toBeLessThan(1_500);
  });
});

test("nothing of all this has reached the file system", async () => {
  await pushBlob(registry.admin, "team/app", EMPTY_CONFIG);
  const names = await readdir(storageOf(registry), { recursive: true });
  for (const name of names) expect(name).toMatch(/^(?:\.lock|uploads|blobs|[a-z0-9./]+)$/);
});
