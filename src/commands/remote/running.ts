import { z } from "zod";

/** What is needed of `kubectl get pods -o json`; the rest is let through. */
const container = z.object({ image: z.string().default(""), imageID: z.string().default("") });
const spec = z.object({ image: z.string().default("") });
const pod = z.object({
  spec: z
    .object({
      containers: z.array(spec).default([]),
      initContainers: z.array(spec).default([]),
      ephemeralContainers: z.array(spec).default([]),
    })
    .partial()
    .default({}),
  status: z
    .object({
      phase: z.string().default(""),
      containerStatuses: z.array(container).default([]),
      initContainerStatuses: z.array(container).default([]),
      ephemeralContainerStatuses: z.array(container).default([]),
    })
    .partial()
    .default({}),
});
const pods = z.union([
  z.object({ items: z.array(pod) }),
  pod.transform((one) => ({ items: [one] })),
]);

const DIGEST = /(?:^|@|\/\/)(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** `docker-pullable://registry/app@sha256:…`, `registry/app@sha256:…`, `docker://sha256:…`, `sha256:…`. */
function digestIn(text: string): string | undefined {
  if (!DIGEST.test(text)) return undefined;
  return text.replace(/^[a-z-]+:\/\//, "");
}

export interface RunningImages {
  /** References with their digests, each once. */
  readonly images: readonly string[];
  /** Containers that tell no digest (yet). */
  readonly unknown: number;
}

/**
 * The images of pods, as Kubernetes lists them. A pod that has ended runs nothing, but what it is
 * of may start again, so it counts while it is listed. Throws `ZodError` or `SyntaxError`.
 */
export function runningImages(json: string): RunningImages {
  const images = new Set<string>();
  let unknown = 0;
  for (const { spec: wanted, status } of pods.parse(JSON.parse(json)).items) {
    const { containers = [], initContainers = [], ephemeralContainers = [] } = wanted;
    const asked = [...containers, ...initContainers, ...ephemeralContainers];
    const running = [
      ...(status.containerStatuses ?? []),
      ...(status.initContainerStatuses ?? []),
      ...(status.ephemeralContainerStatuses ?? []),
    ];
    const found = [
      ...asked.map(({ image }) => digestIn(image)),
      ...running.map(({ image, imageID }) => digestIn(imageID) ?? digestIn(image)),
    ].filter((image) => image !== undefined);
    for (const image of found) images.add(image);
    unknown += Math.max(0, asked.length - running.filter((each) => digestIn(each.imageID)).length);
  }
  return { images: [...images].sort(), unknown };
}
