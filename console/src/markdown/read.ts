import type { MarkdownTree } from "./tree.ts";
import type { Asked, Told } from "./worker.ts";

/** Where the built worker is; the build fills it in. */
declare const MARKDOWN_WORKER: string;

/** Milliseconds. Some texts are made to be read for hours; the rest is read in a hundredth of it. */
const PATIENCE = 2_000;

interface Reader {
  readonly worker: Worker;
  /** When its code is there; rejected where it cannot be had. */
  readonly isReady: Promise<void>;
}

function start(): Reader {
  const worker = new Worker(MARKDOWN_WORKER, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.onmessage = () => resolve();
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error("there is no reader"));
    if (idle?.worker === worker) idle = undefined;
  };
  promise.catch(() => {});
  return { worker, isReady: promise };
}

/** Has nothing to read; the next text is its. */
let idle: Reader | undefined;

/** Starts what reads Markdown while the text itself is still on its way. */
export function prepareReader(): void {
  idle ??= start();
}

function answerOf(worker: Worker, asked: Asked): Promise<MarkdownTree | undefined> {
  const { promise, resolve } = Promise.withResolvers<MarkdownTree | undefined>();
  const timer = setTimeout(resolve, PATIENCE);
  worker.onmessage = ({ data }: MessageEvent<Told>) => resolve(data ?? undefined);
  worker.onerror = (event) => {
    event.preventDefault();
    resolve(undefined);
  };
  worker.postMessage(asked);
  return promise.finally(() => clearTimeout(timer));
}

/** Reads Markdown beside the page, which stays usable; null for what cannot be read in time. */
export async function readMarkdown(asked: Asked): Promise<MarkdownTree | null> {
  const reader = idle ?? start();
  idle = undefined;
  try {
    await reader.isReady;
  } catch {
    return null;
  }
  const tree = await answerOf(reader.worker, asked);
  if (tree === undefined || idle !== undefined) reader.worker.terminate();
  else idle = reader;
  return tree ?? null;
}
