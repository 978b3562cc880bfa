import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { openContent } from "../../src/features/content/service.ts";
import { DAY, ManualClock } from "../../src/kernel/clock.ts";
import { openFilesystemBlobs } from "../../src/platform/blobs/filesystem.ts";
import { contentSettings } from "../../src/settings.ts";
import type { Account } from "../support/accounts.ts";
import { openFresh } from "../support/database.ts";
import type { HttpClient } from "../support/http-client.ts";
import { pattern, piece, pushBlob, withQuery } from "../support/images.ts";
import { head, openRaw } from "../support/raw-exchange.ts";
import { startRegistry, storageOf, type TestRegistry } from "../support/registry.ts";

const OTHER: Account = { name: "other", password: "another administrator", administrator: true };
const REPO = "/v2/team/app";
const SIZE = 6_000_000;
const BLOB = piece(pattern(SIZE));
/** More than the server gathers before it writes. */
const PART = 4_000_000;
const ANNOUNCED = `Content-Length: ${SIZE}`;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({ accounts: [OTHER] });
});
afterAll(() => registry.close());

async function begin(client = registry.admin, repository = REPO): Promise<string> {
  return (await client.post(`${repository}/blobs/uploads/`)).expect(202).location;
}

function put(client: HttpClient, location: string, from: number) {
  const target = withQuery(location, `digest=${BLOB.digest}`);
  return client.put(target, { body: BLOB.bytes.slice(from) });
}

function staged(of: TestRegistry): Promise<string[]> {
  return readdir(join(storageOf(of), "uploads"));
}

async function rangeOf(client: HttpClient, location: string): Promise<string> {
  return (await client.get(location)).expect(204).header("range");
}

describe("a session belongs to whoever opened it, in the repository it was opened in", () => {
  async function expectUnknown(client: HttpClient, location: string): Promise<void> {
    const nobodys = location.replace(/[^/]+$/, "0".repeat(32));
    for (const method of ["GET", "PATCH", "PUT", "DELETE"]) {
      const body = method === "GET" || method === "DELETE" ? undefined : "stolen";
      const query = `digest=${BLOB.digest}`;
      const theirs = await client.send(method, withQuery(location, query), { body });
      const unknown = await client.send(method, withQuery(nobodys, query), { body });
      theirs.refuses(404, "BLOB_UPLOAD_UNKNOWN");
      expect(theirs.text).toBe(unknown.text);
    }
  }

  test("to anybody else it is unknown", async () => {
    const location = await begin();
    (await registry.admin.patch(location, { body: BLOB.bytes.slice(0, 10) })).expect(202);
    await expectUnknown(registry.as(OTHER), location);
    expect(await rangeOf(registry.admin, location)).toBe("0-9");
    (await put(registry.admin, location, 10)).expect(201);
  });

  test("in another repository it is unknown", async () => {
    const location = await begin();
    await begin(registry.admin, "/v2/team/other");
    await expectUnknown(registry.admin, location.replace("team/app", "team/other"));
    await expectUnknown(registry.admin, location.replace("team/app", "no/such"));
    (await put(registry.admin, location, 0)).expect(201);
  });

  test("even while it is being written to", async () => {
    const location = await begin();
    const writer = await openRaw(registry.admin);
    writer.send(head(registry.admin, `PATCH ${location}`, [ANNOUNCED]));
    writer.send(BLOB.bytes.slice(0, PART));
    while ((await rangeOf(registry.admin, location)) === "0-0") await Bun.sleep(1);
    await expectUnknown(registry.as(OTHER), location);
    writer.send(BLOB.bytes.slice(PART));
    await writer.until(({ received }) => received.includes("202 Accepted"));
    writer.end();
    (await put(registry.admin, location, SIZE)).expect(201);
  });

  test("ids cannot be guessed from one another", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => begin()));
    const prefixes = new Set(ids.map((location) => (location.split("/").at(-1) ?? "").slice(0, 6)));
    expect(prefixes.size).toBe(20);
    for (const location of ids) (await registry.admin.delete(location)).expect(204);
  });
});

describe("two requests on one session", () => {
  test("never interleave: while bytes arrive, the second is 416", async () => {
    const location = await begin();
    const first = await openRaw(registry.admin);
    first.send(head(registry.admin, `PATCH ${location}`, [ANNOUNCED]));
    first.send(BLOB.bytes.slice(0, PART));
    while ((await rangeOf(registry.admin, location)) === "0-0") await Bun.sleep(1);
    const second = await registry.admin.patch(location, { body: pattern(1_000, 7) });
    expect(second.refuses(416, "RANGE_INVALID").error.detail).toMatchObject({
      reason: "upload.busy",
    });
    (await put(registry.admin, location, 0)).refuses(416, "RANGE_INVALID");
    (await registry.admin.delete(location)).refuses(416, "RANGE_INVALID");
    first.send(BLOB.bytes.slice(PART));
    await first.until(({ received }) => received.includes("\r\n\r\n"));
    expect(first.received).toContain("202 Accepted");
    first.end();
    (await put(registry.admin, location, SIZE)).expect(201);
  });

  test("sixteen at once: each chunk is taken whole or refused", async () => {
    const location = await begin();
    const chunks = Array.from({ length: 16 }, (_, number) => pattern(30_000, number + 20));
    const answers = await Promise.all(
      chunks.map((body) => registry.admin.patch(location, { body })),
    );
    const taken = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 416);
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length + refused.length).toBe(16);
    const end = Math.max(...taken.map((answer) => Number(answer.header("range").slice(2))));
    expect(end + 1).toBe(taken.length * 30_000);
    expect(await rangeOf(registry.admin, location)).toBe(`0-${end}`);
    // The bytes on the disk are the chunks, one after the other.
    const id = location.split("/").at(-1) ?? "";
    const file = Bun.file(join(storageOf(registry), "uploads", id));
    const stored = new Uint8Array(await file.arrayBuffer());
    const known = new Set(chunks.map((chunk) => piece(chunk).digest));
    for (let at = 0; at < stored.byteLength; at += 30_000) {
      expect(known.has(piece(stored.slice(at, at + 30_000)).digest)).toBe(true);
    }
    (await registry.admin.delete(location)).expect(204);
  });

  test("sixteen closing PUTs at once: one makes the blob, and none leaves bytes behind", async () => {
    for (let round = 0; round < 5; round++) {
      const blob = piece(pattern(50_000, 100 + round));
      const location = await begin();
      const target = withQuery(location, `digest=${blob.digest}`);
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => registry.admin.put(target, { body: blob.bytes })),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 201).length).toBe(1);
      for (const status of statuses) expect([201, 404, 416]).toContain(status);
      const found = (await registry.admin.get(`${REPO}/blobs/${blob.digest}`)).expect(200);
      expect(piece(found.body).digest).toBe(blob.digest);
    }
    expect(await staged(registry)).toEqual([]);
  });
});

test("twelve pushes of one blob at once all succeed, and one copy is kept", async () => {
  const blob = piece(pattern(300_000, 42));
  const repositories = Array.from({ length: 12 }, (_, number) => `same/r${number % 4}`);
  await Promise.all(repositories.map((name) => pushBlob(registry.admin, name, blob)));
  const hex = blob.digest.slice("sha256:".length);
  const files = await readdir(join(storageOf(registry), "blobs"), { recursive: true });
  expect(files.filter((name) => name.includes(hex)).length).toBe(1);
  expect(await staged(registry)).toEqual([]);
});

describe("a client that leaves", () => {
  /** Resolves when some of the bytes are staged. */
  async function underWay(location: string): Promise<void> {
    while ((await rangeOf(registry.admin, location)) === "0-0") await Bun.sleep(1);
  }

  async function resume(location: string): Promise<void> {
    for (;;) {
      const offset = Number((await rangeOf(registry.admin, location)).slice(2)) + 1;
      expect(offset).toBeGreaterThan(1);
      const headers = { "content-range": `${offset}-${SIZE - 1}` };
      const target = withQuery(location, `digest=${BLOB.digest}`);
      const answer = await registry.admin.put(target, { body: BLOB.bytes.slice(offset), headers });
      if (answer.status === 201) break;
      // The server may not have seen yet that the other connection is gone.
      answer.refuses(416, "RANGE_INVALID");
    }
    const found = (await registry.admin.get(`${REPO}/blobs/${BLOB.digest}`)).expect(200);
    expect(piece(found.body).digest).toBe(BLOB.digest);
  }

  test.each([ANNOUNCED, "Transfer-Encoding: chunked"])(
    "in the middle of a PATCH goes on from what has arrived (%s)",
    async (length) => {
      const location = await begin();
      const client = await openRaw(registry.admin);
      client.send(head(registry.admin, `PATCH ${location}`, [length]));
      const body = BLOB.bytes.slice(0, PART);
      if (length.startsWith("T")) client.send(`${body.byteLength.toString(16)}\r\n`);
      client.send(body);
      await underWay(location);
      client.end();
      await resume(location);
    },
  );

  test("half-closed: what it said it would send is missing, so nothing is acknowledged", async () => {
    const location = await begin();
    const client = await openRaw(registry.admin);
    client.send(head(registry.admin, `PATCH ${location}`, [ANNOUNCED]));
    client.send(BLOB.bytes.slice(0, PART));
    client.socket.end();
    await client.untilClosed();
    expect(client.received).not.toContain(" 202 ");
    await resume(location);
  });

  test("in the middle of a POST with everything leaves nothing", async () => {
    const before = await staged(registry);
    const client = await openRaw(registry.admin);
    const target = `POST ${REPO}/blobs/uploads/?digest=${piece("never whole").digest}`;
    client.send(head(registry.admin, target, [ANNOUNCED]));
    client.send(BLOB.bytes.slice(0, PART));
    while ((await staged(registry)).length === before.length) await Bun.sleep(1);
    client.end();
    while ((await staged(registry)).length > before.length) await Bun.sleep(1);
  });

  test("is nobody's fault: nothing of it is in the log", () => {
    expect(registry.log).toEqual([]);
  });
});

test("a restart loses nothing that was acknowledged, and the upload goes on", async () => {
  const own = await startRegistry();
  try {
    const location = await begin(own.admin);
    (await own.admin.patch(location, { body: BLOB.bytes.slice(0, PART) })).expect(202);
    const fresh = await begin(own.admin);
    await own.restart();
    expect(await rangeOf(own.admin, location)).toBe(`0-${PART - 1}`);
    const headers = { "content-range": "0-9" };
    (await own.admin.patch(location, { body: "0123456789", headers })).refuses(
      416,
      "RANGE_INVALID",
    );
    (await put(own.admin, location, PART)).expect(201);
    (await put(own.admin, fresh, 0)).expect(201);
    await own.restart();
    const found = (await own.admin.get(`${REPO}/blobs/${BLOB.digest}`)).expect(200);
    expect(piece(found.body).digest).toBe(BLOB.digest);
  } finally {
    await own.close();
  }
});

describe("abandoned sessions", () => {
  test("are bounded for each account: 429 with Retry-After, until one of them ends", async () => {
    const settings = { "uploads.max_per_principal": 3 };
    const own = await startRegistry({ settings, accounts: [OTHER] });
    try {
      const open = [await begin(own.admin), await begin(own.admin), await begin(own.admin)];
      const refused = await own.admin.post(`${REPO}/blobs/uploads/`);
      refused.refuses(429, "TOOMANYREQUESTS");
      expect(refused.header("retry-after")).toBe("30");
      (await own.as(OTHER).post(`${REPO}/blobs/uploads/`)).expect(202);
      const whole = `${REPO}/blobs/uploads/?digest=${BLOB.digest}`;
      (await own.admin.post(whole, { body: BLOB.bytes })).expect(201);
      (await own.admin.delete(open[0] ?? "")).expect(204);
      await begin(own.admin);
      const many = await Promise.all(
        Array.from({ length: 20 }, () => own.as(OTHER).post(`${REPO}/blobs/uploads/`)),
      );
      expect(many.filter(({ status }) => status === 202).length).toBe(2);
    } finally {
      await own.close();
    }
  });

  test("expire: unknown to their owner, and the purge drops their bytes", async () => {
    const own = await startRegistry();
    try {
      const location = await begin(own.admin);
      (await own.admin.patch(location, { body: BLOB.bytes })).expect(202);
      await pushBlob(own.admin, "team/app", piece("kept"));
      const file = join(storageOf(own), "uploads", location.split("/").at(-1) ?? "");
      expect((await stat(file)).size).toBe(SIZE);
      await own.stop();
      const db = await openFresh(own.database);
      const blobs = await openFilesystemBlobs({ root: storageOf(own) });
      const clock = new ManualClock(Date.now() + 8 * DAY);
      const settings = contentSettings(loadConfig({}).config);
      const { jobs } = openContent({
        db,
        blobs,
        clock,
        settings,
        changed: () => {},
        revision: { changed: async () => {} },
        admit: async () => {},
        audit: { witness: (doer) => ({ doer, at: clock.now(), headKey: "00".repeat(32) }) },
      });
      const { signal } = new AbortController();
      const purge = jobs.find(({ kind }) => kind === "content.purge-uploads");
      const context = { jobId: "a", attempt: 1, signal, log: () => {}, progress: () => {} };
      await purge?.run(null, { ...context, now: () => clock.now() });
      await db.close();
      expect(await staged(own)).toEqual([]);
      await own.restart();
      (await own.admin.get(location)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
      (await put(own.admin, location, 0)).refuses(404, "BLOB_UPLOAD_UNKNOWN");
      (await own.admin.get(`${REPO}/blobs/${piece("kept").digest}`)).expect(200);
    } finally {
      await own.close();
    }
  });
});
