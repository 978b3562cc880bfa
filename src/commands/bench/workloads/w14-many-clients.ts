import { type BlobSource, getBlob } from "../../../client/registry/blobs.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { KIB, lower, type Metric, MIB } from "../measure/metric.ts";
import { probeWhile } from "../measure/prober.ts";
import { blobOf } from "../payload/blobs.ts";
import { fillBlobs, verifyBlobs } from "../payload/fill.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { readers: [1, 3], size: MIB / 4 },
  small: { readers: [1, 10, 50], size: 2 * MIB },
  full: { readers: [1, 10, 100, 1_000], size: 10 * MIB },
};
const READ_RATE = 1e6;

/** W14: many slow readers at once, and what another client feels meanwhile. */
export class ManyClients implements Workload {
  readonly id = "W14";
  readonly title = "many readers at 1 MB/s each";
  #blob: BlobSource = blobOf(Buffer.alloc(0));
  #repository = "";

  async prepare(bench: Bench): Promise<void> {
    this.#repository = bench.repository("w14");
    this.#blob = bench.blobs.make(bench.scaled(SIZES).size);
    await fillBlobs(bench, this.#repository, [this.#blob]);
    await verifyBlobs(bench, this.#repository, [this.#blob]);
  }

  async run(bench: Bench): Promise<Metric[]> {
    const metrics: Metric[] = [];
    for (const readers of bench.scaled(SIZES).readers) {
      metrics.push(...(await this.#load(bench, readers)));
    }
    return metrics;
  }

  async #load(bench: Bench, readers: number): Promise<Metric[]> {
    const probe = new Histogram();
    let failures = 0;
    const idle = bench.probe?.rss();
    const { usage } = await bench.measure(() =>
      probeWhile(bench, probe, async () => {
        await bench.loop(readers, { operations: readers }, async (caller) => {
          const answer = await getBlob(caller, this.#repository, this.#blob.digest, {
            readRate: READ_RATE,
          });
          if (answer.status !== 200 || answer.bodyLength !== this.#blob.size) failures += 1;
          bench.ledger.expect("GET blob", answer.status, 200);
          bench.ledger.expectLength("GET blob", answer.bodyLength, this.#blob.size);
        });
      }),
    );
    bench.closeCallers();
    const variant = `${readers} readers`;
    const metrics = [
      lower(variant, "p99 of a manifest GET", "ms", probe.quantile(0.99)),
      lower(variant, "failures", "", failures),
    ];
    if (usage.peakRss !== undefined && idle !== undefined) {
      const each = Math.max(0, usage.peakRss - idle) / readers / KIB;
      metrics.push(lower(variant, "memory a reader", "KiB", each));
    }
    return metrics;
  }
}
