import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_INDEX,
  OCI_MANIFEST,
} from "../../src/oci/media-types.ts";
import {
  digestOf,
  dockerImage,
  document,
  EMPTY_CONFIG,
  type Image,
  image,
  index,
  piece,
  pushBlob,
  putManifest,
  referrer,
} from "../support/images.ts";
import { raw } from "../support/raw-exchange.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { checkAlways, checkHeaders, type Row, table } from "../support/table.ts";

const REPO = "team/app";
const LAYER = piece("a layer");
const IMAGE = image([LAYER]);
/** The same content in bytes that no serialiser of ours would write. */
const ODD = document(`\n{ "layers":[], "unknown" : [1e2,"\\u00e9"],\t"schemaVersion":2,"config":
  {"size":2,"digest":"${EMPTY_CONFIG.digest}","mediaType":"application/x-own; v=1"}}  \n`);
const DOCKER = dockerImage([LAYER]);
const INDEX = index([IMAGE, ODD]);
const LIST = index([DOCKER], {}, DOCKER_LIST);
const NESTED = index([INDEX]);
const EMPTY_INDEX = index([]);

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  for (const blob of [EMPTY_CONFIG, LAYER]) await pushBlob(registry.admin, REPO, blob);
});
afterAll(() => registry.close());

const put = (reference: string, made: Image, headers?: Record<string, string>) =>
  putManifest(registry.admin, REPO, reference, made, headers);
const url = (reference: string) => `/v2/${REPO}/manifests/${reference}`;

/** Pushes a manifest that no other test has, with `tag`. */
async function pushNew(tag: string): Promise<Image> {
  const made = image([LAYER], { annotations: { made: Bun.randomUUIDv7() } });
  (await put(tag, made)).expect(201);
  return made;
}

describe.each([
  ["image", IMAGE, OCI_MANIFEST],
  ["image in odd bytes", ODD, OCI_MANIFEST],
  ["Docker image", DOCKER, DOCKER_MANIFEST],
  ["index", INDEX, OCI_INDEX],
  ["Docker list", LIST, DOCKER_LIST],
  ["nested index", NESTED, OCI_INDEX],
  ["empty index", EMPTY_INDEX, OCI_INDEX],
] as const)("an %s", (name, made, mediaType) => {
  const tag = name.replaceAll(" ", "-");

  test("is taken, by tag and by digest", async () => {
    const parameters = { "content-type": `${mediaType}; charset=utf-8` };
    for (const reference of [tag, made.digest]) {
      const answer = (await put(reference, made, parameters)).expect(201);
      checkAlways(answer);
      checkHeaders(answer, {
        location: url(made.digest),
        "docker-content-digest": made.digest,
        "content-length": "0",
        "oci-subject": null,
        "oci-tag": null,
        warning: null,
      });
    }
  });

  const headers = {
    "content-type": mediaType,
    "content-length": String(made.bytes.byteLength),
    "docker-content-digest": made.digest,
    etag: `"${made.digest}"`,
  };
  table(
    () => registry.admin,
    [tag, made.digest].flatMap((reference): Row[] => [
      {
        it: "comes back byte for byte",
        ask: `GET ${url(reference)}`,
        gives: 200,
        headers,
        body: made.bytes,
      },
      { it: "has the same head", ask: `HEAD ${url(reference)}`, gives: 200, headers },
      {
        it: "is what there is, whatever is accepted",
        ask: `GET ${url(reference)}`,
        with: {
          accept: "application/vnd.docker.distribution.manifest.v1+json",
          "accept-encoding": "gzip",
        },
        gives: 200,
        headers,
        body: made.bytes,
      },
      {
        it: "is not sent again",
        ask: `GET ${url(reference)}`,
        with: { "if-none-match": `"${made.digest}"` },
        gives: 304,
        headers: { etag: `"${made.digest}"`, "docker-content-digest": made.digest },
      },
      {
        it: "nor its head, with the digest unquoted",
        ask: `HEAD ${url(reference)}`,
        with: { "if-none-match": made.digest },
        gives: 304,
      },
      {
        it: "is sent to whoever has another",
        ask: `GET ${url(reference)}`,
        with: { "if-none-match": `"${LAYER.digest}"` },
        gives: 200,
      },
    ]),
  );
});

test("several Accept lines are tolerated, and a body without a length", async () => {
  await put("accept", IMAGE);
  const accepts = [`Accept: ${DOCKER_MANIFEST}`, `Accept: ${DOCKER_LIST}`, "Accept: */*;q=0.1"];
  const got = await raw(registry.admin, `GET ${url("accept")}`, accepts);
  expect(got.headers.get("content-type")).toBe(OCI_MANIFEST);
  expect(got.body).toBe(new TextDecoder().decode(IMAGE.bytes));
  const lines = [`Content-Type: ${OCI_MANIFEST}`, "Transfer-Encoding: chunked"];
  const text = new TextDecoder().decode(ODD.bytes);
  const size = ODD.bytes.byteLength.toString(16);
  const body = `${size}\r\n${text}\r\n0\r\n\r\n`;
  const answer = await raw(registry.admin, `PUT ${url("chunked")}`, lines, body);
  expect(answer.status).toBe(201);
  expect(answer.headers.get("docker-content-digest")).toBe(ODD.digest);
});

test("a short name warns that it is one", async () => {
  for (const blob of [EMPTY_CONFIG, LAYER]) await pushBlob(registry.admin, "alpine", blob);
  const answer = (await putManifest(registry.admin, "alpine", "3", IMAGE)).expect(201);
  expect(answer.header("warning")).toMatch(/^299 - "alpine .*library\/alpine.*"$/);
  expect(answer.location).toBe(`/v2/library/alpine/manifests/${IMAGE.digest}`);
});

describe("digests and tags", () => {
  test("a digest that the bytes do not have is 400, and nothing is there", async () => {
    const made = image([LAYER], { annotations: { a: "wrong digest" } });
    const other = digestOf(ODD.bytes, "sha512");
    for (const wrong of [LAYER.digest, other]) {
      (await put(wrong, made)).refuses(400, "DIGEST_INVALID");
      (await registry.admin.get(url(wrong))).refuses(404, "MANIFEST_UNKNOWN");
    }
    (await registry.admin.get(url(made.digest))).refuses(404, "MANIFEST_UNKNOWN");
  });

  test("a tag remembers the algorithm it was pushed under", async () => {
    const sha512 = digestOf(IMAGE.bytes, "sha512");
    const answer = (await put(`${sha512}?tag=long`, IMAGE)).expect(201);
    checkHeaders(answer, { "docker-content-digest": sha512, "oci-tag": "long" });
    for (const reference of ["long", sha512]) {
      for (const method of ["GET", "HEAD"]) {
        const found = (await registry.admin.send(method, url(reference))).expect(200);
        expect(found.header("docker-content-digest")).toBe(sha512);
      }
    }
    (await put("long", IMAGE)).expect(201);
    const moved = await registry.admin.head(url("long"));
    expect(moved.header("docker-content-digest")).toBe(IMAGE.digest);
  });

  test("one push may set many tags, all or none", async () => {
    const made = image([LAYER], { annotations: { a: "many tags" } });
    const names = Array.from({ length: 100 }, (_, number) => `many-${number}`);
    const query = names.map((name) => `tag=${name}`).join("&");
    const answer = (await put(`${made.digest}?${query}`, made)).expect(201);
    expect(answer.header("oci-tag").split(/, ?/)).toEqual(names);
    for (const name of ["many-0", "many-99"]) {
      const found = (await registry.admin.head(url(name))).expect(200);
      expect(found.header("docker-content-digest")).toBe(made.digest);
    }
    (await put(`${made.digest}?${query}&tag=one-more`, made)).refuses(414, "TAG_INVALID");
    (await put(`${made.digest}?tag=fine&tag=not%20fine`, made)).refuses(400, "TAG_INVALID");
    for (const name of ["one-more", "fine"]) (await registry.admin.head(url(name))).expect(404);
  });

  test("case counts in tags", async () => {
    await put("Case", IMAGE);
    await put("case", ODD);
    const found = async (tag: string) => (await registry.admin.head(url(tag))).header("etag");
    expect(await found("Case")).toBe(`"${IMAGE.digest}"`);
    expect(await found("case")).toBe(`"${ODD.digest}"`);
  });

  test("a subject is confirmed, there or not", async () => {
    const missing = document({ never: "pushed" });
    for (const subject of [IMAGE, missing]) {
      const answer = (await put("with-subject", referrer(subject, "application/x-note"))).expect(
        201,
      );
      expect(answer.header("oci-subject")).toBe(subject.digest);
    }
  });

  test("the type of stored bytes never changes", async () => {
    const bare = JSON.stringify({
      schemaVersion: 2,
      config: { mediaType: "application/x-own", digest: EMPTY_CONFIG.digest, size: 2 },
      layers: [],
    });
    (await put("typed", document(bare, OCI_MANIFEST))).expect(201);
    (await put("typed", document(bare, DOCKER_MANIFEST))).refuses(400, "MANIFEST_INVALID");
    const found = (await registry.admin.get(url("typed"))).expect(200);
    expect(found.header("content-type")).toBe(OCI_MANIFEST);
  });
});

describe("conditions of a push", () => {
  test("`If-None-Match: *` only makes a tag", async () => {
    const only = { "if-none-match": "*" };
    (await put("new-only", IMAGE, only)).expect(201);
    (await put("new-only", ODD, only)).refuses(412, "DENIED");
    expect((await registry.admin.head(url("new-only"))).header("etag")).toBe(`"${IMAGE.digest}"`);
  });

  test("`If-Match` only moves a tag from where it is said to be", async () => {
    (await put("moving", IMAGE, { "if-match": "*" })).refuses(412, "DENIED");
    (await put("moving", IMAGE)).expect(201);
    (await put("moving", ODD, { "if-match": `"${LAYER.digest}"` })).refuses(412, "DENIED");
    (await put("moving", ODD, { "if-match": `W/"${IMAGE.digest}"` })).refuses(412, "DENIED");
    (await put("moving", ODD, { "if-match": `"x", "${IMAGE.digest}"` })).expect(201);
    (await put("moving", IMAGE, { "if-match": "*" })).expect(201);
  });

  test("of twenty writers who all saw the same, one wins", async () => {
    (await put("contended", IMAGE)).expect(201);
    const condition = { "if-match": `"${IMAGE.digest}"` };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        put("contended", image([LAYER], { annotations: { number: String(number) } }), condition),
      ),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won.length).toBe(1);
    for (const answer of answers) if (answer !== won[0]) answer.refuses(412, "DENIED");
    const found = await registry.admin.head(url("contended"));
    expect(found.header("docker-content-digest")).toBe(
      won[0]?.header("docker-content-digest") ?? "",
    );
  });
});

describe("deleting", () => {
  test("by tag takes that tag alone", async () => {
    const made = await pushNew("first");
    (await put("second", made)).expect(201);
    const answer = (await registry.admin.delete(url("first"))).expect(202);
    checkAlways(answer);
    (await registry.admin.get(url("first"))).refuses(404, "MANIFEST_UNKNOWN");
    (await registry.admin.head(url("first"))).expect(404);
    (await registry.admin.delete(url("first"))).refuses(404, "MANIFEST_UNKNOWN");
    for (const reference of ["second", made.digest]) {
      (await registry.admin.get(url(reference))).expect(200);
    }
  });

  test("by digest takes the manifest and every tag on it, at once; a push brings it back", async () => {
    const made = await pushNew("gone-a");
    (await put("gone-b", made)).expect(201);
    (await registry.admin.delete(url(made.digest))).expect(202);
    for (const reference of ["gone-a", "gone-b", made.digest]) {
      (await registry.admin.get(url(reference))).refuses(404, "MANIFEST_UNKNOWN");
      (await registry.admin.head(url(reference))).expect(404);
      (await registry.admin.delete(url(reference))).refuses(404, "MANIFEST_UNKNOWN");
    }
    const tags = (await registry.admin.get(`/v2/${REPO}/tags/list`)).json as { tags: string[] };
    expect(tags.tags).not.toContain("gone-a");
    (await put("gone-a", made)).expect(201);
    (await registry.admin.get(url(made.digest))).expect(200);
    (await registry.admin.get(url("gone-b"))).refuses(404, "MANIFEST_UNKNOWN");
  });

  table(
    () => registry.admin,
    [
      {
        it: "in no repository",
        ask: "DELETE /v2/no/such/manifests/x",
        gives: 404,
        code: "NAME_UNKNOWN",
      },
      {
        it: "reading from none",
        ask: "GET /v2/no/such/manifests/x",
        gives: 404,
        code: "NAME_UNKNOWN",
      },
      {
        it: "reading what is not",
        ask: `GET ${url("nope")}`,
        gives: 404,
        code: "MANIFEST_UNKNOWN",
      },
    ],
  );

  test("in one repository leaves the same manifest in another", async () => {
    for (const blob of [EMPTY_CONFIG, LAYER]) await pushBlob(registry.admin, "team/twin", blob);
    const made = await pushNew("twin");
    (await putManifest(registry.admin, "team/twin", "twin", made)).expect(201);
    (await registry.admin.delete(url(made.digest))).expect(202);
    (await registry.admin.get(`/v2/team/twin/manifests/${made.digest}`)).expect(200);
  });
});
