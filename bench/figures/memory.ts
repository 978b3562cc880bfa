import { higher, lower, MIB } from "../../src/commands/bench/measure/metric.ts";
import { mixedLoad } from "../../src/commands/bench/measure/mixed-load.ts";
import { megabytesPerSecond, peakMemory } from "../../src/commands/bench/measure/usage-metrics.ts";
import { fillBlobs, verifyBlobs } from "../../src/commands/bench/payload/fill.ts";
import type { Figure } from "./figure.ts";

const SIZES = {
  tiny: { uploads: 3, downloads: 2, size: MIB },
  small: { uploads: 20, downloads: 10, size: 16 * MIB },
  full: { uploads: 100, downloads: 50, size: 128 * MIB },
};
const READ_RATE = 1e6;
const IDLE_SECONDS = { tiny: 0.1, small: 2, full: 10 };

/** Resident memory of a server that has just started and was asked once whether it is there. */
export const idleMemory: Figure = {
  id: "idle-memory",
  title: "memory at rest, empty",
  async measure(bench) {
    await new Promise((resolve) => setTimeout(resolve, bench.scaled(IDLE_SECONDS) * 1_000));
    return bench.probe === undefined
      ? []
      : [lower("just started", "memory", "MiB", bench.probe.rss() / MIB)];
  },
};

/** The peak of resident memory under many uploads at once, with slow downloads beside them. */
export const loadedMemory: Figure = {
  id: "memory",
  title: "memory under parallel uploads and slow downloads",
  maxRounds: 3,
  async measure(bench) {
    const { uploads: count, downloads, size } = bench.scaled(SIZES);
    const repository = bench.repository("parallel");
    const uploads = Array.from({ length: count }, () => bench.blobs.make(size));
    const download = bench.blobs.make(size);
    await fillBlobs(bench, repository, [download]);
    bench.closeCallers();
    const load = { repository, uploads, download, downloads, readRate: READ_RATE };
    const { result: seconds, usage } = await bench.measure(() => mixedLoad(bench, load));
    await verifyBlobs(bench, repository, uploads);
    const variant = `${count} × ${size / MIB} MiB up, ${downloads} down at 1 MB/s`;
    return [
      ...peakMemory(variant, usage),
      higher(variant, "throughput", "MB/s", megabytesPerSecond(count * size, seconds)),
    ];
  },
};
