import { pushBlob } from "../../src/client/registry/blobs.ts";
import { readLargeBlob } from "../../src/commands/bench/measure/large-reads.ts";
import { GIB, higher, type Metric, MIB } from "../../src/commands/bench/measure/metric.ts";
import {
  cpuPerGigabyte,
  gigabytesPerSecond,
  megabytesPerSecond,
  peakMemory,
} from "../../src/commands/bench/measure/usage-metrics.ts";
import { fillBlobs, verifyBlobs } from "../../src/commands/bench/payload/fill.ts";
import type { Figure } from "./figure.ts";

const SIZE = { tiny: 4 * MIB, small: 128 * MIB, full: GIB };
const READS = { tiny: 1, small: 2, full: 4 };
const EAGER = 1;

/**
 * One reader, page cache warm. Read twice over: in large units, where the server is the limit, and
 * eagerly, where reader and sender wake each other for every segment.
 */
export const largeBlobRead: Figure = {
  id: "large-get",
  title: "large blob GET",
  async measure(bench) {
    const repository = bench.repository("large");
    const blob = bench.blobs.make(bench.scaled(SIZE));
    await fillBlobs(bench, repository, [blob]);
    await verifyBlobs(bench, repository, [blob]);
    const metrics: Metric[] = [];
    for (const [reader, unit] of [
      ["reader takes 256 KiB at a time", undefined],
      ["eager reader", EAGER],
    ] as const) {
      const variant = `${blob.size / MIB} MiB, c=1, ${reader}`;
      const { bytes, usage } = await readLargeBlob(bench, repository, blob, {
        connections: 1,
        repeats: bench.scaled(READS),
        ...(unit === undefined ? {} : { unit }),
      });
      metrics.push(
        higher(variant, "throughput", "GB/s", gigabytesPerSecond(bytes, usage.seconds)),
        ...cpuPerGigabyte(variant, usage, bytes),
      );
    }
    return metrics;
  },
};

/** POST and one PUT; the answer says that it is on the disk. */
export const largeBlobPush: Figure = {
  id: "large-push",
  title: "large blob pushed durably",
  async measure(bench) {
    const repository = bench.repository("pushed");
    const blob = bench.blobs.make(bench.scaled(SIZE));
    const { usage } = await bench.measure(() => pushBlob(bench.caller(), repository, blob));
    await verifyBlobs(bench, repository, [blob]);
    const variant = `${blob.size / MIB} MiB, c=1`;
    return [
      higher(variant, "throughput", "MB/s", megabytesPerSecond(blob.size, usage.seconds)),
      ...cpuPerGigabyte(variant, usage, blob.size),
      ...peakMemory(variant, usage),
    ];
  },
};
