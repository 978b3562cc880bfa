import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { pattern } from "../../../../tests/support/images.ts";
import { archive, type Entry } from "../../../../tests/support/tar.ts";
import type { BlobBody } from "../../../platform/blobs/port.ts";
import { openIsolation } from "../../../platform/isolation/spawn.ts";
import type { InsightSettings } from "../settings.ts";
import { type Analyst, openAnalyst } from "./ask.ts";
import { TroubleError } from "./trouble.ts";

setDefaultTimeout(60_000);

const MEBIBYTE = 1024 * 1024;

const LIMITS: InsightSettings["limits"] = {
  entries: 5_000,
  unpacked: 512 * MEBIBYTE,
  ratio: 100,
  time: 30_000,
  memory: 1024 * MEBIBYTE,
};

const isolation = openIsolation(new URL("../../../main.ts", import.meta.url));

function analystOf(limits: Partial<InsightSettings["limits"]> = {}): Analyst {
  return openAnalyst(isolation, { enabled: true, limits: { ...LIMITS, ...limits } });
}

async function indexed(layer: BlobBody, limits: Partial<InsightSettings["limits"]> = {}) {
  const firsts: string[] = [];
  const chunk = async ({ first }: { first: string }) => void firsts.push(first);
  const signal = new AbortController().signal;
  const summary = await analystOf(limits).index(layer, chunk, signal);
  return { ...summary, firsts };
}

async function trouble(layer: BlobBody, limits: Partial<InsightSettings["limits"]> = {}) {
  try {
    await indexed(layer, limits);
  } catch (error) {
    return error instanceof TroubleError ? error.trouble : String(error);
  }
  return "none";
}

function many(count: number): Entry[] {
  return Array.from({ length: count }, (_, at) => ({ name: `some/folder-${at % 9}/file-${at}` }));
}

const plain = new Uint8Array(archive([{ name: "etc/passwd", body: "root" }, { name: "b" }]));

const noisy = archive([{ name: "noise", body: pattern(40_000) }]);

/** A file of zeros, which unpacks to a thousand times its size. */
function zeros(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(archive([{ name: "zeros", body: new Uint8Array(bytes) }])));
}

describe("a layer is read whatever it is packed with", () => {
  test.each<[string, Uint8Array<ArrayBuffer>]>([
    ["nothing", plain],
    ["gzip", new Uint8Array(gzipSync(plain))],
    [
      "several members of gzip",
      new Uint8Array(
        Buffer.concat([gzipSync(plain.subarray(0, 700)), gzipSync(plain.subarray(700))]),
      ),
    ],
    ["zstd", new Uint8Array(zstdCompressSync(plain))],
    [
      "several frames of zstd",
      new Uint8Array(
        Buffer.concat([
          zstdCompressSync(plain.subarray(0, 700)),
          zstdCompressSync(plain.subarray(700)),
        ]),
      ),
    ],
  ])("%s", async (_, layer) => {
    expect(await indexed(layer)).toMatchObject({ entries: 3, files: 2, bytesOfFiles: 4 });
  });

  test("no bytes at all are no files", async () => {
    expect(await indexed(new Uint8Array(0))).toMatchObject({ entries: 0, firsts: [] });
  });
});

describe("hostile layers end as failed, with the reason (A55)", () => {
  test.each<[string, () => Uint8Array<ArrayBuffer>, string]>([
    ["a bomb", () => zeros(900 * MEBIBYTE), "limit.ratio"],
    [
      "an archive with too many entries",
      () => new Uint8Array(gzipSync(archive(many(6_000)))),
      "limit.entries",
    ],
    [
      "gzip that is cut short",
      () => new Uint8Array(gzipSync(noisy).subarray(0, 20_000)),
      "damaged",
    ],
    [
      "zstd that is cut short",
      () => new Uint8Array(zstdCompressSync(noisy).subarray(0, 20_000)),
      "damaged",
    ],
    ["gzip of noise", () => new Uint8Array(gzipSync(Buffer.from("noise ".repeat(500)))), "damaged"],
    ["a gzip header and nothing more", () => new Uint8Array([0x1f, 0x8b, 8, 0]), "damaged"],
    ["xz", () => new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2, 3]), "compression"],
    ["bzip2", () => new Uint8Array(Buffer.from("BZh91AY&SY")), "compression"],
    [
      "zstd that wants a window of 2 GiB",
      () => new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 1, 0, 0, 0]),
      "damaged",
    ],
    [
      "a name without end",
      () => new Uint8Array(archive([{ name: "x".repeat(5_000) }])),
      "limit.name",
    ],
  ])("%s", async (_, layer, expected) => {
    expect(await trouble(layer(), { unpacked: 2_048 * MEBIBYTE })).toEqual(expected);
  });

  test("what unpacks to more than it may", async () => {
    expect(await trouble(zeros(80 * MEBIBYTE), { unpacked: 64 * MEBIBYTE })).toBe("limit.unpacked");
    expect(await trouble(zeros(80 * MEBIBYTE), { unpacked: 96 * MEBIBYTE })).toBe("none");
  });

  test("what takes more memory than it may", async () => {
    const layer = new Uint8Array(gzipSync(archive(many(60_000))));
    expect(await trouble(layer, { entries: 1_000_000, memory: 90 * MEBIBYTE })).toBe(
      "limit.memory",
    );
  });

  test("what takes longer than it may", async () => {
    const never = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(plain.subarray(0, 600)),
    });
    expect(await trouble(never, { time: 500 })).toBe("limit.time");
  });
});

describe("the process that analyses", () => {
  test("when it is killed, is a crash and no summary", async () => {
    const leaving = new AbortController();
    const never = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(plain.subarray(0, 600)),
    });
    const asked = analystOf().index(never, async () => {}, leaving.signal);
    leaving.abort();
    await expect(asked).rejects.toMatchObject({ trouble: "crashed" });
  });

  test("gives the bytes of one file, and no more than them", async () => {
    const body = "0123456789".repeat(40_000);
    const layer = new Uint8Array(
      zstdCompressSync(
        archive([
          { name: "a", body: "before" },
          { name: "b", body },
        ]),
      ),
    );
    const run = analystOf().extract(layer, 1_536, body.length);
    const pieces: Uint8Array[] = [];
    for await (const piece of run.output) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe(body);
    expect((await run.ended).code).toBe(0);
    const beyond = analystOf().extract(layer, 1_536, 10_000_000);
    for await (const _ of beyond.output);
    expect((await beyond.ended).code).toBe(1);
  });

  test("takes the texts out of a chart, and nothing out of a bomb", async () => {
    const chart = archive([
      { name: "app/values.yaml", body: "a: 1" },
      { name: "app/README.md", body: "x".repeat(600_000) },
      { name: "../values.yaml", body: "evil" },
    ]);
    expect(await analystOf().chart(new Uint8Array(gzipSync(chart)))).toEqual({
      values: "a: 1",
      readme: null,
    });
    await expect(analystOf().chart(zeros(80 * MEBIBYTE))).rejects.toMatchObject({
      trouble: "limit.unpacked",
    });
  });
});
