/** What was found out about a manifest: as of one version of the analysis. */
export interface ArtifactInsightsTable {
  repository_id: string;
  digest: string;
  /** Of the analysis that made it: an older one is made anew. */
  version: number;
  /** Why a part could not be analysed; null when all was. */
  failure: string | null;
  /** Bytes of everything that it names, or null where that is not known. */
  total_size: number | null;
  /** JSON, compressed. */
  document: Uint8Array;
  described_at: number;
}

export type LayerIndexState = "building" | "ready" | "failed";

/** Which layers have their files listed: by digest, for every artifact that has them. */
export interface LayerIndexesTable {
  digest: string;
  version: number;
  state: LayerIndexState;
  failure: string | null;
  /** A new value for each attempt: it fences off one that was overtaken. */
  build: string;
  entries: number | null;
  indexed_at: number;
}

/** The entries of a layer in their order, some hundred in each row. */
export interface LayerIndexChunksTable {
  digest: string;
  seq: number;
  /** The beginning of the first key as big-endian UTF-16, which both engines order like texts. */
  first: Uint8Array;
  /** JSON, compressed. */
  rows: Uint8Array;
}
