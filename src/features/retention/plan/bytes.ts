import type { Database } from "../../../platform/database/port.ts";
import { freedBytes, spanEnd } from "../store/items.ts";

/** Manifests of one question: an answer takes some milliseconds. */
const SPAN = 100;

/**
 * How many bytes really come back: of the blobs that nothing holds but what the run takes away,
 * each counted once. Exact, and in memory no more than a sum.
 */
export async function bytesOf(db: Database, runId: string, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const upTo = await spanEnd(db, runId, after, SPAN);
    if (upTo === undefined) return bytes;
    bytes += await freedBytes(db, runId, { after, upTo });
    after = upTo;
  }
}
