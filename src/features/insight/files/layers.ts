import { failure } from "../../../kernel/errors/catalogue.ts";
import { parseManifest } from "../../../oci/manifest.ts";
import type { Reference, RepositoryName } from "../../../oci/name.ts";
import type { Enqueued, NewJob } from "../../../platform/jobs/port.ts";
import { isTrouble, type Trouble } from "../analyst/trouble.ts";
import { isBrowsable, MOST_LAYERS } from "../artifact/rules-image.ts";
import type { InsightContext } from "../context.ts";
import type { Standing } from "./file.ts";
import { indexJobOf, isSettled } from "./index-layers.ts";
import type { IndexReads, IndexRow } from "./store/read.ts";

/** A layer whose files are listed, and its place among those of its artifact that hold files. */
export interface ListedLayer extends IndexRow {
  readonly place: number;
}

/** An artifact's layers, the lowest first: all of them when they are ready, and else none. */
export interface Layers extends Standing {
  readonly artifact: string;
  readonly listed: readonly ListedLayer[];
}

export interface LayerFinderParts extends Pick<InsightContext, "content" | "settings"> {
  readonly reads: IndexReads;
  readonly enqueue: (job: NewJob) => Promise<Enqueued>;
}

/** Finds the layers of artifacts, and has those listed that were not yet. */
export function layerFinder({ content, settings, reads, enqueue }: LayerFinderParts) {
  function failed(artifact: string, trouble: Trouble): Layers {
    return { artifact, listed: [], state: "failed", job: null, failure: trouble };
  }

  return async function layersOf(
    repository: RepositoryName,
    reference: Reference,
    only?: string,
  ): Promise<Layers> {
    if (!settings.enabled) throw failure("insight.disabled");
    const found = await content.manifests.get(repository, reference);
    const manifest = parseManifest(found.payload, found.mediaType);
    const all = manifest.layers.filter(({ mediaType }) => isBrowsable(mediaType));
    const wanted = all
      .map(({ digest }, place) => ({ digest, place }))
      .filter(({ digest }) => only === undefined || digest === only);
    if (only !== undefined && wanted.length === 0) throw failure("blob.unknown", { digest: only });
    if (wanted.length > MOST_LAYERS) return failed(found.digest, "limit.layers");
    const digests = [...new Set(wanted.map(({ digest }) => digest))];
    // A manifest may name what its repository does not have: that is not to be read through it.
    const linked = await reads.linked(found.repositoryId, digests);
    if (digests.some((digest) => !linked.has(digest))) return failed(found.digest, "missing");
    const rows = new Map((await reads.states(digests)).map((row) => [row.digest, row]));
    const listed: ListedLayer[] = [];
    for (const { digest, place } of wanted) {
      const row = rows.get(digest);
      if (isSettled(row)) listed.push({ ...row, place });
    }
    const trouble = listed.find((row) => row.failure !== null)?.failure ?? null;
    if (trouble !== null) return failed(found.digest, isTrouble(trouble) ? trouble : "crashed");
    const artifact = found.digest;
    if (listed.length === wanted.length) {
      return { artifact, listed, state: "ready", job: null, failure: null };
    }
    const missing = digests.filter((digest) => !isSettled(rows.get(digest)));
    const asked = { repository, layers: missing };
    const job = await enqueue(indexJobOf(asked, only === undefined ? artifact : only));
    return { artifact, listed: [], state: "pending", job: job.id, failure: null };
  };
}

export type LayersOf = ReturnType<typeof layerFinder>;
