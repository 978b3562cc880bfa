import { getBlob } from "../../src/client/registry/blobs.ts";
import type { RegistryCaller } from "../../src/client/registry/caller.ts";
import { readManifest } from "../../src/client/registry/manifests.ts";
import type { Bench } from "../../src/commands/bench/bench.ts";
import { Histogram } from "../../src/commands/bench/measure/histogram.ts";
import { higher, KIB, lower, type Metric } from "../../src/commands/bench/measure/metric.ts";
import { cpuPerThousand } from "../../src/commands/bench/measure/usage-metrics.ts";
import {
  fillBlobs,
  fillManifests,
  verifyBlobs,
  verifyManifests,
} from "../../src/commands/bench/payload/fill.ts";
import { paddedManifest } from "../../src/commands/bench/payload/images.ts";
import type { Figure } from "./figure.ts";

const CLIENTS = 32;
const OBJECTS = 100;
const SECONDS = { tiny: 0.2, small: 2, full: 5 };
/** Both the server and the client compile what is hot first. */
const WARM_UP = { tiny: 0.1, small: 0.5, full: 1.5 };

export const MANIFEST_SIZE = 2 * KIB;
export const SMALL_BLOB_SIZE = 10 * KIB;

/** The same load for a registry and for a server that answers anything. */
export async function loadWith(
  bench: Bench,
  read: (
    caller: RegistryCaller,
    operation: number,
  ) => Promise<{ status: number; bodyLength: number }>,
  size: number,
): Promise<Metric[]> {
  const step = async (caller: RegistryCaller, operation: number): Promise<void> => {
    const answer = await read(caller, operation);
    bench.ledger.expect("GET", answer.status, 200);
    bench.ledger.expectLength("GET", answer.bodyLength, size);
  };
  await bench.loop(CLIENTS, { seconds: bench.scaled(WARM_UP) }, step);
  const latency = new Histogram();
  const { result, usage } = await bench.measure(() =>
    bench.loop(CLIENTS, { seconds: bench.scaled(SECONDS) }, step, latency),
  );
  const variant = `c=${CLIENTS}`;
  return [
    higher(variant, "rate", "req/s", result.operations / result.seconds),
    lower(variant, "p99", "ms", latency.quantile(0.99)),
    ...cpuPerThousand(variant, usage, result.operations),
  ];
}

export const manifestByTag: Figure = {
  id: "manifest-get",
  title: "manifest GET by tag (2 KiB)",
  async measure(bench) {
    const repository = bench.repository("manifests");
    const placed = Array.from({ length: OBJECTS }, (_, index) => ({
      ...paddedManifest(`${repository}:v${index}`, MANIFEST_SIZE),
      repository,
      tag: `v${index}`,
    }));
    await fillManifests(bench, placed);
    const metrics = await loadWith(
      bench,
      (caller, operation) =>
        readManifest(caller, "GET", repository, placed[operation % OBJECTS]?.tag ?? ""),
      MANIFEST_SIZE,
    );
    await verifyManifests(bench, placed);
    return metrics;
  },
};

export const smallBlob: Figure = {
  id: "blob-get",
  title: "blob GET (10 KiB)",
  async measure(bench) {
    const repository = bench.repository("blobs");
    const blobs = Array.from({ length: OBJECTS }, () => bench.blobs.make(SMALL_BLOB_SIZE));
    await fillBlobs(bench, repository, blobs);
    const metrics = await loadWith(
      bench,
      (caller, operation) => getBlob(caller, repository, blobs[operation % OBJECTS]?.digest ?? ""),
      SMALL_BLOB_SIZE,
    );
    await verifyBlobs(bench, repository, blobs);
    return metrics;
  },
};
