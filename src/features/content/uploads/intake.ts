import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Hasher } from "../../../platform/blobs/hasher.ts";
import type { StagedWriter } from "../../../platform/blobs/port.ts";

/** The body of an upload request. */
export interface Body {
  readonly stream: ReadableStream<Uint8Array> | null;
  /** Bytes that the request announced for its body, where it did. */
  readonly announced: number | undefined;
  /** Called with the size of each piece as it arrives. */
  readonly progress: (bytes: number) => void;
}

export interface Intake {
  readonly writer: StagedWriter;
  readonly hasher: Hasher;
  readonly signal: AbortSignal;
  /** Most bytes that the staged file may come to hold, or null. */
  readonly maxSize: number | null;
}

/**
 * Streams a body into the staged file and the hash, piece by piece: while one piece is being
 * written the same piece is hashed, and the next is asked for only when both are done.
 *
 * Throws what reading or writing threw; what was taken until then stays staged and hashed, so the
 * caller can go on from `writer.size` as long as hash and file are still alike.
 */
export async function takeIn(body: Body, intake: Intake): Promise<number> {
  const { writer, hasher, signal, maxSize } = intake;
  if (body.stream === null) return checkAnnounced(body, 0);
  const reader = body.stream.getReader();
  const stop = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  let taken = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw signal.reason;
      if (done) return checkAnnounced(body, taken);
      if (maxSize !== null && writer.size + value.byteLength > maxSize) {
        throw failure("upload.too_large", { limit: maxSize });
      }
      const { byteLength } = value;
      // Hashed first: the writer frees a piece as soon as it is written.
      hasher.update(value);
      const written = writer.write(value);
      if (written !== undefined) await written;
      taken += byteLength;
      body.progress(byteLength);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    reader.cancel().catch(() => {});
  }
}

function checkAnnounced(body: Body, taken: number): number {
  if (body.announced !== undefined && body.announced !== taken) {
    throw failure("upload.length", { announced: body.announced, actual: taken });
  }
  return taken;
}
