import { pushBlob } from "../../../client/registry/blobs.ts";
import { putManifest, readManifest } from "../../../client/registry/manifests.ts";
import type { Bench } from "../bench.ts";
import { EMPTY_BLOB, paddedManifest } from "../payload/images.ts";
import type { Histogram } from "./histogram.ts";
import { KIB } from "./metric.ts";

/** Between two probes: enough of them for a p99, few enough to be no load. */
const PAUSE_MS = 5;

/** Reads a manifest again and again while `work` runs, and records how long each read took. */
export async function probeWhile(
  bench: Bench,
  latency: Histogram,
  work: () => Promise<void>,
): Promise<void> {
  const caller = bench.newCaller();
  try {
    const repository = bench.repository("probe");
    await pushBlob(caller, repository, EMPTY_BLOB);
    await putManifest(caller, repository, "v0", paddedManifest("probe", 2 * KIB).bytes);
    let busy = true;
    const working = work().finally(() => {
      busy = false;
    });
    const probing = async (): Promise<void> => {
      while (busy) {
        const start = performance.now();
        const answer = await readManifest(caller, "GET", repository, "v0");
        latency.record(performance.now() - start);
        bench.ledger.expect("GET manifest", answer.status, 200);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    };
    await Promise.all([working, probing()]);
  } finally {
    caller.close();
  }
}
