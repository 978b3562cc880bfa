import { readFileSync } from "node:fs";

/** Reading the kernel's figures takes some 30 µs; writers ask for each batch. */
const FRESH_MS = 100;

/**
 * Bytes of any file that the kernel has yet to bring to a disk (`Dirty` and `Writeback` of
 * /proc/meminfo, proc(5)), no older than 100 ms; undefined where the system does not tell.
 */
export function dirtyMemory(path = "/proc/meminfo"): () => number | undefined {
  let readAt = Number.NEGATIVE_INFINITY;
  let bytes: number | undefined;
  return () => {
    const now = performance.now();
    if (now - readAt < FRESH_MS) return bytes;
    readAt = now;
    bytes = read(path);
    return bytes;
  };
}

function read(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  let kib = 0;
  for (const [, value] of text.matchAll(/^(?:Dirty|Writeback): +(\d+) kB$/gm)) kib += Number(value);
  return kib * 1_024;
}
