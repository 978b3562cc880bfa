import { failure } from "../../../kernel/errors/catalogue.ts";
import { isDigest } from "../../../oci/digest.ts";
import type { Reference, RepositoryName } from "../../../oci/name.ts";
import type { IsolatedRun } from "../../../platform/isolation/port.ts";
import type { InsightContext } from "../context.ts";
import type { FileView } from "./file.ts";
import type { Gate } from "./gate.ts";
import type { Chunks } from "./layer-source.ts";
import type { LayersOf } from "./layers.ts";
import { fileView, pathGiven, sourcesOf } from "./list.ts";
import { Merge, type Seen } from "./rules-merge.ts";

export interface FileQuery {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  readonly path: string;
  readonly layer: string | undefined;
}

/** A file whose bytes can be read. */
export interface FoundFile extends FileView {
  readonly repositoryId: string;
  readonly projectId: string;
  /** All of it, for whoever shows it. Throws `file.too_large` and `file.binary`. */
  text(): Promise<Uint8Array<ArrayBuffer>>;
  /** Its bytes as they are read: a stream that ends early has failed. */
  stream(): Promise<ReadableStream<Uint8Array>>;
}

/** Larger files are not shown but downloaded. */
const MOST_TEXT = 1024 * 1024;

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Passes on as many bytes as were promised, or breaks: a part is never the whole. */
function streamOf(run: IsolatedRun, size: number, done: () => void): ReadableStream<Uint8Array> {
  const pieces = run.output[Symbol.asyncIterator]();
  let left = size;
  const end = () => {
    run.kill();
    done();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: isOver, value } = await pieces.next();
          if (isOver !== true) {
            left -= value.byteLength;
            controller.enqueue(value);
          }
          if (isOver === true && left !== 0) {
            throw new Error(`the reader of a file ended: ${JSON.stringify(await run.ended)}`);
          }
          if (left > 0) return;
          controller.close();
          end();
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

/** Reads single files out of layers: unpacked up to where they are, and no further. */
export function fileReader(
  { content, analyst }: Pick<InsightContext, "content" | "analyst">,
  layersOf: LayersOf,
  { chunks, shown, downloads }: { chunks: Chunks; shown: Gate; downloads: Gate },
) {
  function offsetOf({ row }: Seen, path: string): number {
    if (row.type !== "file" && row.type !== "hardlink") {
      throw failure("file.no_bytes", {
        path,
        type: row.type === "implied" ? "directory" : row.type,
      });
    }
    if (row.offset !== null) return row.offset;
    // A hard link to what this layer has not, or a file that is stored with holes.
    const type = row.type === "file" ? "sparse file" : row.type;
    throw failure("file.no_bytes", { path, type });
  }

  return {
    /**
     * The file of that path. Throws `file.unknown`, `file.no_bytes`, `insight.pending` and
     * `insight.failed`.
     */
    async file({ repository, reference, path: given, layer }: FileQuery): Promise<FoundFile> {
      const path = pathGiven(given);
      const { state, failure: why, listed } = await layersOf(repository, reference, layer);
      if (state === "pending") throw failure("insight.pending");
      if (state === "failed") throw failure("insight.failed", { failure: why ?? "crashed" });
      const seen = await Merge.shows(sourcesOf(chunks, listed), path);
      if (seen === undefined || path === "") throw failure("file.unknown", { path: given });
      const offset = offsetOf(seen, path);
      const view = fileView(seen, listed);
      const { size } = view;
      if (!isDigest(view.layer)) throw failure("file.unknown", { path: given });
      const blob = await content.blobs.get(repository, view.layer);
      const read = async (leave: () => void) => {
        try {
          return streamOf(analyst.extract(await blob.open(), offset, size), size, leave);
        } catch (error) {
          leave();
          throw error;
        }
      };
      return {
        ...view,
        repositoryId: blob.repositoryId,
        projectId: blob.projectId,
        async text() {
          if (size > MOST_TEXT) throw failure("file.too_large", { path, size, limit: MOST_TEXT });
          const pieces: Uint8Array[] = [];
          if (size > 0)
            for await (const piece of await read(await shown.enter())) pieces.push(piece);
          const bytes = new Uint8Array(Buffer.concat(pieces));
          if (!isText(bytes)) throw failure("file.binary", { path });
          return bytes;
        },
        stream: async () =>
          size === 0
            ? new ReadableStream({ start: (c) => c.close() })
            : read(await downloads.enter()),
      };
    },
  };
}

export type FileReader = ReturnType<typeof fileReader>;
