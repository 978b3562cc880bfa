import { bulkDownload, canDownloadInBulk } from "../../../client/http1/bulk-download.ts";
import { type BlobSource, getBlob } from "../../../client/registry/blobs.ts";
import type { Bench } from "../bench.ts";
import type { Usage } from "./process-probe.ts";

/**
 * A reader that wakes for each segment makes a sender on the same machine pay for that: on loopback
 * the two then measure the reader. So the kernel hands over this much at a time.
 */
export const READ_UNIT = 256 * 1024;

/**
 * Reads a blob over `connections` connections at once, `repeats` times one after the other. The
 * bytes are counted, not kept; in bulk where the system and the protocol allow it.
 */
export async function readLargeBlob(
  bench: Bench,
  repository: string,
  blob: Pick<BlobSource, "digest" | "size">,
  options: { readonly connections: number; readonly repeats: number; readonly unit?: number },
): Promise<{ bytes: number; usage: Usage }> {
  const bulk = bench.http === "1.1" && canDownloadInBulk(bench.address);
  const callers = bench.callers(options.connections);
  const authorization = bulk ? await bench.authorization(repository) : {};
  const target = bench.caller().path(repository, `blobs/${blob.digest}`);
  const requests = callers.map(() => ({ method: "GET", target, headers: authorization }));
  let bytes = 0;
  const { usage } = await bench.measure(async () => {
    for (let turn = 0; turn < options.repeats; turn += 1) {
      const answers = bulk
        ? await bulkDownload(bench.address, requests, {
            lowWater: options.unit ?? READ_UNIT,
            tick: () => bench.probe?.sample(),
          })
        : await Promise.all(callers.map((caller) => getBlob(caller, repository, blob.digest)));
      for (const answer of answers) {
        bench.ledger.expect("GET blob", answer.status, 200);
        bench.ledger.expectLength("GET blob", answer.bodyLength, blob.size);
        bytes += answer.bodyLength;
      }
    }
  });
  return { bytes, usage };
}
