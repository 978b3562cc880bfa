import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Answer } from "../support/answer.ts";
import { chunked, type Sent } from "../support/http-client.ts";
import { digestOf, pattern, piece, pushBlob, withQuery } from "../support/images.ts";
import { head, openRaw, parseAnswer, raw } from "../support/raw-exchange.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { checkAlways, checkHeaders, table } from "../support/table.ts";

const REPO = "/v2/team/app";
const BLOB = piece(pattern(100_000));
const SHA512 = digestOf(BLOB.bytes, "sha512");
const EMPTY = piece("");
const WRONG = piece("something else").digest;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ settings: { "uploads.max_per_principal": 1_000 } });
});
afterAll(() => registry.close());

async function begin(query = ""): Promise<string> {
  const answer = await registry.admin.post(`${REPO}/blobs/uploads/${query}`);
  return answer.expect(202).location;
}

/** Sends bytes `from` to `to` of the blob as a chunk with its `Content-Range`. */
function patch(location: string, from: number, to: number, headers: Sent["headers"] = {}) {
  const range = { "content-range": `${from}-${to - 1}` };
  const body = BLOB.bytes.slice(from, to);
  return registry.admin.patch(location, { body, headers: { ...range, ...headers } });
}

function finish(location: string, digest = BLOB.digest, sent: Sent = {}): Promise<Answer> {
  return registry.admin.put(withQuery(location, `digest=${digest}`), sent);
}

async function expectBlob(digest: string, bytes: Uint8Array): Promise<void> {
  const answer = (await registry.admin.get(`${REPO}/blobs/${digest}`)).expect(200);
  expect(Buffer.compare(answer.body, bytes)).toBe(0);
}

async function expectNoBlob(digest: string): Promise<void> {
  (await registry.admin.get(`${REPO}/blobs/${digest}`)).refuses(404, "BLOB_UNKNOWN");
  (await registry.admin.head(`${REPO}/blobs/${digest}`)).expect(404);
}

describe("a session", () => {
  test("answers with where it is, how far it is and what it is called", async () => {
    const started = (await registry.admin.post(`${REPO}/blobs/uploads/`)).expect(202);
    const id = started.header("docker-upload-uuid");
    expect(id).toMatch(/^[a-z0-9]{32}$/);
    const location = `${REPO}/blobs/uploads/${id}`;
    const says = { location, range: "0-0", "docker-upload-uuid": id };
    checkAlways(started);
    checkHeaders(started, { ...says, "content-length": "0" });
    const asked = (await registry.admin.get(location)).expect(204);
    checkHeaders(asked, { ...says, "content-length": null });
    const appended = (await patch(location, 0, 1_000)).expect(202);
    checkHeaders(appended, { ...says, range: "0-999", "content-length": "0" });
    const again = (await registry.admin.get(location)).expect(204);
    checkHeaders(again, { ...says, range: "0-999" });
    const rest = BLOB.bytes.slice(1_000);
    const finished = (await finish(location, BLOB.digest, { body: rest })).expect(201);
    checkHeaders(finished, {
      location: `${REPO}/blobs/${BLOB.digest}`,
      "docker-content-digest": BLOB.digest,
      "content-length": "0",
    });
    await expectBlob(BLOB.digest, BLOB.bytes);
  });

  test("is over once it is finished", async () => {
    const location = await begin();
    (await finish(location, BLOB.digest, { body: BLOB.bytes })).expect(201);
    (await registry.admin.get(location)).expect(404);
    (await patch(location, 0, 10)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
    (await finish(location)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
    (await registry.admin.delete(location)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
    await expectBlob(BLOB.digest, BLOB.bytes);
  });

  test("is over once it is cancelled", async () => {
    const location = await begin();
    (await patch(location, 0, 500)).expect(202);
    checkHeaders((await registry.admin.delete(location)).expect(204), { "content-length": null });
    (await registry.admin.get(location)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
    (await registry.admin.delete(location)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
    (await patch(location, 500, 600)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
  });

  table(
    () => registry.admin,
    [
      ...["a".repeat(32), "x", "%00", "..%2f..%2fescape", "%F0%9F%90%B3", "a".repeat(4_000)].map(
        (id) => ({
          it: "that nobody has opened",
          ask: `GET ${REPO}/blobs/uploads/${id}`,
          gives: 404,
          code: "BLOB_UPLOAD_UNKNOWN",
        }),
      ),
    ],
  );
});

describe("a blob arrives whole", () => {
  test("in one POST", async () => {
    const blob = piece(pattern(70_000, 2));
    const target = `${REPO}/blobs/uploads/?digest=${blob.digest}`;
    const answer = (await registry.admin.post(target, { body: blob.bytes })).expect(201);
    checkHeaders(answer, {
      location: `${REPO}/blobs/${blob.digest}`,
      "docker-content-digest": blob.digest,
    });
    await expectBlob(blob.digest, blob.bytes);
  });

  test("in one POST without a length", async () => {
    const blob = piece(pattern(70_000, 3));
    const body = chunked(blob.bytes.slice(0, 1), blob.bytes.slice(1));
    const target = `${REPO}/blobs/uploads/?digest=${blob.digest}`;
    (await registry.admin.post(target, { body })).expect(201);
    await expectBlob(blob.digest, blob.bytes);
  });

  test("as a stream without length or range, as Docker sends it", async () => {
    const location = await begin();
    const body = chunked(BLOB.bytes.slice(0, 30_000), BLOB.bytes.slice(30_000));
    const answer = (await registry.admin.patch(location, { body })).expect(202);
    expect(answer.header("range")).toBe(`0-${BLOB.bytes.byteLength - 1}`);
    (await finish(answer.location)).expect(201);
  });

  test("in chunks with their ranges, also as RFC 9110 spells them", async () => {
    const location = await begin();
    (await patch(location, 0, 1)).expect(202);
    (await patch(location, 1, 50_000, { "content-range": "bytes 1-49999/100000" })).expect(202);
    const range = { "content-range": "50000-99999" };
    const body = BLOB.bytes.slice(50_000);
    (await finish(location, BLOB.digest, { body, headers: range })).expect(201);
  });

  test("with an empty chunk in between, and with an empty closing PUT that has a range", async () => {
    const location = await begin();
    (await registry.admin.patch(location, { body: "" })).expect(202);
    (await patch(location, 0, BLOB.bytes.byteLength)).expect(202);
    const headers = { "content-range": "0-0", "content-length": "0" };
    (await finish(location, BLOB.digest, { headers })).expect(201);
  });

  test("of no bytes at all", async () => {
    (await finish(await begin(), EMPTY.digest)).expect(201);
    await expectBlob(EMPTY.digest, EMPTY.bytes);
    const head = (await registry.admin.head(`${REPO}/blobs/${EMPTY.digest}`)).expect(200);
    expect(head.header("content-length")).toBe("0");
    const empty = digestOf(EMPTY.bytes, "sha512");
    const target = `${REPO}/blobs/uploads/?digest=${empty}`;
    (await registry.admin.post(target)).expect(201);
    await expectBlob(empty, EMPTY.bytes);
  });

  test("under sha512, announced or not", async () => {
    const announced = await begin("?digest-algorithm=sha512");
    (await patch(announced, 0, 60_000)).expect(202);
    const rest = BLOB.bytes.slice(60_000);
    const answer = (await finish(announced, SHA512, { body: rest })).expect(201);
    expect(answer.header("docker-content-digest")).toBe(SHA512);
    const silent = await begin();
    (await patch(silent, 0, BLOB.bytes.byteLength)).expect(202);
    (await finish(silent, SHA512)).expect(201);
    const changed = await begin("?digest-algorithm=sha512");
    (await finish(changed, BLOB.digest, { body: BLOB.bytes })).expect(201);
    await expectBlob(SHA512, BLOB.bytes);
  });

  test("with the colon of the digest encoded", async () => {
    const digest = encodeURIComponent(BLOB.digest);
    (await finish(await begin(), digest, { body: BLOB.bytes })).expect(201);
  });

  test("after `Expect: 100-continue`", async () => {
    const location = await begin();
    const client = await openRaw(registry.admin);
    const put = `PUT ${withQuery(location, `digest=${BLOB.digest}`)}`;
    const lines = [`Content-Length: ${BLOB.bytes.byteLength}`, "Expect: 100-continue"];
    client.send(head(registry.admin, put, lines));
    await client.until(({ received }) => received.includes("100 Continue"));
    client.received = "";
    client.send(BLOB.bytes);
    await client.until(({ received }) => received.includes("\r\n\r\n"));
    expect(parseAnswer(client.received).status).toBe(201);
    client.end();
  });
});

describe("order", () => {
  test("a chunk out of order is 416, the session stays, and asking it works with the failed URL", async () => {
    const location = await begin();
    (await patch(location, 0, 1_000)).expect(202);
    (await patch(location, 2_000, 3_000)).refuses(416, "RANGE_INVALID");
    (await patch(location, 500, 1_500)).refuses(416, "RANGE_INVALID");
    (await patch(location, 0, 1_000)).refuses(416, "RANGE_INVALID");
    const body = BLOB.bytes.slice(2_000);
    const headers = { "content-range": `2000-${BLOB.bytes.byteLength - 1}` };
    const refused = await finish(location, BLOB.digest, { body, headers });
    expect(refused.refuses(416, "RANGE_INVALID").error.detail).toMatchObject({ offset: 1_000 });
    for (const asked of [location, withQuery(location, `digest=${BLOB.digest}`)]) {
      const status = (await registry.admin.get(asked)).expect(204);
      expect(status.header("range")).toBe("0-999");
      expect(status.location).toBe(location);
    }
    (await patch(location, 1_000, 2_000)).expect(202);
    (await finish(location, BLOB.digest, { body })).expect(201);
    await expectBlob(BLOB.digest, BLOB.bytes);
  });

  test("a POST with everything begins at 0", async () => {
    const blob = piece(pattern(1_000, 9));
    const target = `${REPO}/blobs/uploads/?digest=${blob.digest}`;
    const headers = { "content-range": "5-1004" };
    const answer = await registry.admin.post(target, { body: blob.bytes, headers });
    answer.refuses(416, "RANGE_INVALID");
    await expectNoBlob(blob.digest);
  });

  test.each([
    ["abc", 400, "BLOB_UPLOAD_INVALID"],
    ["-5", 400, "BLOB_UPLOAD_INVALID"],
    ["0-", 400, "BLOB_UPLOAD_INVALID"],
    ["0-9,20-29", 400, "BLOB_UPLOAD_INVALID"],
    ["bytes=0-9", 400, "BLOB_UPLOAD_INVALID"],
    ["0x0-0x9", 400, "BLOB_UPLOAD_INVALID"],
    ["9-0", 416, "RANGE_INVALID"],
    ["0-99999999999999999999999", 416, "RANGE_INVALID"],
    ["bytes 0-9/5", 416, "RANGE_INVALID"],
  ])("`Content-Range: %s` is %d and leaves no trace", async (range, status, code) => {
    const location = await begin();
    const headers = { "content-range": range };
    const body = BLOB.bytes.slice(0, 10);
    (await registry.admin.patch(location, { body, headers })).refuses(status, code);
    expect((await registry.admin.get(location)).header("range")).toBe("0-0");
    (await finish(location, BLOB.digest, { body: BLOB.bytes })).expect(201);
  });

  test("a length that differs from the range is refused, with and without `Content-Length`", async () => {
    const location = await begin();
    (await patch(location, 0, 10)).expect(202);
    const headers = { "content-range": "10-29" };
    for (const body of [BLOB.bytes.slice(10, 20), BLOB.bytes.slice(10, 60)]) {
      (await registry.admin.patch(location, { body, headers })).refuses(400, "SIZE_INVALID");
      const unsaid = { body: chunked(body), headers };
      (await registry.admin.patch(location, unsaid)).refuses(400, "SIZE_INVALID");
    }
    expect((await registry.admin.get(location)).header("range")).toBe("0-9");
    (await finish(location, BLOB.digest, { body: BLOB.bytes.slice(10) })).expect(201);
    await expectBlob(BLOB.digest, BLOB.bytes);
  });
});

describe("a digest", () => {
  test("that the bytes do not have is 400, and nothing becomes visible", async () => {
    const location = await begin();
    (await patch(location, 0, 100)).expect(202);
    const rest = BLOB.bytes.slice(100);
    (await finish(location, WRONG, { body: rest })).refuses(400, "DIGEST_INVALID");
    await expectNoBlob(WRONG);
    (await registry.admin.get(location)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
    const target = `${REPO}/blobs/uploads/?digest=${WRONG}`;
    (await registry.admin.post(target, { body: "other bytes" })).refuses(400, "DIGEST_INVALID");
    await expectNoBlob(WRONG);
  });

  test("that is missing or malformed is 400 before a byte is read, and the session stays", async () => {
    const location = await begin();
    for (const digest of ["", "sha256:abc", `md5:${"0".repeat(32)}`, WRONG.toUpperCase()]) {
      const target = withQuery(location, digest === "" ? "x=1" : `digest=${digest}`);
      (await registry.admin.put(target, { body: BLOB.bytes })).refuses(400, "DIGEST_INVALID");
    }
    expect((await registry.admin.get(location)).expect(204).header("range")).toBe("0-0");
  });

  table(
    () => registry.admin,
    [
      ...[
        "digest=sha256:abc",
        "digest=",
        "mount=sha256:zz&from=team/x",
        "digest-algorithm=blake3",
      ].map((query) => ({
        it: "is judged when the session opens",
        ask: `POST ${REPO}/blobs/uploads/?${query}`,
        gives: 400,
        code: "DIGEST_INVALID",
      })),
    ],
  );

  test("with a length that does not hold is never believed", async () => {
    const answer = await raw(
      registry.admin,
      `POST ${REPO}/blobs/uploads/?digest=${BLOB.digest}`,
      ["Content-Length: 7", "Content-Length: 7"],
      "1234567",
    );
    expect(answer.status).toBe(400);
  });
});

test("a blob larger than allowed is 413, with and without a length, and the session stays", async () => {
  const small = await startRegistry({ settings: { "uploads.max_size": 1_000 } });
  try {
    await pushBlob(small.admin, "team/app", piece(pattern(1_000)));
    const { location } = await small.admin.post(`${REPO}/blobs/uploads/`);
    for (const body of [pattern(1_001), chunked(pattern(700), pattern(700))]) {
      (await small.admin.patch(location, { body })).refuses(413, "SIZE_INVALID");
    }
    const target = `${REPO}/blobs/uploads/?digest=${WRONG}`;
    (await small.admin.post(target, { body: pattern(2_000) })).refuses(413, "SIZE_INVALID");
  } finally {
    await small.close();
  }
});
