import type { Bench } from "../bench.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, KIB, lower, type Metric, MIB } from "../measure/metric.ts";
import { cpuPerThousand } from "../measure/usage-metrics.ts";
import { verifyBlobs, verifyManifests } from "../payload/fill.ts";
import { type Image, makeImage } from "../payload/images.ts";
import { pushImage } from "../payload/push-image.ts";
import type { Workload } from "../workload.ts";

const SIZES = {
  tiny: { images: 4 },
  small: { images: 100 },
  full: { images: 1_000 },
};
const CLIENTS = [1, 16, 64];
const CONFIG = KIB;
const LAYER = MIB;
const CHECKED_IMAGES = 10;
const LAYOUTS = ["many repositories", "one repository"] as const;

/** W6: whole small images pushed, first each to a repository of its own, then all to one. */
export class SmallPushes implements Workload {
  readonly id = "W6";
  readonly title = "small images pushed (config 1 KiB, layer 1 MiB)";

  async prepare(): Promise<void> {
    // Every round pushes what no round pushed before: there is nothing to fill in.
  }

  async run(bench: Bench, round: number): Promise<Metric[]> {
    const metrics: Metric[] = [];
    for (const layout of LAYOUTS) {
      for (const clients of CLIENTS) {
        const name = bench.repository(`w6-${round}-${layout === LAYOUTS[0] ? "many" : "one"}`);
        metrics.push(...(await pushImages(bench, name, layout, clients)));
      }
    }
    return metrics;
  }
}

async function pushImages(
  bench: Bench,
  name: string,
  layout: (typeof LAYOUTS)[number],
  clients: number,
): Promise<Metric[]> {
  const { images: count } = bench.scaled(SIZES);
  const images = Array.from({ length: count }, (_, index) =>
    makeImage(bench.blobs, `${name} ${clients} ${index}`, CONFIG, LAYER),
  );
  const place = (index: number) => ({
    repository: layout === LAYOUTS[0] ? `${name}-${clients}-${index}` : `${name}-${clients}`,
    tag: `v${index}`,
  });
  const latency = new Histogram();
  const { result, usage } = await bench.measure(() =>
    bench.loop(
      clients,
      { operations: count },
      async (caller, index) => {
        const image = images[index];
        const { repository, tag } = place(index);
        if (image !== undefined) await pushImage(caller, repository, tag, image);
      },
      latency,
    ),
  );
  await verify(bench, images.slice(0, CHECKED_IMAGES), place);
  const variant = `${layout}, c=${clients}`;
  return [
    higher(variant, "rate", "images/s", result.operations / result.seconds),
    lower(variant, "p99", "ms", latency.quantile(0.99)),
    ...cpuPerThousand(variant, usage, result.operations),
  ];
}

async function verify(
  bench: Bench,
  images: readonly Image[],
  place: (index: number) => { repository: string; tag: string },
): Promise<void> {
  const manifests = images.map(({ manifest, digest }, index) => ({
    bytes: manifest,
    digest,
    ...place(index),
  }));
  await verifyManifests(bench, manifests);
  for (const [index, { config, layers }] of images.entries()) {
    await verifyBlobs(bench, place(index).repository, [config, ...layers]);
  }
}
