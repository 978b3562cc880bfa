import type { Database } from "../../../../platform/database/port.ts";
import type { LayerIndexState } from "../../../../platform/database/schema/insight.ts";

/** As much of a first key as stands in its column: keys that are longer begin in the same chunk. */
const FIRST = 128;

export interface IndexRow {
  readonly digest: string;
  readonly version: number;
  readonly state: LayerIndexState;
  readonly failure: string | null;
  readonly build: string;
}

/** A key, or its beginning, as both engines order it like texts. */
export function firstOf(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key.slice(0, FIRST), "utf16le").swap16());
}

/** The reads of the files of layers, compiled once. */
export function indexReads(db: Database) {
  const upTo = db.prepare((q, p: { digest: string; first: Uint8Array }) =>
    q
      .selectFrom("layer_index_chunks")
      .select("seq")
      .where("digest", "=", p.digest)
      .where("first", "<=", p.first)
      .orderBy("first", "desc")
      .orderBy("seq", "desc")
      .limit(1)
      .compile(),
  );
  const before = db.prepare((q, p: { digest: string; first: Uint8Array }) =>
    q
      .selectFrom("layer_index_chunks")
      .select("seq")
      .where("digest", "=", p.digest)
      .where("first", "<", p.first)
      .orderBy("first", "desc")
      .orderBy("seq", "desc")
      .limit(1)
      .compile(),
  );
  const chunk = db.prepare((q, p: { digest: string; seq: number }) =>
    q
      .selectFrom("layer_index_chunks")
      .select("rows")
      .where("digest", "=", p.digest)
      .where("seq", "=", p.seq)
      .$castTo<{ rows: Uint8Array<ArrayBuffer> }>()
      .compile(),
  );
  return {
    /** What became of the layers that were looked at. */
    async states(digests: readonly string[]): Promise<IndexRow[]> {
      if (digests.length === 0) return [];
      return await db.read
        .selectFrom("layer_indexes")
        .select(["digest", "version", "state", "failure", "build"])
        .where("digest", "in", digests)
        .execute();
    },
    /** Those of some blobs that are in the repository. */
    async linked(repositoryId: string, digests: readonly string[]): Promise<Set<string>> {
      if (digests.length === 0) return new Set();
      const rows = await db.read
        .selectFrom("repository_blobs")
        .select("digest")
        .where("repository_id", "=", repositoryId)
        .where("digest", "in", digests)
        .where("deleted_at", "is", null)
        .execute();
      return new Set(rows.map(({ digest }) => digest));
    },
    /** The chunk in which the first key that is not before `key` is, or which comes before it. */
    async chunkFor(digest: string, key: string): Promise<number> {
      const first = firstOf(key);
      // A cut key says nothing of what comes after it: then the one before is where to begin.
      const [row] = await (key.length < FIRST ? upTo : before)({ digest, first });
      return row?.seq ?? 0;
    },
    async chunk(digest: string, seq: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
      return (await chunk({ digest, seq }))[0]?.rows;
    },
  };
}

export type IndexReads = ReturnType<typeof indexReads>;
