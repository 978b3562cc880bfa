import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { digestOf } from "../../../../tests/support/images.ts";
import { newId } from "../../../kernel/ids.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import { BLOBS_FILE, DAMAGED_FILE, FORMAT } from "../format.ts";
import { writePack } from "./pack.ts";
import { ALGORITHMS, PREFIXES, Shelf, WrongBytes } from "./shelf.ts";
import { Snapshots } from "./snapshots.ts";
import { tidy } from "./tidy.ts";

let folder: string;
let snapshots: Snapshots;
let shelf: Shelf;
const { signal } = new AbortController();

beforeEach(() => openFolder());

afterEach(() => rm(folder, { recursive: true }));

async function openFolder(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), "entrepot-tidy-"));
  snapshots = new Snapshots(folder);
  shelf = new Shelf(folder);
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

const digests = Array.from({ length: 12 }, (_, at) => {
  const text = `blob ${at}`;
  const digest = digestOf(new TextEncoder().encode(text), at % 4 === 0 ? "sha512" : "sha256");
  if (!isDigest(digest)) throw new Error("not a digest");
  return { text, digest, size: text.length };
});

interface How {
  /** False: one that died before it was complete. */
  readonly isDone?: boolean;
  /** How many blobs it lacks, damaged at their source. */
  readonly damaged?: number;
}

/** A snapshot of some blobs. */
async function snapshot(
  at: number,
  which: readonly number[],
  { isDone = true, damaged: lacking = 0 }: How = {},
): Promise<string> {
  const id = newId(at * 1_000);
  const root = snapshots.folderOf(id);
  await mkdir(join(root, "tables"), { recursive: true });
  const own = digests
    .filter((_, index) => which.includes(index))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1));
  for (const { digest, size, text } of own) await shelf.put(digest, size, bytes(text));
  const lines = own.map(({ digest, size }) => JSON.stringify([digest, size]));
  const files = [];
  for (const path of [BLOBS_FILE, DAMAGED_FILE]) {
    const { size, sha256 } = await writePack(
      join(root, path),
      (async function* () {
        yield* path === BLOBS_FILE ? lines : [];
      })(),
    );
    files.push({ path, size, sha256 });
  }
  const none = { blobs: 0, bytes: 0 };
  if (!isDone) return id;
  await snapshots.complete({
    ...{ format: FORMAT, id, engine: "sqlite", steps: [], takenAt: at, finishedAt: at },
    ...{ tables: [], files, content: none, copied: none, damaged: { count: lacking, first: [] } },
    program: { version: "1", commit: "c" },
  });
  return id;
}

async function there(): Promise<Digest[]> {
  const found: Digest[] = [];
  for (const algorithm of ALGORITHMS) {
    for (const prefix of PREFIXES) found.push(...(await shelf.list(algorithm, prefix)));
  }
  return found.sort();
}

test("what stays is what the snapshots that are kept name, and nothing else", async () => {
  const some = fc.array(
    fc.record({ which: fc.subarray([...digests.keys()]), isDone: fc.boolean() }),
    {
      maxLength: 5,
    },
  );
  await fc.assert(
    fc.asyncProperty(some, fc.integer({ min: 1, max: 4 }), async (all, keep) => {
      const made: { id: string; which: readonly number[] }[] = [];
      for (const [at, { which, isDone }] of all.entries()) {
        const id = await snapshot(at, which, { isDone });
        if (isDone) made.push({ id, which });
      }
      await tidy(snapshots, shelf, keep, signal);
      const kept = made.slice(-keep);
      expect(await snapshots.names()).toEqual(kept.map(({ id }) => id));
      const named = new Set(kept.flatMap(({ which }) => which));
      expect(await there()).toEqual(
        digests
          .filter((_, at) => named.has(at))
          .map(({ digest }) => digest)
          .sort(),
      );
      await rm(folder, { recursive: true });
      await openFolder();
    }),
    { numRuns: 15 },
  );
}, 60_000);

test("backups of a damaged source never push out the whole ones before them", async () => {
  const all: string[] = [];
  for (const [at, damaged] of [0, 0, 0, 1, 1, 1].entries()) {
    all.push(await snapshot(at, [at], { damaged }));
  }
  expect((await tidy(snapshots, shelf, 2, signal)).snapshots).toEqual([all[0], all[3]] as string[]);
  const digest = digests[2]?.digest as Digest;
  expect(await there()).toContain(digest);
  // Once there are as many whole ones again, those between are of no more use.
  const again = [await snapshot(6, [6]), await snapshot(7, [7])];
  await tidy(snapshots, shelf, 2, signal);
  expect(await snapshots.names()).toEqual(again);
});

test("a list that is not what was written stops it before anything goes", async () => {
  const id = await snapshot(1, [0, 1]);
  await shelf.put(digests[2]?.digest as Digest, 6, bytes("blob 2"));
  const before = await there();
  await writeFile(join(snapshots.folderOf(id), BLOBS_FILE), "");
  await expect(tidy(snapshots, shelf, 1, signal)).rejects.toMatchObject({
    code: "backup.unreadable",
  });
  await writeFile(join(snapshots.folderOf(id), "snapshot.json"), "{");
  await expect(tidy(snapshots, shelf, 1, signal)).rejects.toMatchObject({
    code: "backup.unreadable",
  });
  expect(await there()).toEqual(before);
  await snapshots.remove(id);
  await tidy(snapshots, shelf, 1, signal);
  expect(await there()).toEqual([]);
});

test("bytes get a name only when they are what their digest says", async () => {
  const [one] = digests;
  if (one === undefined) return;
  const put = (size: number, text: string) => shelf.put(one.digest, size, bytes(text));
  await expect(put(one.size, "BLOB 0")).rejects.toThrow(WrongBytes);
  await expect(put(one.size + 1, one.text)).rejects.toThrow(WrongBytes);
  await expect(put(one.size - 1, one.text)).rejects.toThrow(WrongBytes);
  expect(await there()).toEqual([]);
  await put(one.size, one.text);
  expect(await there()).toEqual([one.digest]);
});
