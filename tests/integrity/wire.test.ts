import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { until } from "../../scripts/lib/run.ts";
import {
  image,
  type Piece,
  pattern,
  piece,
  pushBlob,
  pushImage,
  putManifest,
  withQuery,
} from "../support/images.ts";
import { startRegistry, storageOf, type TestRegistry } from "../support/registry.ts";
import { filesIn, harm } from "./bench.ts";

setDefaultTimeout(60_000);

const READER = { name: "reader", password: "somebody who only pulls", administrator: false };
const SMALL = piece(pattern(5_000, 1));
const LARGE = piece(pattern(1_500_000, 2));
const FINDINGS = "/api/v1/integrity/findings?open=true";

let registry: TestRegistry | undefined;
afterEach(async () => {
  const running = registry;
  registry = undefined;
  await running?.close();
});

async function start(): Promise<TestRegistry> {
  registry = await startRegistry({
    accounts: [READER],
    projects: [{ name: "team" }],
    bindings: [{ to: READER.name, role: "guest", on: "team" }],
  });
  return registry;
}

const at = (blob: Piece, repository = "team/app") => `/v2/${repository}/blobs/${blob.digest}`;

async function json<T>({ admin }: TestRegistry, path: string): Promise<T> {
  return JSON.parse((await admin.get(path)).expect(200).text);
}

interface Told {
  readonly id: string;
  readonly state: string;
  readonly damaged: number;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** Waits until what is told at a path is as wanted; gives it. */
function once(what: string, running: TestRegistry, path: string, isSo: (told: Told) => boolean) {
  return until(what, async () => {
    const told = await json<Told>(running, path);
    return isSo(told) ? told : undefined;
  });
}

/** Checks everything, as an administrator does who asks for it; gives what came of it. */
async function scrub(running: TestRegistry) {
  const headers = { "content-type": "application/json" };
  const asked = await running.admin.post("/api/v1/integrity/scrubs", { headers, body: "{}" });
  const { id } = JSON.parse(asked.expect(201).text);
  return once(
    "the end of the scrub",
    running,
    `/api/v1/integrity/scrubs/${id}`,
    ({ state }) => state === "done",
  );
}

/** Flips a bit of a blob's stored copy behind the registry's back, and has it found. */
async function damage(running: TestRegistry, blob: Piece): Promise<void> {
  const root = storageOf(running);
  const hex = blob.digest.slice("sha256:".length);
  const [file = ""] = (await filesIn(root)).filter((name) => name.includes(hex));
  await harm(join(root, file), "flip");
  expect(await scrub(running)).toMatchObject({ damaged: 1, unreadable: 0 });
}

async function monolithic({ admin }: TestRegistry, blob: Piece): Promise<void> {
  const target = `/v2/team/app/blobs/uploads/?digest=${blob.digest}`;
  (await admin.post(target, { body: blob.bytes })).expect(201);
}

async function inChunks({ admin }: TestRegistry, blob: Piece): Promise<void> {
  const half = blob.bytes.byteLength >> 1;
  const { location } = (await admin.post("/v2/team/app/blobs/uploads/")).expect(202);
  const sent = await admin.patch(location, { body: blob.bytes.slice(0, half) });
  const end = withQuery(sent.expect(202).location, `digest=${blob.digest}`);
  (await admin.put(end, { body: blob.bytes.slice(half) })).expect(201);
}

const elsewhere = ({ admin }: TestRegistry, blob: Piece) => pushBlob(admin, "team/other", blob);

describe("a flipped bit", () => {
  test.each([
    ["small", "one request", SMALL, monolithic],
    ["large", "chunks", LARGE, inChunks],
    ["large", "a push elsewhere", LARGE, elsewhere],
  ] as const)(
    "in a %s blob is refused by every way, and healed by %s",
    async (_size, _how, blob, push) => {
      const running = await start();
      const { admin } = running;
      const reader = running.as(READER);
      await pushImage(admin, "team/app", "v1", [blob]);
      (await reader.get(at(blob))).expect(200);
      await damage(running, blob);
      const refused = (await reader.get(at(blob))).refuses(503, "UNAVAILABLE");
      expect(refused.text).toContain("Push the same content again");
      expect(Number(refused.header("retry-after"))).toBeGreaterThan(0);
      (await reader.get(at(blob), { range: "bytes=0-9" })).expect(503);
      (await reader.get(at(blob), { "if-none-match": `"${blob.digest}"` })).expect(503);
      (await reader.head(at(blob))).expect(503);
      // Whoever may push is told to send it again.
      (await admin.head(at(blob))).expect(404);
      const mount = `/v2/team/new/blobs/uploads/?mount=${blob.digest}`;
      for (const target of [mount, `${mount}&from=team/app`]) {
        (await admin.post(target)).expect(202);
      }
      (await putManifest(admin, "team/app", "v2", image([blob]))).refuses(
        404,
        "MANIFEST_BLOB_UNKNOWN",
      );
      const [finding] = (await json<Told>(running, FINDINGS)).items;
      expect(finding).toMatchObject({ kind: "corrupt", digest: blob.digest, closedAt: null });
      expect(finding?.repositories).toEqual(["team/app"]);
      const metrics = (await admin.get("/metrics")).expect(200).text;
      expect(metrics).toContain('entrepot_integrity_findings_open{kind="corrupt"} 1');

      await push(running, blob);
      const healed = (await reader.get(at(blob))).expect(200);
      expect(piece(healed.body).digest).toBe(blob.digest);
      (await admin.head(at(blob))).expect(200);
      (await putManifest(admin, "team/app", "v2", image([blob]))).expect(201);
      await once("the end of the finding", running, FINDINGS, ({ items }) => items.length === 0);
      const [closed] = (await json<Told>(running, "/api/v1/integrity/findings")).items;
      expect(closed).toMatchObject({ id: finding?.id, closedAs: "pushed" });
      expect(await scrub(running)).toMatchObject({ damaged: 0 });
      expect(await json<unknown>(running, "/api/v1/integrity")).toMatchObject({
        current: null,
        last: { damaged: 0, state: "done" },
      });
    },
  );
});

test("a scrub that a stop interrupted goes on at the next start", async () => {
  const running = await start();
  await pushImage(running.admin, "team/app", "v1", [LARGE]);
  const slow = { "integrity.scrub_rate": "64KiB" };
  await running.restart(slow);
  const headers = { "content-type": "application/json" };
  const asked = await running.admin.post("/api/v1/integrity/scrubs", { headers, body: "{}" });
  const { id } = JSON.parse(asked.expect(201).text);
  await running.restart({ "integrity.scrub_rate": "unlimited" });
  await once(
    "the end of the scrub",
    running,
    `/api/v1/integrity/scrubs/${id}`,
    ({ state, damaged }) => state === "done" && damaged === 0,
  );
});
