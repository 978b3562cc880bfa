import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Reference, RepositoryName } from "../../../oci/name.ts";
import type { FilesPage, FileType, FileView } from "./file.ts";
import type { Gate } from "./gate.ts";
import { type Chunks, LayerSource } from "./layer-source.ts";
import type { Layers, LayersOf, ListedLayer } from "./layers.ts";
import { cleanPath, entriesOf, type KeyRange, pathOf, treeOf } from "./rules-key.ts";
import { Merge, type Seen } from "./rules-merge.ts";
import { isDirectory, type RowType } from "./rules-row.ts";

export interface FilesQuery {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  /** A directory. */
  readonly path: string;
  /** Only what has this in its path, in the directory and all below. */
  readonly search: string | undefined;
  /** One layer alone. */
  readonly layer: string | undefined;
  readonly limit: number;
  readonly after: string | undefined;
}

/** Names looked at for one page: what is rare is found in short pages. */
export const MOST_LOOKED_AT = 100_000;

const SHOWN: Readonly<Record<RowType, FileType>> = {
  file: "file",
  directory: "directory",
  implied: "directory",
  symlink: "symlink",
  hardlink: "hardlink",
  other: "other",
  removed: "removed",
  opaque: "removed",
};

export function sourcesOf(chunks: Chunks, layers: readonly ListedLayer[]): LayerSource[] {
  return layers.map((layer) => new LayerSource(chunks, layer));
}

export function fileView({ named, row, layer }: Seen, layers: readonly ListedLayer[]): FileView {
  const { type, size, mode, uid, gid, modifiedAt, target } = row;
  const from = layers[layer];
  return {
    path: pathOf(named),
    name: named.name,
    type: SHOWN[type],
    size,
    mode,
    uid,
    gid,
    modifiedAt,
    target,
    layer: from?.digest ?? "",
    layerIndex: from?.place ?? 0,
  };
}

/** Where a page begins: after the key that the one before ended with. */
export function rangeAfter(range: KeyRange, after: string | undefined): KeyRange {
  if (after === undefined) return range;
  const isInside =
    after.includes("\u0000") && after >= range.from && (range.to === undefined || after < range.to);
  if (!isInside) throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  // The next text there is.
  return { ...range, from: `${after}\u0000` };
}

/** A path that a person gave. Throws `file.unknown` for one that cannot be. */
export function pathGiven(path: string): string {
  const clean = cleanPath(path);
  if (clean === undefined) throw failure("file.unknown", { path });
  return clean;
}

interface Found {
  readonly items: readonly FileView[];
  readonly next: string | undefined;
}

/** Lists files, of a directory or by a part of their path. */
export function fileLists(layersOf: LayersOf, chunks: Chunks, gate: Gate) {
  async function walk(
    listed: readonly ListedLayer[],
    range: KeyRange,
    { limit, after, search, layer }: FilesQuery,
  ): Promise<Found> {
    const sources = sourcesOf(chunks, listed);
    const merge = await Merge.open(sources, rangeAfter(range, after), {
      showsRemoved: layer !== undefined,
    });
    const wanted = search?.toLowerCase();
    const items: FileView[] = [];
    let last = after;
    for (;;) {
      const seen = await merge.next(MOST_LOOKED_AT);
      if (seen === undefined) return { items, next: undefined };
      if (seen === "more") return { items, next: merge.last };
      if (wanted !== undefined && !pathOf(seen.named).toLowerCase().includes(wanted)) continue;
      if (items.length === limit) return { items, next: last };
      items.push(fileView(seen, listed));
      last = seen.key;
    }
  }

  async function requireDirectory(listed: readonly ListedLayer[], path: string): Promise<void> {
    if (path === "") return;
    const seen = await Merge.shows(sourcesOf(chunks, listed), path);
    if (seen === undefined) throw failure("file.unknown", { path });
    if (!isDirectory(seen.row)) throw failure("file.unknown", { path: `${path}/` });
  }

  return {
    /** A page of files, or the news that they are not listed yet, or cannot be. */
    async list(query: FilesQuery): Promise<FilesPage> {
      const path = pathGiven(query.path);
      const { repository, reference, layer, search } = query;
      const layers: Layers = await layersOf(repository, reference, layer);
      const { state, job, failure: trouble, listed } = layers;
      const standing = { state, job, failure: trouble };
      if (state !== "ready") return { items: [], next: undefined, ...standing };
      const work = async () => {
        await requireDirectory(listed, path);
        return await walk(listed, search === undefined ? entriesOf(path) : treeOf(path), query);
      };
      return { ...(await gate.pass(work)), ...standing };
    },
  };
}

export type FileLists = ReturnType<typeof fileLists>;
