import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../kernel/clock.ts";
import type { Pace } from "../../../kernel/pace.ts";
import type { Filling } from "../../../platform/database/filling.ts";
import { migrate } from "../../../platform/database/migrate.ts";
import { readSound } from "../restore/bytes.ts";
import { loadTables } from "../restore/load.ts";
import { type OpenSnapshot, openSnapshot } from "../restore/opened.ts";
import { Findings } from "./findings.ts";
import { type Inspected, inspect } from "./inspect.ts";
import type { Report } from "./report.ts";

export interface VerifyParts {
  readonly from: string;
  /** Left out: the newest. */
  readonly snapshot: string | undefined;
  /** A folder in which the scratch database is made, and removed again. */
  readonly scratch: string;
  /** Begins a scratch database in a file. */
  readonly fill: (file: string) => Promise<Filling>;
  readonly program: Report["program"];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  readonly progress: (done: number, total: number) => void;
}

/** Where content would be is of no use to a scratch database. */
const NOWHERE = "nowhere";

interface Hashed {
  readonly blobs: number;
  readonly bytes: number;
  readonly unsound: ReadonlySet<string>;
}

/** Reads and hashes all content, where it lies. */
async function hashContent(
  opened: OpenSnapshot,
  findings: Findings,
  { signal, progress, pace }: VerifyParts,
): Promise<Hashed> {
  const unsound = new Set<string>();
  let [blobs, bytes] = [0, 0];
  for await (const blob of opened.blobs()) {
    const isSound = await readSound(opened.shelf, blob, findings, ({ byteLength }) =>
      pace.take(byteLength, signal),
    );
    if (!isSound) unsound.add(blob.digest);
    blobs += 1;
    bytes += isSound ? blob.size : 0;
    progress(blobs, opened.snapshot.content.blobs);
  }
  for await (const { digest, reason } of opened.damaged()) {
    findings.add("content_never_copied", digest, reason);
  }
  return { blobs, bytes, unsound };
}

/** Restores the rows into a scratch database, brings it up to date and looks at what is in it. */
async function restoreRows(
  opened: OpenSnapshot,
  findings: Findings,
  unsound: ReadonlySet<string>,
  { scratch, fill }: VerifyParts,
): Promise<Inspected | undefined> {
  const folder = await mkdtemp(join(scratch, "restore-drill-"));
  try {
    const filling = await fill(join(folder, "entrepot.sqlite"));
    try {
      await loadTables(filling, opened, {
        place: (digest, isKept) => ({
          location: `${NOWHERE}/${digest}`,
          isThere: isKept && !unsound.has(digest),
        }),
        progress: () => {},
      });
      await migrate(filling.db, filling.engine);
      return await inspect(filling.db, findings);
    } catch (error) {
      findings.add("rows_unreadable", opened.snapshot.id, String(error));
      return undefined;
    } finally {
      await filling.abandon();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A restore drill: every file of a snapshot is held against its hash, every row put into a scratch
 * database, all content read and hashed, and looked whether it belongs together. Content is read
 * where it lies and not copied. Throws what `openSnapshot` throws, and the system's errors: what
 * cannot be read is not known to be damaged.
 */
export async function verifySnapshot(parts: VerifyParts): Promise<Report> {
  const { clock, program } = parts;
  const startedAt = clock.now();
  const opened = await openSnapshot(parts.from, parts.snapshot);
  const { snapshot } = opened;
  const findings = new Findings();
  let hashed: Hashed = { blobs: 0, bytes: 0, unsound: new Set() };
  let inspected: Inspected | undefined;
  // Lists that are not what was written say nothing about what they list.
  if (await opened.checkFiles(findings)) {
    hashed = await hashContent(opened, findings, parts);
    inspected = await restoreRows(opened, findings, hashed.unsound, parts);
  }
  const { id, engine, takenAt } = snapshot;
  // One that was removed meanwhile lost its content with reason.
  await openSnapshot(parts.from, id);
  return {
    snapshot: { id, program: snapshot.program, engine, takenAt },
    program,
    startedAt,
    finishedAt: clock.now(),
    files: snapshot.files.length,
    rows: inspected === undefined ? 0 : snapshot.tables.reduce((sum, { rows }) => sum + rows, 0),
    blobs: hashed.blobs,
    bytes: hashed.bytes,
    manifests: inspected?.manifests ?? 0,
    tags: inspected?.tags ?? 0,
    verdict: findings.count === 0 ? "passed" : "failed",
    count: findings.count,
    findings: findings.named,
  };
}
