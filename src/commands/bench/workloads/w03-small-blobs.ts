import { type BlobSource, getBlob } from "../../../client/registry/blobs.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, KIB, lower, type Metric, MIB } from "../measure/metric.ts";
import { cpuPerThousand, megabytesPerSecond } from "../measure/usage-metrics.ts";
import { fillBlobs, verifyBlobs } from "../payload/fill.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { total: MIB, seconds: 0.1 },
  small: { total: 64 * MIB, seconds: 3 },
  full: { total: 2_000 * MIB, seconds: 30 },
};
const CLIENTS = 64;
/** Seven of ten are 4 KiB, two 256 KiB, one 1 MiB. */
const MIX = [4, 4, 4, 4, 4, 4, 4, 256, 256, 1_024].map((kibibytes) => kibibytes * KIB);

/** W3: GET of small blobs. */
export class SmallBlobReads implements Workload {
  readonly id = "W3";
  readonly title = "small blob GET (4 KiB, 256 KiB, 1 MiB)";
  #blobs: BlobSource[] = [];
  #repository = "";

  async prepare(bench: Bench): Promise<void> {
    const { total } = bench.scaled(SIZES);
    this.#repository = bench.repository("w3");
    this.#blobs = [];
    for (let filled = 0; filled < total; ) {
      for (const size of MIX) {
        this.#blobs.push(bench.blobs.make(size));
        filled += size;
      }
    }
    await fillBlobs(bench, this.#repository, this.#blobs);
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const { seconds } = bench.scaled(SIZES);
    const firstByte = new Histogram();
    const random = bench.random(`w3 ${round}`);
    let bytes = 0;
    const { result, usage } = await bench.measure(() =>
      bench.loop(CLIENTS, { seconds }, async (caller) => {
        const blob = this.#blobs[random.below(this.#blobs.length)];
        if (blob === undefined) return;
        const asked = performance.now();
        const answer = await getBlob(caller, this.#repository, blob.digest);
        firstByte.record(answer.firstByteAt - asked);
        bytes += answer.bodyLength;
        bench.ledger.expect("GET blob", answer.status, 200);
        bench.ledger.expectLength("GET blob", answer.bodyLength, blob.size);
      }),
    );
    if (round === 0) await verifyBlobs(bench, this.#repository, this.#blobs);
    const variant = `c=${CLIENTS}`;
    return [
      higher(variant, "rate", "req/s", result.operations / result.seconds),
      higher(variant, "throughput", "MB/s", megabytesPerSecond(bytes, result.seconds)),
      lower(variant, "p99 first byte", "ms", firstByte.quantile(0.99)),
      ...cpuPerThousand(variant, usage, result.operations),
    ];
  }
}
