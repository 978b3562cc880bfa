import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What a command reads and writes beside its arguments. */
export interface Streams {
  /** Writes to standard output, as fast as it is read; resolves when all of it has left. */
  out(pieces: Iterable<Piece> | AsyncIterable<Piece>): Promise<void>;
  /** Writes for the person and not for the next program: to standard error. */
  note(text: string): Promise<void>;
  /** All of standard input. */
  input(): Promise<string>;
}

export type Piece = string | Uint8Array;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** Nothing that is read here is long. */
const MOST_INPUT = 1 << 20;

async function write(fd: number, pieces: Iterable<Piece> | AsyncIterable<Piece>): Promise<void> {
  // The descriptor is the process's own, and stays open when this stream ends.
  const file = createWriteStream("", { fd, autoClose: false });
  try {
    await pipeline(Readable.from(pieces, { objectMode: false }), file);
  } catch (error) {
    // The reader has what it wanted (`| head`).
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return;
    throw error;
  }
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of createReadStream("", { fd: STDIN, autoClose: false })) {
    size += chunk.length;
    if (size > MOST_INPUT) throw new RangeError(`more than ${MOST_INPUT} bytes`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * The streams of the process. The descriptors themselves are written: what was only handed to
 * `process.stdout` is lost when the process ends before a slow reader has taken it.
 */
export const processStreams: Streams = {
  out: (pieces) => write(STDOUT, pieces),
  note: (text) => write(STDERR, [text]),
  input: readAll,
};
