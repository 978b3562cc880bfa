import { failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { BlobStore } from "../../../platform/blobs/port.ts";
import type { Filling } from "../../../platform/database/filling.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import type { Snapshot } from "../format.ts";
import { type Finding, Findings } from "../verify/findings.ts";
import { inspect } from "../verify/inspect.ts";
import { sealedIn } from "../verify/store.ts";
import { restoreContent, stagedIdOf } from "./content.ts";
import { loadTables } from "./load.ts";
import { openSnapshot } from "./opened.ts";

export interface RestoreParts {
  /** The folder of the backup. */
  readonly from: string;
  /** Left out: the newest. */
  readonly snapshot: string | undefined;
  /** Begins to fill the database; throws `backup.not_empty`. */
  readonly fill: () => Promise<Filling>;
  readonly blobs: BlobStore;
  /** The keys of the configuration; undefined when there are none yet. */
  readonly keyring: Pick<Keyring, "opens"> | undefined;
  /** Told what is being done, for a person who waits. */
  readonly tell: (step: RestoreStep) => void;
}

export type RestoreStep =
  | { readonly step: "content"; readonly done: number; readonly total: number }
  | { readonly step: "table"; readonly table: string };

export interface Restored {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly count: number;
  /** Whether it has secrets that no key of the configuration opens. */
  readonly isSealed: boolean;
}

/**
 * Restores a snapshot into an empty database and an empty store: content first, then all rows in one
 * transaction, which ends with a check. So what died half-way has left a store with content that no
 * row names, and no database. Content that is damaged in the backup is refused to clients until it
 * is pushed again; the rest is served. Throws `backup.damaged` when rows cannot be had.
 */
export async function restoreSnapshot(parts: RestoreParts): Promise<Restored> {
  const { from, blobs, fill, tell, keyring } = parts;
  const opened = await openSnapshot(from, parts.snapshot);
  const { snapshot } = opened;
  const findings = new Findings();
  if (!(await opened.checkFiles(findings))) {
    throw failure("backup.damaged", { id: snapshot.id, file: findings.named[0]?.what ?? "" });
  }
  // Whether it is empty is asked before hours are spent on the content.
  await (await fill()).abandon();
  const restore = newId();
  const unsound = await restoreContent(blobs, opened, restore, findings, (done, total) =>
    tell({ step: "content", done, total }),
  );
  for await (const { digest, reason } of opened.damaged()) {
    findings.add("content_never_copied", digest, reason);
  }
  const filling = await fill();
  try {
    await loadTables(filling, opened, {
      place: (digest, isKept) => ({
        location: blobs.locationOf(stagedIdOf(restore, digest), digest as Digest),
        isThere: isKept && !unsound.has(digest),
      }),
      progress: (table) => tell({ step: "table", table }),
    });
    await inspect(filling.db, findings);
    const sealed = await sealedIn(filling.db);
    const isSealed = sealed.some((each) => keyring?.opens(each) !== true);
    await filling.commit();
    return { snapshot, findings: findings.named, count: findings.count, isSealed };
  } finally {
    await filling.abandon();
  }
}
