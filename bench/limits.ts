import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Bench, type Scale } from "../src/commands/bench/bench.ts";
import { GIB, higher, type Metric, MIB } from "../src/commands/bench/measure/metric.ts";
import { SeededRandom } from "../src/commands/bench/payload/random.ts";
import { loadWith, MANIFEST_SIZE, SMALL_BLOB_SIZE } from "./figures/small-reads.ts";
import { hello } from "./subjects/hello.ts";

const SIZE = { tiny: 4 * MIB, small: 128 * MIB, full: GIB };
const UNIT = MIB;

/** What one core hashes, and what the disk takes when every byte must be on it. */
export function physicalLimits(folder: string, scale: Scale): Metric[] {
  const size = SIZE[scale];
  const unit = new SeededRandom("limits").bytes("unit", UNIT);
  const megabytes = (seconds: number) => size / 1e6 / seconds;

  const hash = createHash("sha256");
  let start = performance.now();
  for (let at = 0; at < size; at += UNIT) hash.update(unit);
  hash.digest();
  const hashing = (performance.now() - start) / 1_000;

  const file = join(folder, "limit.bin");
  start = performance.now();
  const handle = openSync(file, "w");
  for (let at = 0; at < size; at += UNIT) writeSync(handle, unit);
  fsyncSync(handle);
  closeSync(handle);
  const writing = (performance.now() - start) / 1_000;
  rmSync(file);

  return [
    higher("one core", "SHA-256", "MB/s", megabytes(hashing)),
    higher("one file", "write and fsync", "MB/s", megabytes(writing)),
  ];
}

/** The rate of a server that does nothing, under the load of a figure, by the figure's id. */
export async function helloLimits(
  folder: string,
  scale: Scale,
): Promise<ReadonlyMap<string, Metric[]>> {
  const limits = new Map<string, Metric[]>();
  for (const [figure, size] of [
    ["manifest-get", MANIFEST_SIZE],
    ["blob-get", SMALL_BLOB_SIZE],
  ] as const) {
    const server = await hello(size).start(folder);
    try {
      const bench = new Bench(
        { url: server.url, pid: server.pid },
        { scale, seed: "hello", prefix: "bench/hello" },
      );
      const request = { method: "GET", target: `${bench.address.prefix}/v2/hello` };
      limits.set(
        figure,
        await loadWith(bench, (caller) => caller.call("hello", "pull", request), size),
      );
      bench.closeCallers();
    } finally {
      await server.stop();
    }
  }
  return limits;
}
