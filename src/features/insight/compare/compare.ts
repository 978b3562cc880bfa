import type { Reference, RepositoryName } from "../../../oci/name.ts";
import type { Insight } from "../artifact/insight.ts";
import type { FileView, Standing } from "../files/file.ts";
import type { Gate } from "../files/gate.ts";
import type { Chunks } from "../files/layer-source.ts";
import type { Layers, LayersOf } from "../files/layers.ts";
import { fileView, MOST_LOOKED_AT, pathGiven, rangeAfter, sourcesOf } from "../files/list.ts";
import { pathOf, treeOf } from "../files/rules-key.ts";
import { Merge, type Seen } from "../files/rules-merge.ts";
import {
  type ConfigChange,
  compareConfigs,
  compareLayers,
  isSameFile,
  type LayerChange,
} from "./rules-compare.ts";

export interface Comparison {
  readonly state: "ready" | "pending" | "failed";
  readonly size: { readonly from: number | null; readonly to: number | null };
  readonly layers: readonly LayerChange[];
  readonly config: readonly ConfigChange[];
}

/** Compares what two artifacts say of themselves. */
export function compareInsights(from: Insight, to: Insight): Comparison {
  const states = [from.state, to.state];
  const state = states.includes("pending")
    ? "pending"
    : states.includes("failed")
      ? "failed"
      : "ready";
  return {
    state,
    size: { from: from.totalSize, to: to.totalSize },
    layers: compareLayers(from.layers, to.layers),
    config: compareConfigs(from.image, to.image),
  };
}

export interface Chosen {
  readonly repository: RepositoryName;
  readonly reference: Reference;
}

export interface FilesComparison {
  readonly from: Chosen;
  readonly to: Chosen;
  /** A directory: it and all below. */
  readonly path: string;
  readonly limit: number;
  readonly after: string | undefined;
}

export interface FileChange {
  readonly path: string;
  readonly status: "added" | "removed" | "changed";
  readonly from: FileView | null;
  readonly to: FileView | null;
}

export interface ChangesPage extends Standing {
  readonly items: readonly FileChange[];
  readonly next: string | undefined;
}

/** One of the two walks, one entry ahead. */
class Walk {
  readonly #merge: Merge;
  readonly #layers: Layers;
  #seen: Seen | "more" | undefined;

  constructor(merge: Merge, layers: Layers) {
    this.#merge = merge;
    this.#layers = layers;
  }

  async step(): Promise<void> {
    this.#seen = await this.#merge.next(MOST_LOOKED_AT);
  }

  /** Of the entry that is next; undefined when none is known. */
  get key(): string | undefined {
    return typeof this.#seen === "object" ? this.#seen.key : undefined;
  }

  /** The entry that is next, if it is the one of this key. */
  at(key: string): Seen | undefined {
    return typeof this.#seen === "object" && this.#seen.key === key ? this.#seen : undefined;
  }

  /** How far it has looked, when it looks no further. */
  get bound(): string | undefined {
    return this.#seen === "more" ? this.#merge.last : undefined;
  }

  view(seen: Seen) {
    return { ...fileView(seen, this.#layers.listed), crc: seen.row.crc };
  }
}

function least(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function standingOf(from: Layers, to: Layers): Standing {
  const worst = [from, to].find(({ state }) => state === "failed");
  const { state, job, failure } =
    worst ?? [from, to].find((each) => each.state === "pending") ?? from;
  return { state, job, failure };
}

/** Compares the files of two artifacts. */
export function fileComparer(layersOf: LayersOf, chunks: Chunks, gate: Gate) {
  async function changes(
    left: Walk,
    right: Walk,
    { limit, after }: FilesComparison,
  ): Promise<{ items: FileChange[]; next: string | undefined }> {
    const items: FileChange[] = [];
    let last = after;
    await left.step();
    await right.step();
    for (;;) {
      const key = least(left.key, right.key);
      // Of a walk that has looked at enough nothing is known from there on.
      const bound = least(left.bound, right.bound);
      if (bound !== undefined && (key === undefined || key > bound)) return { items, next: bound };
      if (key === undefined) return { items, next: undefined };
      const mine = left.at(key);
      const theirs = right.at(key);
      const from = mine === undefined ? null : left.view(mine);
      const to = theirs === undefined ? null : right.view(theirs);
      if (from === null || to === null || !isSameFile(from, to)) {
        if (items.length === limit) return { items, next: last };
        const status = from === null ? "added" : to === null ? "removed" : "changed";
        const named = mine?.named ?? theirs?.named ?? { directory: "", name: "" };
        items.push({ path: pathOf(named), status, from, to });
      }
      last = key;
      if (mine !== undefined) await left.step();
      if (theirs !== undefined) await right.step();
    }
  }

  return {
    /** A page of the files that differ, or the news that they are not listed yet, or cannot be. */
    async compareFiles(query: FilesComparison): Promise<ChangesPage> {
      const path = pathGiven(query.path);
      const from = await layersOf(query.from.repository, query.from.reference);
      const to = await layersOf(query.to.repository, query.to.reference);
      const standing = standingOf(from, to);
      if (standing.state !== "ready") return { items: [], next: undefined, ...standing };
      const found = await gate.pass(async () => {
        const range = rangeAfter(treeOf(path), query.after);
        const walks = [from, to].map(async (layers) => {
          const merge = await Merge.open(sourcesOf(chunks, layers.listed), range);
          return new Walk(merge, layers);
        });
        const [left, right] = await Promise.all(walks);
        if (left === undefined || right === undefined) throw new Error("two are compared");
        return await changes(left, right, query);
      });
      return { ...found, ...standing };
    },
  };
}

export type FileComparer = ReturnType<typeof fileComparer>;
