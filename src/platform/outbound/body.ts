import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import { faultOf } from "./dial.ts";
import { OutboundFault } from "./fault.ts";

/** The one encoding that is asked for, and so the one that is understood. */
export const ENCODINGS = "gzip";

export interface Bounds {
  /** Most bytes, on the wire as well as unpacked. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * The body as it comes, unpacked, with back-pressure. Throws an `OutboundFault` when it is longer
 * than it may be, packed in a way that was not asked for, cut off, or late. The unpacked bytes are
 * counted as they are made, so a small answer cannot become a large one in memory.
 */
export async function* readBody(
  response: IncomingMessage,
  hasBody: boolean,
  { maxBytes, signal }: Bounds,
): AsyncGenerator<Uint8Array> {
  const abort = () => response.destroy(faultOf(signal.reason));
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (signal.aborted) throw faultOf(signal.reason);
    if (!hasBody) return;
    if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw tooLong(maxBytes);
    const wire = counted(response, maxBytes);
    yield* isPacked(response) ? counted(unpacked(wire), maxBytes) : wire;
  } catch (error) {
    throw signal.aborted ? faultOf(signal.reason) : faultOf(error);
  } finally {
    signal.removeEventListener("abort", abort);
    // Also after a whole answer: the connection serves one request.
    response.destroy();
  }
}

/** Reads a whole body into memory. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isPacked(response: IncomingMessage): boolean {
  const encoding = (response.headers["content-encoding"] ?? "").trim().toLowerCase();
  if (encoding === "" || encoding === "identity") return false;
  if (encoding === "gzip" || encoding === "x-gzip") return true;
  throw new OutboundFault("encoding", "the answer is packed in a way that was not asked for");
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const chunk of chunks) {
    count += chunk.byteLength;
    if (count > maxBytes) throw tooLong(maxBytes);
    yield chunk;
  }
}

async function* unpacked(wire: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const feeding = feed(wire, gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
    await feeding;
  } catch (error) {
    throw error instanceof OutboundFault
      ? error
      : new OutboundFault("encoding", "the answer cannot be unpacked", error);
  } finally {
    gunzip.destroy();
    await feeding.catch(() => {});
  }
}

/** Hands the wire's bytes on as fast as they are unpacked and read. */
async function feed(
  wire: AsyncIterable<Uint8Array>,
  gunzip: ReturnType<typeof createGunzip>,
): Promise<void> {
  try {
    for await (const chunk of wire) {
      if (gunzip.destroyed) return;
      if (!gunzip.write(chunk)) await drained(gunzip);
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(faultOf(error));
  }
}

function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      gunzip.off("drain", done).off("close", done);
      resolve();
    };
    gunzip.on("drain", done).on("close", done);
    if (gunzip.destroyed) done();
  });
}

function tooLong(maxBytes: number): OutboundFault {
  return new OutboundFault("size", `the answer is longer than ${maxBytes} bytes`);
}
