import { type AnyProcedure, procedure, type Tx } from "../../../../platform/database/port.ts";
import type { Trouble } from "../../analyst/trouble.ts";

interface Build {
  readonly digest: string;
  /** A new value for each attempt. */
  readonly build: string;
}

/** Begins to list the files of a layer, in place of whatever was listed; false: there is no such blob. */
export const beginIndex = procedure(
  "insight.begin-index",
  async (
    tx,
    { digest, build, version, now }: Build & { readonly version: number; readonly now: number },
  ): Promise<boolean> => {
    const blob = await tx
      .selectFrom("blobs")
      .select("digest")
      .where("digest", "=", digest)
      .executeTakeFirst();
    if (blob === undefined) return false;
    await tx.deleteFrom("layer_index_chunks").where("digest", "=", digest).execute();
    const row = {
      version,
      state: "building" as const,
      failure: null,
      build,
      entries: null,
      indexed_at: now,
    };
    await tx
      .insertInto("layer_indexes")
      .values({ digest, ...row })
      .onConflict((c) => c.column("digest").doUpdateSet(row))
      .execute();
    return true;
  },
);

/** Whether the attempt was not overtaken by another one. */
async function holds(tx: Tx, { digest, build }: Build): Promise<boolean> {
  const row = await tx
    .selectFrom("layer_indexes")
    .select("build")
    .where("digest", "=", digest)
    .forUpdate()
    .executeTakeFirst();
  return row?.build === build;
}

export interface StoredChunk {
  readonly seq: number;
  readonly first: Uint8Array;
  readonly rows: Uint8Array;
}

export const addChunks = procedure(
  "insight.add-chunks",
  async (tx, args: Build & { readonly chunks: readonly StoredChunk[] }): Promise<boolean> => {
    if (!(await holds(tx, args))) return false;
    const { digest } = args;
    for (const chunk of args.chunks) {
      await tx
        .insertInto("layer_index_chunks")
        .values({ digest, ...chunk })
        .execute();
    }
    return true;
  },
);

export const endIndex = procedure(
  "insight.end-index",
  async (
    tx,
    args: Build & { readonly entries: number | null; readonly failure: Trouble | null },
  ): Promise<boolean> => {
    if (!(await holds(tx, args))) return false;
    const { digest, entries, failure } = args;
    if (failure !== null) {
      await tx.deleteFrom("layer_index_chunks").where("digest", "=", digest).execute();
    }
    await tx
      .updateTable("layer_indexes")
      .set({ state: failure === null ? "ready" : "failed", failure, entries })
      .where("digest", "=", digest)
      .execute();
    return true;
  },
);

export const indexProcedures: readonly AnyProcedure[] = [beginIndex, addChunks, endIndex];
