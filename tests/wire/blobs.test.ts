import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Account } from "../support/accounts.ts";
import type { Answer } from "../support/answer.ts";
import {
  image,
  type Piece,
  pattern,
  piece,
  pushBlob,
  pushImage,
  putManifest,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { checkAlways, checkHeaders, type Row, table } from "../support/table.ts";

const READER: Account = { name: "reader", password: "may do nothing", administrator: false };
/** One that is answered from memory, one that the kernel sends from its file, and none at all. */
const SMALL = piece(pattern(10_000, 5));
const LARGE = piece(pattern(2_000_000, 6));
const EMPTY = piece("");
const USED = piece("a layer that an image uses");
const UNKNOWN = piece("never pushed").digest;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ accounts: [READER] });
  for (const blob of [SMALL, LARGE, EMPTY]) await pushBlob(registry.admin, "team/app", blob);
});
afterAll(() => registry.close());

const at = (blob: Piece, repository = "team/app") => `/v2/${repository}/blobs/${blob.digest}`;

function describes(blob: Piece, length = blob.bytes.byteLength) {
  return {
    "content-type": "application/octet-stream",
    "docker-content-digest": blob.digest,
    etag: `"${blob.digest}"`,
    "accept-ranges": "bytes",
    "content-disposition": "attachment",
    "content-length": String(length),
  };
}

describe.each([
  ["of 10 kB", SMALL],
  ["of 2 MB", LARGE],
  ["of nothing", EMPTY],
])("a blob %s", (_, blob) => {
  const whole = { gives: 200, headers: { ...describes(blob), "content-range": null } };
  const body = blob.bytes;
  // With a Range that does not count, what lies in a file is streamed, and that is without a length.
  const { "content-length": _length, ...streamed } = describes(blob);
  const ignored = { gives: 200, headers: { ...streamed, "content-range": null }, body };
  table(
    () => registry.admin,
    [
      { it: "comes whole", ask: `GET ${at(blob)}`, ...whole, body },
      { it: "has the same head", ask: `HEAD ${at(blob)}`, ...whole },
      {
        it: "is not compressed, as containerd offers",
        ask: `GET ${at(blob)}`,
        with: { "accept-encoding": "zstd,gzip,deflate" },
        ...whole,
        body,
      },
      ...[
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "chunks=0-1",
        "bytes=0-0,5-6",
        "0-5",
        "bytes=0 - 1",
      ].map(
        (range): Row => ({
          it: `a Range that is none or several is ignored (${range})`,
          ask: `GET ${at(blob)}`,
          with: { range },
          ...ignored,
        }),
      ),
      {
        it: "If-Range of other content makes it whole",
        ask: `GET ${at(blob)}`,
        with: { range: "bytes=1-2", "if-range": '"sha256:other"' },
        ...ignored,
      },
      {
        it: "If-Range of a time makes it whole",
        ask: `GET ${at(blob)}`,
        with: { range: "bytes=1-2", "if-range": "Wed, 21 Oct 2015 07:28:00 GMT" },
        ...ignored,
      },
      ...[`"${blob.digest}"`, `W/"${blob.digest}"`, blob.digest, `"x", "${blob.digest}"`, "*"].map(
        (etag): Row => ({
          it: "is not sent again",
          ask: `GET ${at(blob)}`,
          with: { "if-none-match": etag, range: "bytes=0-1" },
          gives: 304,
          headers: { etag: `"${blob.digest}"`, "docker-content-digest": blob.digest },
        }),
      ),
      {
        it: "nor its head",
        ask: `HEAD ${at(blob)}`,
        with: { "if-none-match": `"${blob.digest}"` },
        gives: 304,
      },
      {
        it: "is sent to whoever has another one",
        ask: `GET ${at(blob)}`,
        with: { "if-none-match": '"sha256:other"' },
        ...whole,
        body,
      },
    ],
  );
});

describe.each([
  ["of 10 kB", SMALL],
  ["of 2 MB", LARGE],
])("a range of a blob %s", (_, blob) => {
  const size = blob.bytes.byteLength;
  const slices: [range: string, start: number, end: number][] = [
    ["bytes=0-0", 0, 0],
    ["bytes=0-499", 0, 499],
    ["bytes=500-999", 500, 999],
    [`bytes=${size - 1}-`, size - 1, size - 1],
    ["bytes=9000-", 9_000, size - 1],
    ["bytes=-100", size - 100, size - 1],
    [`bytes=-${size + 5_000}`, 0, size - 1],
    [`bytes=100-${size + 5_000}`, 100, size - 1],
    ["bytes=100-99999999999999999999", 100, size - 1],
    ["BYTES=1-2", 1, 2],
  ];
  const partial = (range: string, start: number, end: number): Row => ({
    it: `${range} is a part`,
    ask: `GET ${at(blob)}`,
    with: { range },
    gives: 206,
    headers: {
      ...describes(blob, end - start + 1),
      "content-range": `bytes ${start}-${end}/${size}`,
    },
    body: blob.bytes.slice(start, end + 1),
  });
  const ranges = [`bytes=${size}-`, `bytes=${size + 10}-${size + 20}`, "bytes=500-0", "bytes=-0"];
  table(
    () => registry.admin,
    [
      ...slices.map((slice) => partial(...slice)),
      {
        ...partial("bytes=1-2", 1, 2),
        it: "If-Range of this content keeps it a part",
        with: { range: "bytes=1-2", "if-range": `"${blob.digest}"` },
      },
      ...ranges.map(
        (range): Row => ({
          it: `${range} cannot be had`,
          ask: `GET ${at(blob)}`,
          with: { range },
          gives: 416,
          code: "RANGE_INVALID",
          headers: { "content-range": `bytes */${size}` },
        }),
      ),
    ],
  );

  test("HEAD says the same as GET", async () => {
    for (const [range] of [...slices, ...ranges.map((range) => [range] as const)]) {
      const got = await registry.admin.get(at(blob), { range });
      const head = await registry.admin.head(at(blob), { range });
      expect(head.status).toBe(got.status);
      expect(head.body.byteLength).toBe(0);
      for (const name of ["content-range", "docker-content-digest", "accept-ranges"]) {
        expect(`${name} ${head.header(name)}`).toBe(`${name} ${got.header(name)}`);
      }
      if (got.status === 206)
        expect(head.header("content-length")).toBe(got.header("content-length"));
    }
  });

  test("in parallel, dropped half-way by whoever has had enough, harms nobody", async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, number) => {
        const stop = new AbortController();
        const start = number * 100;
        const pending = fetch(new URL(at(blob), registry.url), {
          headers: { authorization: registry.admin.authorization ?? "", range: `bytes=${start}-` },
          signal: stop.signal,
        });
        const reader = (await pending).body?.getReader();
        await reader?.read();
        stop.abort();
        await reader?.read().catch(() => {});
      }),
    );
    const whole = (await registry.admin.get(at(blob))).expect(200);
    expect(piece(whole.body).digest).toBe(blob.digest);
    expect(registry.log).toEqual([]);
  });
});

describe("what is not there", () => {
  const missing = (ask: string, code: string): Row => ({ it: "is 404", ask, gives: 404, code });
  table(
    () => registry.admin,
    [
      missing(`GET /v2/team/app/blobs/${UNKNOWN}`, "BLOB_UNKNOWN"),
      missing(`HEAD /v2/team/app/blobs/${UNKNOWN}`, "BLOB_UNKNOWN"),
      missing(`DELETE /v2/team/app/blobs/${UNKNOWN}`, "BLOB_UNKNOWN"),
      missing(`GET /v2/no/such/blobs/${UNKNOWN}`, "NAME_UNKNOWN"),
      missing(`GET /v2/no/such/blobs/${SMALL.digest}`, "NAME_UNKNOWN"),
      missing(`DELETE /v2/no/such/blobs/${SMALL.digest}`, "NAME_UNKNOWN"),
    ],
  );

  test("is the same whether or not the blob is somewhere else", async () => {
    await pushBlob(registry.admin, "team/neighbour", piece("mine"));
    const elsewhere = await registry.admin.get(at(SMALL, "team/neighbour"));
    const nowhere = await registry.admin.get(`/v2/team/neighbour/blobs/${UNKNOWN}`);
    expect(elsewhere.refuses(404, "BLOB_UNKNOWN").text.replaceAll(SMALL.digest, UNKNOWN)).toBe(
      nowhere.text,
    );
  });
});

describe("mounting", () => {
  const mount = (to: string, query: string) =>
    registry.admin.post(`/v2/${to}/blobs/uploads/?${query}`);

  function expectSession(answer: Answer, repository: string): void {
    answer.expect(202);
    checkAlways(answer);
    checkHeaders(answer, {
      location: new RegExp(`: /v2/${repository}/blobs/uploads/[a-z0-9]{32}$`),
      range: "0-0",
      "docker-upload-uuid": /: [a-z0-9]{32}$/,
      "docker-content-digest": null,
    });
  }

  test("links what the source holds, without a byte", async () => {
    const answer = (await mount("mount/one", `mount=${LARGE.digest}&from=team/app`)).expect(201);
    checkAlways(answer);
    const location = `/v2/mount/one/blobs/${LARGE.digest}`;
    checkHeaders(answer, { location, "docker-content-digest": LARGE.digest });
    const found = (await registry.admin.get(location)).expect(200);
    expect(piece(found.body).digest).toBe(LARGE.digest);
  });

  test("finds a source by itself when none is named", async () => {
    (await mount("mount/two", `mount=${SMALL.digest}`)).expect(201);
    (await mount("mount/two", `mount=${SMALL.digest}&from=`)).expect(201);
    (await registry.admin.head(at(SMALL, "mount/two"))).expect(200);
  });

  test("of what cannot be mounted opens a session, of one shape whatever the reason", async () => {
    for (const query of [
      `mount=${UNKNOWN}`,
      `mount=${UNKNOWN}&from=team/app`,
      `mount=${SMALL.digest}&from=no/such`,
      `mount=${SMALL.digest}&from=team/neighbour`,
      `mount=${SMALL.digest}&from=Not%20a%20Name`,
      `mount=${SMALL.digest}&from=team%2Fapp%2F..%2Fapp`,
    ]) {
      const answer = await mount("mount/three", query);
      expectSession(answer, "mount/three");
      (await registry.admin.delete(answer.location)).expect(204);
    }
    (await registry.admin.head(at(SMALL, "mount/three"))).expect(404);
  });

  test("needs a right", async () => {
    const query = `mount=${SMALL.digest}&from=team/app`;
    const answer = await registry.as(READER).post(`/v2/mount/four/blobs/uploads/?${query}`);
    answer.refuses(403, "DENIED");
  });
});

describe("deleting", () => {
  test("in one repository leaves the others theirs; once more is 404; pushing brings it back", async () => {
    const blob = piece("shared by two");
    for (const name of ["del/a", "del/b"]) await pushBlob(registry.admin, name, blob);
    const answer = (await registry.admin.delete(at(blob, "del/a"))).expect(202);
    checkAlways(answer);
    checkHeaders(answer, { "content-length": "0" });
    (await registry.admin.get(at(blob, "del/a"))).refuses(404, "BLOB_UNKNOWN");
    (await registry.admin.head(at(blob, "del/a"))).expect(404);
    (await registry.admin.delete(at(blob, "del/a"))).refuses(404, "BLOB_UNKNOWN");
    expect((await registry.admin.get(at(blob, "del/b"))).expect(200).text).toBe("shared by two");
    (await registry.admin.delete(at(blob, "del/b"))).expect(202);
    await pushBlob(registry.admin, "del/a", blob);
    expect((await registry.admin.get(at(blob, "del/a"))).expect(200).text).toBe("shared by two");
    (await registry.admin.get(at(blob, "del/b"))).refuses(404, "BLOB_UNKNOWN");
  });

  test("what a live manifest uses is refused with the reason, unless forced by who may", async () => {
    const user = await pushImage(registry.admin, "del/used", "v1", [USED]);
    const refused = await registry.admin.delete(at(USED, "del/used"));
    const { error } = refused.refuses(405, "UNSUPPORTED");
    expect(error.detail).toMatchObject({ reason: "blob.in_use", manifest: user.digest });
    expect(refused.header("allow")).toBe("GET, HEAD");
    (await registry.admin.get(at(USED, "del/used"))).expect(200);
    const forced = `${at(USED, "del/used")}?force=true`;
    (await registry.as(READER).delete(forced)).refuses(403, "DENIED");
    (await registry.admin.delete(forced)).expect(202);
    (await registry.admin.get(at(USED, "del/used"))).refuses(404, "BLOB_UNKNOWN");
    (await registry.admin.delete(forced)).refuses(404, "BLOB_UNKNOWN");
    // The manifest stays, but nothing new may lean on what is gone.
    for (const query of [`mount=${USED.digest}&from=del/used`, `mount=${USED.digest}`]) {
      (await registry.admin.post(`/v2/del/mounted/blobs/uploads/?${query}`)).expect(202);
    }
    (await registry.admin.get("/v2/del/used/manifests/v1")).expect(200);
    const other = image([USED], { annotations: { other: "yes" } });
    const leaning = await putManifest(registry.admin, "del/used", "v2", other);
    leaning.refuses(404, "MANIFEST_BLOB_UNKNOWN");
    await pushBlob(registry.admin, "del/used", USED);
    (await putManifest(registry.admin, "del/used", "v2", other)).expect(201);
  });

  test("what only a deleted manifest used is possible, and a push brings both back", async () => {
    const made = await pushImage(registry.admin, "del/trash", "v1", [USED]);
    (await registry.admin.delete(`/v2/del/trash/manifests/${made.digest}`)).expect(202);
    (await registry.admin.delete(at(USED, "del/trash"))).expect(202);
    (await registry.admin.get(at(USED, "del/trash"))).refuses(404, "BLOB_UNKNOWN");
    await pushImage(registry.admin, "del/trash", "v1", [USED]);
    (await registry.admin.get(at(USED, "del/trash"))).expect(200);
  });
});
