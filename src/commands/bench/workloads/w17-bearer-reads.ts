import type { RegistryCaller } from "../../../client/registry/caller.ts";
import { readManifest } from "../../../client/registry/manifests.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, KIB, lower, type Metric } from "../measure/metric.ts";
import { cpuPerThousand } from "../measure/usage-metrics.ts";
import { fillManifests, type Placed, verifyManifests } from "../payload/fill.ts";
import { paddedManifest } from "../payload/images.ts";
import type { Workload } from "../workload.ts";

const CLIENTS = 32;
const MANIFESTS = { tiny: 4, small: 100, full: 100 };
const SECONDS = { tiny: 0.05, small: 2, full: 10 };
/** Both the server and the client compile what is hot first. */
const WARM_UP = { tiny: 0, small: 0.5, full: 1.5 };
const SIZE = 2 * KIB;

/**
 * W17: GET of manifests by tag in one repository, by one token. The same load with and without a
 * login says what it costs to find out who asks, what they may, and to write it down.
 */
export class BearerReads implements Workload {
  readonly id = "W17";
  readonly title = "manifest GET by tag, by one token";
  #manifests: Placed[] = [];

  async prepare(bench: Bench): Promise<void> {
    const repository = bench.repository("w17");
    this.#manifests = Array.from({ length: bench.scaled(MANIFESTS) }, (_, index) => ({
      ...paddedManifest(`${repository}:v${index}`, SIZE),
      repository,
      tag: `v${index}`,
    }));
    await fillManifests(bench, this.#manifests);
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const step = async (caller: RegistryCaller, operation: number): Promise<void> => {
      const placed = this.#manifests[operation % this.#manifests.length];
      if (placed === undefined) return;
      const answer = await readManifest(caller, "GET", placed.repository, placed.tag);
      bench.ledger.expect("GET manifest", answer.status, 200);
      bench.ledger.expectLength("GET manifest", answer.bodyLength, placed.bytes.byteLength);
    };
    await bench.loop(CLIENTS, { seconds: bench.scaled(WARM_UP) }, step);
    const latency = new Histogram();
    const { result, usage } = await bench.measure(() =>
      bench.loop(CLIENTS, { seconds: bench.scaled(SECONDS) }, step, latency),
    );
    if (round === 0) await verifyManifests(bench, this.#manifests);
    const variant = `c=${CLIENTS}`;
    return [
      higher(variant, "rate", "req/s", result.operations / result.seconds),
      lower(variant, "p99", "ms", latency.quantile(0.99)),
      ...cpuPerThousand(variant, usage, result.operations),
    ];
  }
}
