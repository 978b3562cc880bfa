import { readManifest } from "../../../client/registry/manifests.ts";
import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, KIB, lower, type Metric } from "../measure/metric.ts";
import { cpuPerThousand } from "../measure/usage-metrics.ts";
import { fillManifests, type Placed, verifyManifests } from "../payload/fill.ts";
import { paddedManifest } from "../payload/images.ts";
import { Zipf } from "../payload/random.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { repositories: 3, tags: 2, clients: [1, 4], seconds: 0.05 },
  small: { repositories: 100, tags: 10, clients: [1, 64, 200], seconds: 2 },
  full: { repositories: 1_000, tags: 10, clients: [1, 64, 1_000], seconds: 30 },
};
const MANIFEST = 2 * KIB;
/** Reads a connection may have to itself; more of them only blur the popularity. */
const PICKS = 65_536;

/** W1: GET and HEAD of manifests, by tag and by digest, in equal parts; some repositories are hot. */
export class ManifestReads implements Workload {
  readonly id = "W1";
  readonly title = "manifest GET/HEAD by tag and digest";
  #manifests: Placed[] = [];
  #picks: Uint32Array = new Uint32Array(0);

  async prepare(bench: Bench): Promise<void> {
    const { repositories, tags } = bench.scaled(SIZES);
    this.#manifests = [];
    for (let r = 0; r < repositories; r += 1) {
      for (let t = 0; t < tags; t += 1) {
        const repository = bench.repository(`w1-${r}`);
        const manifest = paddedManifest(`${repository}:v${t}`, MANIFEST);
        this.#manifests.push({ ...manifest, repository, tag: `v${t}` });
      }
    }
    await fillManifests(bench, this.#manifests);
    const random = bench.random("w1");
    const zipf = new Zipf(repositories);
    this.#picks = Uint32Array.from(
      { length: PICKS },
      () => zipf.pick(random) * tags + random.below(tags),
    );
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const metrics: Metric[] = [];
    const { clients, seconds } = bench.scaled(SIZES);
    for (const count of clients) metrics.push(...(await this.#load(bench, count, seconds)));
    if (round === 0) await verifyManifests(bench, this.#manifests);
    return metrics;
  }

  async #load(bench: Bench, clients: number, seconds: number): Promise<Metric[]> {
    const latency = new Histogram();
    const { result, usage } = await bench.measure(() =>
      bench.loop(
        clients,
        { seconds },
        async (caller, operation) => {
          const placed = this.#manifests[this.#picks[operation % PICKS] ?? 0];
          if (placed === undefined) return;
          const reference = (operation & 1) === 0 ? placed.tag : placed.digest;
          const method = (operation & 2) === 0 ? "GET" : "HEAD";
          const answer = await readManifest(caller, method, placed.repository, reference);
          bench.ledger.expect(`${method} manifest`, answer.status, 200);
          const body = method === "GET" ? placed.bytes.byteLength : 0;
          bench.ledger.expectLength("GET manifest", answer.bodyLength, body);
        },
        latency,
      ),
    );
    const variant = `c=${clients}`;
    return [
      higher(variant, "rate", "req/s", result.operations / result.seconds),
      lower(variant, "p99", "ms", latency.quantile(0.99)),
      ...cpuPerThousand(variant, usage, result.operations),
    ];
  }
}
