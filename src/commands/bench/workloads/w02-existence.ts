import { type BlobSource, headBlob, mountBlob, pushBlob } from "../../../client/registry/blobs.ts";
import type { RegistryCaller } from "../../../client/registry/caller.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, lower, type Metric } from "../measure/metric.ts";
import { cpuPerThousand } from "../measure/usage-metrics.ts";
import { sha256 } from "../payload/blobs.ts";
import { fillBlobs, verifyBlobs } from "../payload/fill.ts";
import { EMPTY_BLOB } from "../payload/images.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { blobs: 40, seconds: 0.1, verify: 40 },
  small: { blobs: 2_000, seconds: 3, verify: 200 },
  full: { blobs: 100_000, seconds: 30, verify: 1_000 },
};
const CLIENTS = 64;
const BLOB = 256;
/** Of each 20 requests: 9 hits, 9 misses, 2 mounts. */
const CYCLE = 20;
const MOUNTS = 2;

/** W2: is this blob there? Half of the answers are yes; now and then a blob is mounted elsewhere. */
export class ExistenceChecks implements Workload {
  readonly id = "W2";
  readonly title = "existence checks and mounts";
  #blobs: BlobSource[] = [];
  #missing: string[] = [];
  #source = "";
  #target = "";

  async prepare(bench: Bench): Promise<void> {
    const { blobs } = bench.scaled(SIZES);
    this.#source = bench.repository("w2-source");
    this.#target = bench.repository("w2-target");
    this.#blobs = Array.from({ length: blobs }, () => bench.blobs.make(BLOB));
    this.#missing = this.#blobs.map(({ digest }) => sha256([Buffer.from(`not ${digest}`)]));
    await fillBlobs(bench, this.#source, this.#blobs);
    await pushBlob(bench.caller(), this.#target, EMPTY_BLOB);
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const { seconds, verify } = bench.scaled(SIZES);
    const latency = new Histogram();
    const random = bench.random(`w2 ${round}`);
    const { result, usage } = await bench.measure(() =>
      bench.loop(
        CLIENTS,
        { seconds },
        (caller, operation) =>
          this.#step(bench, caller, operation, random.below(this.#blobs.length)),
        latency,
      ),
    );
    if (round === 0) await verifyBlobs(bench, this.#source, this.#blobs.slice(0, verify));
    const variant = `c=${CLIENTS}`;
    return [
      higher(variant, "rate", "req/s", result.operations / result.seconds),
      lower(variant, "p99", "ms", latency.quantile(0.99)),
      ...cpuPerThousand(variant, usage, result.operations),
    ];
  }

  async #step(
    bench: Bench,
    caller: RegistryCaller,
    operation: number,
    index: number,
  ): Promise<void> {
    const turn = operation % CYCLE;
    const digest = this.#blobs[index]?.digest ?? "";
    if (turn < MOUNTS) {
      const answer = await mountBlob(caller, this.#target, digest, this.#source);
      bench.ledger.expect("POST mount", answer.status, 201);
    } else if (turn % 2 === 0) {
      const answer = await headBlob(caller, this.#source, digest);
      bench.ledger.expect("HEAD blob", answer.status, 200);
    } else {
      const answer = await headBlob(caller, this.#source, this.#missing[index] ?? "");
      bench.ledger.expect("HEAD of a missing blob", answer.status, 404);
    }
  }
}
