import type { Descriptor, ParsedManifest } from "../../../oci/manifest.ts";
import type { ChartInsight, ImageConfig, Readme } from "./insight.ts";

/** The annotation of a manifest, and the label of an image, that holds its README. */
export const README_KEY = "io.entrepot.readme";

/** What an artifact that is a README calls itself. */
export const README_TYPES: readonly string[] = [
  "application/vnd.entrepot.readme.v1",
  "text/markdown",
];
const MARKDOWN = "text/markdown";

const MOST_README = 512 * 1024;

export function isReadmeType(artifactType: string | undefined): boolean {
  return artifactType !== undefined && README_TYPES.includes(artifactType);
}

/** The layer that holds the text of an artifact that is a README. */
export function readmeLayer(manifest: ParsedManifest): Descriptor | undefined {
  if (!isReadmeType(manifest.artifactType ?? manifest.config?.mediaType)) return undefined;
  return manifest.layers.find(
    ({ mediaType, size }) => mediaType.split(";", 1)[0] === MARKDOWN && size <= MOST_README,
  );
}

/** The README that a manifest brings along: what is nearest to it comes first. */
export function ownReadme(
  annotations: Readonly<Record<string, string>>,
  chart: ChartInsight | null,
  image: ImageConfig | null,
): Readme | null {
  const annotated = Object.hasOwn(annotations, README_KEY) ? annotations[README_KEY] : undefined;
  if (annotated !== undefined && annotated.length <= MOST_README) {
    return { source: "annotation", markdown: annotated };
  }
  if (chart?.readme) return { source: "chart", markdown: chart.readme };
  const labels = image?.labels ?? {};
  const labelled = Object.hasOwn(labels, README_KEY) ? labels[README_KEY] : undefined;
  return labelled ? { source: "label", markdown: labelled } : null;
}
