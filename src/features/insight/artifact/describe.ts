import { gzipSync } from "node:zlib";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import type { Digest } from "../../../oci/digest.ts";
import { type Descriptor, type ParsedManifest, parseManifest } from "../../../oci/manifest.ts";
import { parseRepositoryName, type RepositoryName } from "../../../oci/name.ts";
import type { BlobBody } from "../../../platform/blobs/port.ts";
import type { StoredManifest } from "../../content/manifests/store/read.ts";
import type { Content } from "../../content/service.ts";
import type { ChartTexts } from "../analyst/task.ts";
import { type Trouble, TroubleError } from "../analyst/trouble.ts";
import type { InsightContext } from "../context.ts";
import type { ChartInsight, ChildInsight, Described } from "./insight.ts";
import { CHART_CONFIG, CHART_CONTENT, readChart } from "./rules-chart.ts";
import { isImageConfig, layersOf, readImageConfig } from "./rules-image.ts";
import { ownReadme, readmeLayer } from "./rules-readme.ts";
import { type KeepInsight, keepInsights } from "./store/write.ts";

/** Of the analysis: what an older one made is made anew. */
export const VERSION = 1;

/** A larger config is none that a tool wrote. */
const MOST_CONFIG = 4 * 1024 * 1024;

/** Children of an index, and annotations of each, that are kept. */
const MOST_CHILDREN = 1_000;

export interface Place {
  readonly repository: string;
  readonly repositoryId: string;
  readonly digest: string;
  readonly principal: string;
}

/** A manifest that could not be analysed for now. */
export interface Fault {
  readonly place: Place;
  readonly error: unknown;
}

/** Manifests that are analysed at once. */
const AT_ONCE = 4;

/** What was found out, and what could not be. */
interface Found {
  readonly described: Described;
  readonly failure: Trouble | null;
}

const NO_TEXTS: ChartTexts = { values: null, readme: null };

/** The bytes of a blob that is known to be small. */
async function bytesOf(body: BlobBody): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A blob that the manifest names and the repository has; a `missing` trouble where it has it not. */
async function blobOf(content: Content, repository: RepositoryName, digest: Digest) {
  try {
    return await content.blobs.get(repository, digest);
  } catch (error) {
    if (error instanceof Failure && error.code === "blob.unknown") {
      throw new TroubleError("missing", { cause: error });
    }
    throw error;
  }
}

function childOf({ digest, mediaType, size, artifactType, platform, annotations }: Descriptor) {
  const { os, architecture, variant } = platform ?? {};
  const child: ChildInsight = {
    digest,
    mediaType,
    size,
    artifactType: artifactType ?? null,
    platform:
      os === undefined && architecture === undefined
        ? null
        : {
            os: os ?? "",
            architecture: architecture ?? "",
            variant: variant ?? null,
            osVersion: platform?.["os.version"] ?? null,
          },
    annotations: annotations ?? {},
  };
  return child;
}

function sizeOf(payload: Uint8Array, { config, layers }: ParsedManifest): number {
  const parts = config === undefined ? layers : [config, ...layers];
  const sizes = new Map(parts.map(({ digest, size }) => [digest, size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, payload.byteLength);
}

/** Finds out what manifests are of. */
export function describing({ content, db, clock, analyst, tally, changed }: InsightContext) {
  async function readText(repository: RepositoryName, digest: Digest): Promise<string> {
    const blob = await blobOf(content, repository, digest);
    if (blob.size > MOST_CONFIG) throw new TroubleError("limit.size");
    return new TextDecoder().decode(await bytesOf(await blob.open()));
  }

  async function readJson(repository: RepositoryName, digest: Digest): Promise<unknown> {
    const text = await readText(repository, digest);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new TroubleError("config", { cause: error });
    }
  }

  async function chartOf(
    repository: RepositoryName,
    json: unknown,
    { layers }: ParsedManifest,
  ): Promise<{ chart: ChartInsight; failure: Trouble | null }> {
    const layer = layers.find(({ mediaType }) => mediaType === CHART_CONTENT);
    if (layer === undefined) return { chart: readChart(json, NO_TEXTS), failure: null };
    try {
      const blob = await blobOf(content, repository, layer.digest);
      const texts = await analyst.chart(await blob.open());
      return { chart: readChart(json, texts), failure: null };
    } catch (error) {
      if (!(error instanceof TroubleError)) throw error;
      return { chart: readChart(json, NO_TEXTS), failure: error.trouble };
    }
  }

  async function analyse(
    repository: RepositoryName,
    manifest: ParsedManifest,
    size: number | null,
  ) {
    const { config, layers, children, annotations } = manifest;
    const plain: Described = {
      image: null,
      layers: layersOf(layers, undefined),
      children: children.slice(0, MOST_CHILDREN).map(childOf),
      chart: null,
      readme: ownReadme(annotations, null, null),
      text: null,
      ownSize: size,
    };
    const text = readmeLayer(manifest);
    try {
      if (text !== undefined) {
        const described = { ...plain, text: await readText(repository, text.digest) };
        return { described, failure: null };
      }
      if (config !== undefined && isImageConfig(config.mediaType)) {
        const json = await readJson(repository, config.digest);
        const image = readImageConfig(json);
        const readme = ownReadme(annotations, null, image);
        const described = { ...plain, image, layers: layersOf(layers, json), readme };
        return { described, failure: null };
      }
      if (config?.mediaType === CHART_CONFIG) {
        const json = await readJson(repository, config.digest);
        const { chart, failure } = await chartOf(repository, json, manifest);
        const readme = ownReadme(annotations, chart, null);
        return { described: { ...plain, chart, readme }, failure };
      }
    } catch (error) {
      if (!(error instanceof TroubleError)) throw error;
      return { described: plain, failure: error.trouble };
    }
    return { described: plain, failure: null };
  }

  async function manifestOf({ repository, repositoryId, digest }: Place) {
    let found: StoredManifest;
    try {
      const reference = { kind: "digest", digest: digest as Digest } as const;
      found = await content.manifests.get(parseRepositoryName(repository), reference);
    } catch (error) {
      const isGone =
        error instanceof Failure &&
        (error.code === "manifest.unknown" || error.code === "repository.unknown");
      if (isGone) return undefined;
      throw error;
    }
    // Another repository has that name by now.
    return found.repositoryId === repositoryId ? found : undefined;
  }

  async function find(place: Place): Promise<KeepInsight | undefined> {
    const found = await manifestOf(place);
    if (found === undefined) return undefined;
    const manifest = parseManifest(found.payload, found.mediaType);
    const size = manifest.kind === "index" ? null : sizeOf(found.payload, manifest);
    const name = parseRepositoryName(place.repository);
    const { described, failure }: Found = await analyse(name, manifest, size);
    const { repository, repositoryId, digest, principal } = place;
    return {
      repository,
      repositoryId,
      digest,
      principal,
      version: VERSION,
      failure,
      totalSize: size,
      document: gzipSync(JSON.stringify(described)),
      labels: described.image?.labels ?? {},
      now: clock.now(),
    };
  }

  return {
    /**
     * Analyses manifests and keeps what was found; nothing of those that are not there any more.
     * Gives what went wrong with single ones, which keeps none of the others from their turn.
     */
    async describe(places: readonly Place[]): Promise<readonly Fault[]> {
      const faults: Fault[] = [];
      const all: (KeepInsight | undefined)[] = [];
      for (let at = 0; at < places.length; at += AT_ONCE) {
        const some = places.slice(at, at + AT_ONCE).map(async (place) => {
          try {
            return await find(place);
          } catch (error) {
            faults.push({ place, error });
            return undefined;
          }
        });
        all.push(...(await Promise.all(some)));
      }
      const found = all.flatMap((each) => each ?? []);
      if (found.length === 0) return faults;
      await db.write(keepInsights, { found });
      for (const each of found) tally.artifact(each.failure);
      changed();
      return faults;
    },
  };
}

export type Describing = ReturnType<typeof describing>;
