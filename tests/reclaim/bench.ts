import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Doer } from "../../src/features/audit/entry.ts";
import { type Content, openContent } from "../../src/features/content/service.ts";
import { openReclaim } from "../../src/features/reclaim/service.ts";
import type { Stage } from "../../src/features/reclaim/stages.ts";
import type { Sweeper } from "../../src/features/reclaim/sweeper.ts";
import { openTrash, type Trash } from "../../src/features/trash/service.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { openFilesystemBlobs } from "../../src/platform/blobs/filesystem.ts";
import type { BlobStore } from "../../src/platform/blobs/port.ts";
import type { Database } from "../../src/platform/database/port.ts";
import { settings as usual } from "../support/content-bench.ts";
import { freshDatabase, openFresh } from "../support/database.ts";
import type { Times } from "./model.ts";

export const times: Times = { grace: 1_000, keep: 2_000, untaggedAfter: 1_500 };

/** Tables whose rows belong to a repository, and go with it. */
export const OF_REPOSITORIES = [
  "tags",
  "manifests",
  "manifest_blobs",
  "repository_blobs",
  "tag_history",
  "uploads",
] as const;

/** Content and its sweeper on real files, a real database, and a clock of their own. */
export interface ReclaimBench {
  readonly content: Content;
  readonly trash: Trash;
  readonly stages: readonly Stage[];
  readonly sweeper: Sweeper;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: ManualClock;
  /** Called before a push looks at, publishes or removes bytes: others come in between there. */
  between: () => Promise<void>;
  /** Called before a sweeper removes bytes: it may throw what a store throws. */
  refused: (location: unknown) => void;
  /** Locations of all bytes that there are. */
  files(): Promise<string[]>;
  close(): Promise<void>;
}

type Watch = (call: string, location: unknown) => Promise<void> | void;

/** The store as it is, with a moment for others before some of its calls. */
function interrupted(blobs: BlobStore, calls: readonly string[], before: Watch): BlobStore {
  return new Proxy(blobs, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      if (typeof name !== "string" || !calls.includes(name)) return call;
      return async (...args: unknown[]) => {
        await before(name, args[0]);
        return call(...args);
      };
    },
  });
}

export async function openReclaimBench(
  untaggedAfter: number | null = times.untaggedAfter,
): Promise<ReclaimBench> {
  const fresh = await freshDatabase();
  const db = await openFresh(fresh, new URL("../support/writer.ts", import.meta.url));
  const root = await mkdtemp(join(tmpdir(), "entrepot-reclaim-"));
  const blobs = await openFilesystemBlobs({ root });
  const clock = new ManualClock(1_000_000_000_000);
  const audit = {
    witness: (by: Doer) => ({ doer: by, at: clock.now(), headKey: "00".repeat(32) }),
  };
  const { grace, keep: trashKeep } = times;
  const changed = () => {};
  const bench: Pick<ReclaimBench, "between" | "refused"> = {
    between: async () => {},
    refused: () => {},
  };
  const { content } = openContent({
    db,
    blobs: interrupted(blobs, ["publish", "stat", "remove"], () => bench.between()),
    clock,
    settings: { ...usual, grace, trashKeep, untaggedAfter },
    changed,
    revision: { changed: async () => {} },
    audit,
    admit: async () => {},
  });
  const { stages, sweeper } = openReclaim({
    db,
    blobs: interrupted(blobs, ["remove"], (_, location) => bench.refused(location)),
    clock,
    locate: content.locate,
    node: "test",
    settings: { enabled: true, pace: 1_000, grace, trashKeep, untaggedAfter },
    audit,
    changed,
    onFault: () => {},
  });
  const trash = openTrash({ db, audit, content, settings: { trashKeep, untaggedAfter }, changed });
  return Object.assign(bench, {
    content,
    trash,
    stages,
    sweeper,
    db,
    blobs,
    clock,
    async files() {
      const entries = await readdir(join(root, "blobs"), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .sort();
    },
    async close() {
      await db.close();
      await blobs.close();
      await rm(root, { recursive: true, force: true });
      await fresh.drop();
    },
  });
}
