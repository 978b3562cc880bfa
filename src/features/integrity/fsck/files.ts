import { HOUR } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import { algorithmOf, parseDigest } from "../../../oci/digest.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { Shard } from "../../../platform/blobs/location.ts";
import type { SurveyedFile } from "../../../platform/blobs/survey.ts";
import type { FindingKind } from "../../../platform/database/schema/integrity.ts";
import { type Seen, verdictOn } from "../rules.ts";
import { noteFound } from "../store/findings.ts";
import type { FsckContext } from "./context.ts";
import type { FsckKind } from "./finding.ts";
import type { ShardRow } from "./store-read.ts";

const PAGE = 500;
/** Files younger than this may belong to a push that is just being written down. */
const YOUNG = HOUR;

const KINDS: Readonly<Record<FindingKind, FsckKind>> = {
  missing: "missing_file",
  wrong_size: "wrong_size",
  corrupt: "corrupt_file",
  unreadable: "unreadable_file",
};

async function hashOf({ survey, counts }: FsckContext, row: ShardRow): Promise<Seen> {
  const hasher = newHasher(algorithmOf(parseDigest(row.digest)));
  let size = 0;
  for await (const piece of survey.read(row.location)) {
    hasher.update(piece);
    size += piece.byteLength;
  }
  counts.bytesHashed += size;
  return { digest: hasher.digest(), size };
}

interface Judged {
  readonly kind: FindingKind | undefined;
  readonly seen: Seen;
}

async function judge(
  context: FsckContext,
  row: ShardRow,
  size: number | undefined,
): Promise<Judged> {
  if (size === undefined) return { kind: "missing", seen: null };
  // Without reading, the size alone can be held against the row.
  const unread = { digest: row.digest, size };
  if (!context.hash || size !== row.size) return { kind: verdictOn(row, unread), seen: unread };
  try {
    const seen = await hashOf(context, row);
    return { kind: verdictOn(row, seen), seen };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "service.storage_unavailable") throw error;
    return { kind: "unreadable", seen: null };
  }
}

async function checkCopy(
  context: FsckContext,
  row: ShardRow,
  file: SurveyedFile | undefined,
): Promise<void> {
  const { reads, survey, repairing } = context;
  const first = await judge(context, row, file?.size);
  if (first.kind === undefined) return;
  // The server may have removed or replaced it since the row was read.
  const now = await reads.blob(row.digest);
  if (now?.location !== row.location || now.state !== "live") return;
  const { kind, seen } = await judge(context, row, await survey.size(row.location));
  if (kind === undefined) return;
  const isRepaired = repairing !== undefined && kind !== "unreadable";
  if (isRepaired) {
    const found = {
      object: "blob",
      kind,
      digest: row.digest,
      repositoryId: "",
      location: row.location,
      expectedSize: row.size,
      seenSize: seen?.size ?? null,
      seenDigest: kind === "corrupt" ? (seen?.digest ?? null) : null,
    } as const;
    await repairing.db.write(noteFound, { found, witness: repairing.witness() });
  }
  const detail = kind === "wrong_size" ? `${seen?.size ?? 0} / ${row.size}` : null;
  context.report({ kind: KINDS[kind], what: row.digest, detail, isRepaired });
}

async function checkUnnamed(context: FsckContext, file: SurveyedFile): Promise<void> {
  const { reads, survey, clock, repairing } = context;
  if (!file.isCopy) {
    // Nobody knows whose it is, so nobody touches it.
    context.report({ kind: "stray_file", what: file.path });
    return;
  }
  if (file.isStaged || (await reads.isDisplaced(file.path))) return;
  // A push commits before it drops the first name, which was gone already: so its row is there now.
  const hex = file.path.slice(file.path.lastIndexOf("/") + 1, file.path.lastIndexOf("."));
  const [, algorithm = ""] = file.path.split("/");
  const row = await reads.blob(`${algorithm}:${hex}`);
  if (row?.location === file.path || (await survey.size(file.path)) === undefined) return;
  if (repairing === undefined && clock.now() - file.modifiedAt < YOUNG) return;
  if (repairing !== undefined) await survey.setAside(file.path);
  context.report({
    kind: "orphan_file",
    what: file.path,
    detail: String(file.size),
    isRepaired: repairing !== undefined,
  });
}

async function checkShard(context: FsckContext, shard: Shard): Promise<void> {
  const { reads, counts } = context;
  const files = new Map((await context.survey.files(shard)).map((file) => [file.path, file]));
  counts.files += files.size;
  const beginning = `${shard.algorithm}:${shard.prefix}`;
  let after = "";
  for (;;) {
    const rows = await reads.blobs(beginning, after, PAGE);
    for (const row of rows) {
      const file = files.get(row.location);
      files.delete(row.location);
      counts.blobs += 1;
      if (row.state === "quarantined") counts.quarantined += 1;
      else if (row.state === "live") await checkCopy(context, row, file);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = last.digest;
  }
  for (const file of files.values()) await checkUnnamed(context, file);
}

/** Holds every file against the rows, and every row against the files. */
export async function checkFiles(context: FsckContext): Promise<void> {
  for (const shard of context.survey.shards) await checkShard(context, shard);
}
