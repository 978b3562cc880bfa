import { open, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openIntegrity, type ToScrub } from "../../src/features/integrity/service.ts";
import { openFilesystemBlobs } from "../../src/platform/blobs/filesystem.ts";
import type { BlobStore } from "../../src/platform/blobs/port.ts";
import { type ContentBench, doer, jobContext, openContentBench } from "../support/content-bench.ts";
import { updateRows } from "../support/rows.ts";

export type Damage = "flip" | "remove" | "cut" | "lengthen";

/** What each damage is found to be. */
export const FOUND_AS = {
  flip: "corrupt",
  remove: "missing",
  cut: "wrong_size",
  lengthen: "wrong_size",
} as const satisfies Record<Damage, string>;

/** Does to a file what disks and people do. */
export async function harm(path: string, damage: Damage): Promise<void> {
  if (damage === "remove") return rm(path);
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    if (damage === "cut") await truncate(path, size - 1);
    else if (damage === "lengthen") await writeFile(path, "more", { flag: "a" });
    else {
      const at = size >> 1;
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, at);
      byte[0] = (byte[0] ?? 0) ^ 4;
      await file.write(byte, 0, 1, at);
    }
  } finally {
    await file.close();
  }
}

/** The published files of a store, relative to its root. */
export async function filesIn(root: string): Promise<string[]> {
  const names = await readdir(join(root, "blobs"), { recursive: true });
  return names.filter((name) => /\.[a-z0-9]+$/.test(name)).map((name) => `blobs/${name}`);
}

/** Content in a folder with the checks on top, whose jobs run when they are told to. */
export interface IntegrityBench extends ContentBench {
  readonly root: string;
  readonly integrity: ReturnType<typeof openIntegrity>["integrity"];
  /** Checks, from beginning to end; gives the id. */
  scrub(what?: ToScrub): Promise<string>;
  /** Goes on with one until it ends or `signal` says so. */
  work(id: string, signal?: AbortSignal): Promise<void>;
  /** Works on one until the node dies, some time after so many blobs. */
  diesAfter(id: string, blobs: number): Promise<void>;
  /** Writes other bytes into the row of a manifest. */
  rewritePayload(digest: string, payload: Uint8Array): Promise<void>;
  /** Copies that a push replaced, written down to be removed. */
  displaced(): Promise<Set<string>>;
  /** Delivers what pushes told. */
  hear(): Promise<void>;
}

export async function openIntegrityBench(
  wrap: (blobs: BlobStore) => BlobStore = (blobs) => blobs,
): Promise<IntegrityBench> {
  let root = "";
  const bench = await openContentBench({ requireReferences: false }, (folder) => {
    root = join(folder, "storage");
    return openFilesystemBlobs({ root });
  });
  const { db, blobs, clock, content } = bench;
  let reads = 0;
  let onRead = () => {};
  const counting = new Proxy(blobs, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (name === "read") {
          reads += 1;
          onRead();
        }
        return Reflect.apply(member, target, args);
      };
    },
  });
  const opened = openIntegrity({
    db,
    blobs: wrap(counting),
    clock,
    content,
    audit: { witness: (by) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }) },
    settings: { schedule: null, bytesPerSecond: null },
    changed: () => {},
  });

  async function work(id: string, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const row = await db.read
        .selectFrom("scrubs")
        .select(["state", "shift"])
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      if (row.state !== "running") return;
      const [handler] = opened.jobs;
      const context = { ...jobContext(clock), ...(signal === undefined ? {} : { signal }) };
      await handler?.run({ scrub: id, shift: row.shift }, context);
    }
  }

  return {
    ...bench,
    root,
    integrity: opened.integrity,
    work,
    async scrub(what = {}) {
      const { id } = await opened.integrity.begin(doer, what);
      await work(id);
      return id;
    },
    async diesAfter(id, most) {
      const dying = new AbortController();
      const from = reads;
      onRead = () => {
        // Long enough to be written down between any two.
        clock.advance(2_000);
        if (reads - from > most) dying.abort();
      };
      await work(id, dying.signal).catch((error: unknown) => {
        if (!dying.signal.aborted) throw error;
      });
      onRead = () => {};
    },
    rewritePayload: (digest, payload) =>
      db.write(updateRows, { table: "manifests", where: { digest }, set: { payload } }),
    async displaced() {
      const rows = await db.read.selectFrom("displaced_copies").select("location").execute();
      return new Set(rows.map(({ location }) => location));
    },
    async hear() {
      const rows = await db.read
        .selectFrom("outbox")
        .selectAll()
        .where("kind", "=", "content.healed")
        .execute();
      for (const { id, payload } of rows) {
        for (const listener of opened.listeners) {
          if (!("handle" in listener)) continue;
          const event = { id, kind: "content.healed" as const, payload: JSON.parse(payload) };
          await listener.handle(event, jobContext(clock));
        }
      }
    },
  };
}
