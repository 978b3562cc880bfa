import type { BlobSource } from "../../../client/registry/blobs.ts";
import type { Bench } from "../bench.ts";
import { readLargeBlob } from "../measure/large-reads.ts";
import { GIB, higher, type Metric, MIB } from "../measure/metric.ts";
import { dropPageCache } from "../measure/page-cache.ts";
import { cpuPerGigabyte, gigabytesPerSecond, peakMemory } from "../measure/usage-metrics.ts";
import { fillBlobs, verifyBlobs } from "../payload/fill.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: [{ name: "1 MiB", size: MIB, repeats: 2 }],
  small: [
    { name: "16 MiB", size: 16 * MIB, repeats: 4 },
    { name: "128 MiB", size: 128 * MIB, repeats: 1 },
  ],
  full: [
    { name: "100 MiB", size: 100 * MIB, repeats: 8 },
    { name: "1 GiB", size: GIB, repeats: 1 },
  ],
};
const CLIENTS = [1, 4, 16];

interface Sized {
  readonly name: string;
  readonly repeats: number;
  readonly blob: BlobSource;
}

/** W4: GET of large blobs. */
export class LargeBlobReads implements Workload {
  readonly id = "W4";
  readonly title = "large blob GET";
  #blobs: Sized[] = [];
  #repository = "";

  async prepare(bench: Bench): Promise<void> {
    this.#repository = bench.repository("w4");
    this.#blobs = bench.scaled(SIZES).map(({ name, size, repeats }) => ({
      name,
      repeats,
      blob: bench.blobs.make(size),
    }));
    const blobs = this.#blobs.map(({ blob }) => blob);
    await fillBlobs(bench, this.#repository, blobs);
    // Also warms what is to be read warm.
    await verifyBlobs(bench, this.#repository, blobs);
  }

  async run(bench: Bench): Promise<Metric[]> {
    const metrics: Metric[] = [];
    for (const sized of this.#blobs) {
      for (const clients of CLIENTS) {
        metrics.push(...(await this.#read(bench, sized, clients, "warm")));
      }
      if (bench.settings.cold === true) {
        dropPageCache();
        metrics.push(...(await this.#read(bench, { ...sized, repeats: 1 }, 1, "cold")));
      }
    }
    return metrics;
  }

  async #read(bench: Bench, sized: Sized, connections: number, state: string): Promise<Metric[]> {
    const { bytes, usage } = await readLargeBlob(bench, this.#repository, sized.blob, {
      connections,
      repeats: sized.repeats,
    });
    const variant = `${sized.name}, ${state}, c=${connections}`;
    return [
      higher(variant, "throughput", "GB/s", gigabytesPerSecond(bytes, usage.seconds)),
      ...cpuPerGigabyte(variant, usage, bytes),
      ...peakMemory(variant, usage),
    ];
  }
}
