import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";

const compress = promisify(gzip);
const BATCH = 1024 * 1024;
const NEWLINE = 0x0a;

/** What was written. */
export interface Packed {
  readonly lines: number;
  readonly size: number;
  readonly sha256: string;
}

/**
 * Writes lines into a compressed file, in memory no more than a batch of them. Each batch is a gzip
 * member of its own: together they are one gzip file to every reader.
 */
export class PackWriter {
  readonly #file: FileHandle;
  readonly #hash = createHash("sha256");
  #lines: string[] = [];
  #gathered = 0;
  #count = 0;
  #size = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<PackWriter> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return new PackWriter(await open(path, "wx", 0o600));
  }

  /** A line has no line break. */
  async write(line: string): Promise<void> {
    this.#lines.push(line);
    this.#gathered += line.length;
    this.#count += 1;
    if (this.#gathered >= BATCH) await this.#flush();
  }

  /** Makes the file durable. */
  async finish(): Promise<Packed> {
    if (this.#gathered > 0 || this.#size === 0) await this.#flush();
    await this.#file.sync();
    return { lines: this.#count, size: this.#size, sha256: this.#hash.digest("hex") };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const text = this.#lines.map((line) => `${line}\n`).join("");
    this.#lines = [];
    this.#gathered = 0;
    const member = await compress(text, { level: 6 });
    this.#hash.update(member);
    this.#size += member.length;
    await this.#file.writeFile(member);
  }
}

/** Writes a file of lines as they come. */
export async function writePack(path: string, lines: AsyncIterable<string>): Promise<Packed> {
  const writer = await PackWriter.create(path);
  try {
    for await (const line of lines) await writer.write(line);
    return await writer.finish();
  } finally {
    await writer.close();
  }
}

/** The lines of a file. Throws the system's error, or that of a compression that is damaged. */
export async function* readPack(path: string): AsyncGenerator<string> {
  // The end of a broken stream comes out of the iteration.
  const bytes = pipeline(createReadStream(path), createGunzip(), () => {});
  let pieces: Buffer[] = [];
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...pieces, chunk.subarray(from, at)]).toString("utf8");
      pieces = [];
      from = at + 1;
    }
    pieces.push(chunk.subarray(from));
  }
  if (pieces.some(({ length }) => length > 0)) throw new SyntaxError("the last line has no end");
}

/** Size and hash of a file. Throws the system's error. */
export async function hashFile(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest("hex") };
}
