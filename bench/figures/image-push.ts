import { Histogram } from "../../src/commands/bench/measure/histogram.ts";
import { higher, KIB, lower, MIB } from "../../src/commands/bench/measure/metric.ts";
import { cpuPerThousand } from "../../src/commands/bench/measure/usage-metrics.ts";
import { verifyBlobs, verifyManifests } from "../../src/commands/bench/payload/fill.ts";
import { makeImage } from "../../src/commands/bench/payload/images.ts";
import { pushImage } from "../../src/commands/bench/payload/push-image.ts";
import type { Figure } from "./figure.ts";

const CLIENTS = 16;
const IMAGES = { tiny: 10, small: 100, full: 600 };
const REPOSITORIES = 20;

/** Whole images of a config, a layer and a manifest, spread over some repositories. */
export const imagePush: Figure = {
  id: "image-push",
  title: "small images pushed (config 1 KiB, layer 1 MiB)",
  async measure(bench) {
    const count = bench.scaled(IMAGES);
    const images = Array.from({ length: count }, (_, index) => ({
      image: makeImage(bench.blobs, `image ${index}`, KIB, MIB),
      repository: bench.repository(`images-${index % REPOSITORIES}`),
      tag: `v${index}`,
    }));
    const latency = new Histogram();
    const { result, usage } = await bench.measure(() =>
      bench.loop(
        CLIENTS,
        { operations: count },
        async (caller, index) => {
          const one = images[index];
          if (one !== undefined) await pushImage(caller, one.repository, one.tag, one.image);
        },
        latency,
      ),
    );
    await verifyManifests(
      bench,
      images.map(({ image, repository, tag }) => ({
        bytes: image.manifest,
        digest: image.digest,
        repository,
        tag,
      })),
    );
    for (const { image, repository } of images) {
      await verifyBlobs(bench, repository, [image.config, ...image.layers]);
    }
    const variant = `c=${CLIENTS}`;
    return [
      higher(variant, "rate", "images/s", result.operations / result.seconds),
      lower(variant, "p99", "ms", latency.quantile(0.99)),
      ...cpuPerThousand(variant, usage, result.operations),
    ];
  },
};
