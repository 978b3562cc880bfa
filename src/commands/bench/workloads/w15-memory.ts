import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, lower, type Metric, MIB } from "../measure/metric.ts";
import { mixedLoad } from "../measure/mixed-load.ts";
import { probeWhile } from "../measure/prober.ts";
import { megabytesPerSecond, peakMemory } from "../measure/usage-metrics.ts";
import { fillBlobs, verifyBlobs } from "../payload/fill.ts";
import type { Workload } from "../workload.ts";
import { fillTags } from "./w11-many-tags.ts";

const SIZES = {
  tiny: { idleSeconds: 0.05, manifests: 20, uploads: 3, size: MIB, downloads: 2 },
  small: { idleSeconds: 3, manifests: 1_000, uploads: 20, size: 16 * MIB, downloads: 10 },
  full: { idleSeconds: 60, manifests: 100_000, uploads: 100, size: 128 * MIB, downloads: 50 },
};
const READ_RATE = 1e6;
const CHECKED_BLOBS = 10;

/** W15: memory at rest, and under many uploads and slow downloads at once. */
export class Memory implements Workload {
  readonly id = "W15";
  readonly title = "memory at rest and under parallel uploads with slow downloads";
  #atRest: Metric[] = [];

  async prepare(bench: Bench): Promise<void> {
    const { idleSeconds, manifests } = bench.scaled(SIZES);
    this.#atRest = [...(await idle(bench, "empty", idleSeconds))];
    await fillTags(bench, bench.repository("w15-tags"), manifests);
    bench.closeCallers();
    this.#atRest.push(...(await idle(bench, `${manifests} manifests`, idleSeconds)));
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const sizes = bench.scaled(SIZES);
    const repository = bench.repository(`w15-${round}`);
    const uploads = Array.from({ length: sizes.uploads }, () => bench.blobs.make(sizes.size));
    const download = bench.blobs.make(sizes.size);
    await fillBlobs(bench, repository, [download]);
    bench.closeCallers();
    const probe = new Histogram();
    let seconds = 0;
    const { usage } = await bench.measure(() =>
      probeWhile(bench, probe, async () => {
        const { downloads } = sizes;
        const load = { repository, uploads, download, downloads, readRate: READ_RATE };
        seconds = await mixedLoad(bench, load);
      }),
    );
    await verifyBlobs(bench, repository, uploads.slice(0, CHECKED_BLOBS));
    const variant = `${sizes.uploads} uploads of ${sizes.size / MIB} MiB, ${sizes.downloads} downloads`;
    const bytes = sizes.uploads * sizes.size;
    return [
      ...(round === 0 ? this.#atRest : []),
      ...peakMemory(variant, usage),
      higher(variant, "throughput", "MB/s", megabytesPerSecond(bytes, seconds)),
      lower(variant, "p99 of a manifest GET", "ms", probe.quantile(0.99)),
    ];
  }
}

/** Resident memory after `seconds` without a request. */
async function idle(bench: Bench, variant: string, seconds: number): Promise<Metric[]> {
  if (bench.probe === undefined) return [];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return [lower(`at rest, ${variant}`, "memory", "MiB", bench.probe.rss() / MIB)];
}
