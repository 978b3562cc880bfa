import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** What a person sees of a command. */
export interface Screen {
  /** Whether standard output is a terminal. */
  readonly out: boolean;
  /** The same of standard error. */
  readonly note: boolean;
  /** Places on a line. */
  columns(): number;
}

/** What a command reads and writes beside its arguments. */
export interface Streams {
  /** Writes to standard output, as fast as it is read; resolves when all of it has left. */
  out(pieces: Iterable<Piece> | AsyncIterable<Piece>): Promise<void>;
  /** Writes for the person and not for the next program: to standard error. */
  note(text: string): Promise<void>;
  /** All of standard input, which is short unless `most` bytes are named. */
  input(most?: number): Promise<string>;
  /** Asks the person at the terminal for a line; undefined where nobody sits at one. */
  ask?(question: string, isHidden?: boolean): Promise<string | undefined>;
  /** Left out: nobody looks. */
  readonly screen?: Screen;
}

export type Piece = string | Uint8Array;

/** Hardly anything that is read here is long. */
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

async function readAll(most = MOST_INPUT): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > most) throw new RangeError(`more than ${most} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Takes the echo of what is typed, and shows nothing of it. */
const nowhere = () => new Writable({ write: (_, __, done) => done() });

/** The question goes to standard error: what is printed may be piped away. */
async function ask(question: string, isHidden = false): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const output = isHidden ? nowhere() : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const answer = new Promise<string>((resolve) => {
      // Ended by Ctrl-C or Ctrl-D: no answer is no consent.
      lines.once("close", () => resolve(""));
      lines.question(isHidden ? "" : question, resolve);
    });
    // Only now the terminal echoes nothing by itself any more.
    if (isHidden) await send(process.stderr, question);
    return await answer;
  } finally {
    lines.close();
    if (isHidden) await send(process.stderr, "\n");
  }
}

const USUAL_COLUMNS = 80;

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
  screen: {
    get out() {
      return process.stdout.isTTY === true;
    },
    get note() {
      return process.stderr.isTTY === true;
    },
    columns: () => process.stderr.columns ?? USUAL_COLUMNS,
  },
};
