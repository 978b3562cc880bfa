import type { FsckContext, FsckParts } from "./context.ts";
import { checkFiles } from "./files.ts";
import type { FsckReport } from "./finding.ts";
import { checkRows } from "./rows.ts";
import { fsckReads } from "./store-read.ts";

/**
 * Compares what the database says with what the storage holds: folder by folder, page by page, so
 * that memory does not depend on how much there is.
 *
 * To look it needs no lock: beside a server that works, each disagreement is looked at once more
 * before it is told. To repair, the caller holds the locks of both folders.
 */
export async function fsck(parts: FsckParts): Promise<FsckReport> {
  let found = 0;
  let left = 0;
  const context: FsckContext = {
    ...parts,
    reads: fsckReads(parts.db),
    counts: { files: 0, blobs: 0, manifests: 0, bytesHashed: 0, quarantined: 0 },
    report(finding) {
      const whole = { repository: null, detail: null, isRepaired: false, ...finding };
      found += 1;
      if (!whole.isRepaired) left += 1;
      parts.onFinding(whole);
    },
  };
  await checkFiles(context);
  await checkRows(context);
  return { counts: context.counts, found, left };
}
