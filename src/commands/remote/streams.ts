import { createInterface } from "node:readline";

/** What a command reads and writes beside its arguments. */
export interface Streams {
  /** Writes to standard output, as fast as it is read; resolves when all of it has left. */
  out(pieces: Iterable<Piece> | AsyncIterable<Piece>): Promise<void>;
  /** Writes for the person and not for the next program: to standard error. */
  note(text: string): Promise<void>;
  /** All of standard input. */
  input(): Promise<string>;
  /** Asks the person at the terminal for a line; undefined where nobody sits at one. */
  ask?(question: string): Promise<string | undefined>;
}

export type Piece = string | Uint8Array;

/** Nothing that is read here is long. */
const MOST_INPUT = 1 << 20;

function isEnded(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/** Resolves to whether anybody still reads, once the piece has left. */
function send(stream: NodeJS.WritableStream, piece: Piece): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      stream.removeListener("error", settle);
      if (error === undefined || error === null) resolve(true);
      // The reader has what it wanted (`| head`).
      else if (isEnded(error)) resolve(false);
      else reject(error);
    };
    stream.once("error", settle);
    stream.write(piece, settle);
  });
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > MOST_INPUT) throw new RangeError(`more than ${MOST_INPUT} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The question goes to standard error: what is printed may be piped away. */
async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string>((resolve) => {
      // Ended by Ctrl-D: no answer is no consent.
      lines.once("close", () => resolve(""));
      lines.question(question, resolve);
    });
  } finally {
    lines.close();
  }
}

/**
 * The streams of the process. Each piece is waited for: what is still queued when the process ends
 * is lost to a slow reader.
 */
export const processStreams: Streams = {
  async out(pieces) {
    for await (const piece of pieces) {
      if (!(await send(process.stdout, piece))) return;
    }
  },
  async note(text) {
    await send(process.stderr, text);
  },
  input: readAll,
  ask,
};
