import { inspectPayload } from "../inspect.ts";
import { manifestPosition } from "../rules.ts";
import { noteFound } from "../store/findings.ts";
import { nextManifests } from "../store/work.ts";
import type { FsckContext } from "./context.ts";
import type { FsckKind } from "./finding.ts";
import type { Dangling } from "./store-read.ts";
import { dropEdges, dropLinks, dropTags, stampUnlinked } from "./store-repair.ts";

const PAGE = 100;
/** Manifests are read with their bytes. */
const PAYLOADS = 10;

type Next = (after: string, limit: number) => Promise<readonly Dangling[]>;
type Drop = typeof dropTags | typeof dropEdges | typeof dropLinks;

/** Tells of rows that point at nothing, and drops them where that is asked for. */
async function checkDangling(
  context: FsckContext,
  kind: FsckKind,
  next: Next,
  drop: Drop,
): Promise<void> {
  const { repairing } = context;
  for (let after = ""; ; ) {
    const rows = await next(after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) return;
    if (repairing !== undefined) {
      const pairs = rows.map(({ repositoryId, digest }) => ({ repositoryId, digest }));
      await repairing.db.write(drop, { rows: pairs, witness: repairing.witness() });
    }
    for (const { key, digest, repository } of rows) {
      const detail = key === digest ? null : digest;
      const isRepaired = repairing !== undefined;
      context.report({ kind, what: key, repository, detail, isRepaired });
    }
    if (rows.length < PAGE) return;
    after = manifestPosition(last.repositoryId, last.key);
  }
}

async function checkUnlinked(context: FsckContext): Promise<void> {
  const { reads, repairing } = context;
  for (let after = ""; ; ) {
    const digests = await reads.unlinked(after, PAGE);
    const last = digests.at(-1);
    if (last === undefined) return;
    if (repairing !== undefined) {
      const { grace } = repairing;
      await repairing.db.write(stampUnlinked, { digests, grace, witness: repairing.witness() });
    }
    for (const what of digests) {
      context.report({ kind: "unlinked_blob", what, isRepaired: repairing !== undefined });
    }
    if (digests.length < PAGE) return;
    after = last;
  }
}

const EVERYTHING = { scope: "all", repositoryId: null, digest: null } as const;

async function checkPayloads(context: FsckContext): Promise<void> {
  const { counts, repairing } = context;
  for (let after = ""; ; ) {
    const batch = await nextManifests(context.db, EVERYTHING, after, PAYLOADS);
    for (const { repositoryId, digest, size, payload, damagedAt } of batch) {
      counts.bytesHashed += payload.byteLength;
      const { kind, seen } = inspectPayload({ digest, size }, payload);
      if (kind === undefined || damagedAt !== null) continue;
      if (repairing !== undefined) {
        const found = {
          object: "manifest",
          kind,
          digest,
          repositoryId,
          location: null,
          expectedSize: size,
          seenSize: seen?.size ?? null,
          seenDigest: seen?.digest ?? null,
        } as const;
        await repairing.db.write(noteFound, { found, witness: repairing.witness() });
      }
      const isRepaired = repairing !== undefined;
      context.report({
        kind: "corrupt_manifest",
        what: digest,
        repository: repositoryId,
        isRepaired,
      });
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < PAYLOADS) return;
    after = manifestPosition(last.repositoryId, last.digest);
  }
}

/** Looks for rows that point at nothing, and at which nothing points. */
export async function checkRows(context: FsckContext): Promise<void> {
  const { reads } = context;
  await checkDangling(context, "dangling_tag", reads.tags, dropTags);
  for (const table of ["manifest_blobs", "manifest_children"] as const) {
    const next: Next = (after, limit) => reads.edges(table, after, limit);
    await checkDangling(context, "dangling_edge", next, dropEdges);
  }
  await checkDangling(context, "dangling_link", reads.links, dropLinks);
  await checkUnlinked(context);
  context.counts.manifests = await reads.countManifests();
  if (context.hash) await checkPayloads(context);
}
