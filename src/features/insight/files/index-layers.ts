import { Failure } from "../../../kernel/errors/catalogue.ts";
import { newId } from "../../../kernel/ids.ts";
import { isDigest } from "../../../oci/digest.ts";
import { parseRepositoryName, type RepositoryName } from "../../../oci/name.ts";
import type { JobContext, JobHandler, NewJob } from "../../../platform/jobs/port.ts";
import { type Trouble, TroubleError } from "../analyst/trouble.ts";
import type { InsightContext } from "../context.ts";
import { firstOf, type IndexReads, type IndexRow } from "./store/read.ts";
import { addChunks, beginIndex, endIndex, type StoredChunk } from "./store/write.ts";

const KIND = "insight.index-layers";

/** Of the listing: what an older one made is made anew. */
const VERSION = 1;

/** Bytes of chunks that are written in one transaction. */
const BATCH = 1024 * 1024;

/** What a job is told; `layers` are those that were not listed when it was made. */
export interface IndexLayers {
  readonly repository: string;
  readonly layers: readonly string[];
}

/** Whether a layer was looked at, with whatever end, by this version. */
export function isSettled(row: IndexRow | undefined): row is IndexRow {
  return row !== undefined && row.version === VERSION && row.state !== "building";
}

export function indexJobOf(payload: IndexLayers, artifact: string): NewJob {
  return {
    kind: KIND,
    payload,
    uniqueKey: `${KIND}:${payload.repository}@${artifact}`,
    priority: "high",
    maxAttempts: 3,
  };
}

class Overtaken extends Error {}

/** Lists the files of layers, each once for all artifacts that have it. */
export function indexJob(
  { content, db, clock, analyst, tally }: InsightContext,
  reads: IndexReads,
): JobHandler<IndexLayers> {
  async function list(
    repository: RepositoryName,
    digest: string,
    build: string,
    signal: AbortSignal,
  ): Promise<number> {
    if (!isDigest(digest)) throw new TroubleError("missing");
    const blob = await content.blobs.get(repository, digest);
    let chunks: StoredChunk[] = [];
    let bytes = 0;
    let seq = 0;
    const flush = async () => {
      const isMine = chunks.length === 0 || (await db.write(addChunks, { digest, build, chunks }));
      if (!isMine) throw new Overtaken();
      chunks = [];
      bytes = 0;
    };
    const { entries } = await analyst.index(
      await blob.open(),
      async ({ first, rows }) => {
        chunks.push({ seq: seq++, first: firstOf(first), rows });
        bytes += rows.byteLength;
        if (bytes >= BATCH) await flush();
      },
      signal,
    );
    await flush();
    return entries;
  }

  async function index(repository: RepositoryName, digest: string, context: JobContext) {
    const build = newId(clock.now());
    const begun = { digest, build, version: VERSION, now: clock.now() };
    if (!(await db.write(beginIndex, begun))) return;
    let entries: number | null = null;
    let trouble: Trouble | null = null;
    try {
      entries = await list(repository, digest, build, context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof Overtaken) return;
      if (!(error instanceof TroubleError)) throw error;
      trouble = error.trouble;
    }
    await db.write(endIndex, { digest, build, entries, failure: trouble });
    tally.layer(trouble);
    context.log("info", `${digest}: ${trouble ?? `${entries} entries`}`);
  }

  return {
    kind: KIND,
    async run({ repository, layers }, context) {
      const name = parseRepositoryName(repository);
      let done = 0;
      for (const digest of layers) {
        context.signal.throwIfAborted();
        context.progress(done, layers.length);
        const [row] = await reads.states([digest]);
        if (!isSettled(row)) {
          try {
            await index(name, digest, context);
          } catch (error) {
            // Gone since it was asked for: nobody waits for it.
            if (!(error instanceof Failure && error.code === "blob.unknown")) throw error;
          }
        }
        done += 1;
      }
      context.progress(done, layers.length);
    },
  };
}
