import type { MarkdownTree } from "./tree.ts";
import type { Asked } from "./worker.ts";

/** Where the built worker is; the build fills it in. */
declare const MARKDOWN_WORKER: string;

/** Milliseconds. Some texts are made to be read for hours; the rest is read in a hundredth of it. */
const PATIENCE = 2_000;

/** Reads Markdown beside the page, which stays usable; null for what cannot be read in time. */
export function readMarkdown(asked: Asked): Promise<MarkdownTree | null> {
  const worker = new Worker(MARKDOWN_WORKER, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<MarkdownTree | null>();
  const timer = setTimeout(() => resolve(null), PATIENCE);
  worker.onmessage = ({ data }: MessageEvent<MarkdownTree | undefined>) => resolve(data ?? null);
  worker.onerror = (event) => {
    event.preventDefault();
    resolve(null);
  };
  worker.postMessage(asked);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
