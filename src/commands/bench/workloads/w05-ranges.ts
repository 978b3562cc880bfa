import { type BlobSource, getBlob } from "../../../client/registry/blobs.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { GIB, higher, KIB, lower, type Metric, MIB } from "../measure/metric.ts";
import { cpuPerThousand } from "../measure/usage-metrics.ts";
import { blobOf } from "../payload/blobs.ts";
import { fillBlobs } from "../payload/fill.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { blob: 5 * MIB, seconds: 0.1 },
  small: { blob: 64 * MIB, seconds: 2 },
  full: { blob: GIB, seconds: 30 },
};
const CLIENTS = 64;
const SPANS = [
  { name: "64 KiB", size: 64 * KIB },
  { name: "4 MiB", size: 4 * MIB },
];
const CHECKED_RANGES = 32;

/** W5: ranges of a large blob at random places, as lazy pulls read them. */
export class RangeReads implements Workload {
  readonly id = "W5";
  readonly title = "range GET of a large blob";
  #blob: BlobSource = blobOf(Buffer.alloc(0));
  #repository = "";

  async prepare(bench: Bench): Promise<void> {
    this.#repository = bench.repository("w5");
    this.#blob = bench.blobs.make(bench.scaled(SIZES).blob);
    await fillBlobs(bench, this.#repository, [this.#blob]);
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const metrics: Metric[] = [];
    const { seconds } = bench.scaled(SIZES);
    for (const span of SPANS) {
      if (round === 0) await this.#verify(bench, span.size);
      const latency = new Histogram();
      const random = bench.random(`w5 ${round} ${span.name}`);
      const { result, usage } = await bench.measure(() =>
        bench.loop(
          CLIENTS,
          { seconds },
          async (caller) => {
            const from = random.below(this.#blob.size - span.size + 1);
            const range = `bytes=${from}-${from + span.size - 1}`;
            const answer = await getBlob(caller, this.#repository, this.#blob.digest, { range });
            bench.ledger.expect("GET range", answer.status, 206);
            bench.ledger.expectLength("GET range", answer.bodyLength, span.size);
          },
          latency,
        ),
      );
      const variant = `${span.name}, c=${CLIENTS}`;
      metrics.push(
        higher(variant, "rate", "ranges/s", result.operations / result.seconds),
        lower(variant, "p99", "ms", latency.quantile(0.99)),
        ...cpuPerThousand(variant, usage, result.operations),
      );
    }
    return metrics;
  }

  /** Outside of the clock: ranges at random places hold the bytes that stand there. */
  async #verify(bench: Bench, size: number): Promise<void> {
    const whole = Buffer.concat(this.#blob.parts);
    const random = bench.random(`w5 check ${size}`);
    await bench.loop(4, { operations: CHECKED_RANGES }, async (caller) => {
      const from = random.below(this.#blob.size - size + 1);
      let at = from;
      let equal = true;
      await getBlob(caller, this.#repository, this.#blob.digest, {
        range: `bytes=${from}-${from + size - 1}`,
        sink: (chunk) => {
          equal &&= whole.subarray(at, at + chunk.byteLength).equals(chunk);
          at += chunk.byteLength;
        },
      });
      if (!equal || at !== from + size) {
        bench.ledger.blame("GET range: other bytes than the blob has there");
      }
    });
  }
}
