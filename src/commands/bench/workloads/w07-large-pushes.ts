import { pushBlob } from "../../../client/registry/blobs.ts";
import type { Bench } from "../bench.ts";
import { GIB, higher, type Metric, MIB } from "../measure/metric.ts";
import { cpuPerGigabyte, megabytesPerSecond, peakMemory } from "../measure/usage-metrics.ts";
import { verifyBlobs } from "../payload/fill.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { name: "2 MiB", size: 2 * MIB, clients: [1, 2] },
  small: { name: "64 MiB", size: 64 * MIB, clients: [1, 4] },
  full: { name: "1 GiB", size: GIB, clients: [1, 8] },
};

/** W7: large blobs pushed in one PUT each. */
export class LargePushes implements Workload {
  readonly id = "W7";
  readonly title = "large blob pushed in one piece";

  async prepare(): Promise<void> {
    // Every round pushes what no round pushed before: there is nothing to fill in.
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const metrics: Metric[] = [];
    const { name, size, clients } = bench.scaled(SIZES);
    for (const count of clients) {
      const repository = bench.repository(`w7-${round}-${count}`);
      const blobs = Array.from({ length: count }, () => bench.blobs.make(size));
      const { result, usage } = await bench.measure(() =>
        bench.loop(count, { operations: count }, async (caller, index) => {
          const blob = blobs[index];
          if (blob !== undefined) await pushBlob(caller, repository, blob);
        }),
      );
      await verifyBlobs(bench, repository, blobs);
      const variant = `${name}, c=${count}`;
      const bytes = size * count;
      metrics.push(
        higher(variant, "throughput", "MB/s", megabytesPerSecond(bytes, result.seconds)),
        ...cpuPerGigabyte(variant, usage, bytes),
        ...peakMemory(variant, usage),
      );
    }
    return metrics;
  }
}
