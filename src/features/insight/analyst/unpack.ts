import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { TroubleError } from "./trouble.ts";

export interface UnpackLimits {
  /** Bytes that may come out. */
  readonly unpacked: number;
  /** How many times as much may come out as went in, beyond the first of it. */
  readonly ratio: number;
}

/** What little input may become without its ratio being looked at: layers of zeros are real. */
const FREE = 256 * 1024 * 1024;

const PIECE = 256 * 1024;

type Packing = "gzip" | "zstd" | "none";

const MAGIC: readonly (readonly [Packing | undefined, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  // bzip2, xz, lz4: no layer type of the specification.
  [undefined, [0x42, 0x5a, 0x68]],
  [undefined, [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  [undefined, [0x04, 0x22, 0x4d, 0x18]],
];

/** What the bytes say, whatever their media type claims. Throws `compression`. */
function packingOf(first: Uint8Array): Packing {
  for (const [packing, magic] of MAGIC) {
    if (!magic.every((byte, at) => first[at] === byte)) continue;
    if (packing === undefined) throw new TroubleError("compression");
    return packing;
  }
  return "none";
}

function unpacker(packing: "gzip" | "zstd") {
  const options = { chunkSize: PIECE };
  return packing === "gzip" ? createGunzip(options) : createZstdDecompress(options);
}

/** Counts what goes through. Throws `limit.unpacked` and `limit.ratio`. */
class Scales {
  readonly #limits: UnpackLimits;
  #in = 0;
  #out = 0;

  constructor(limits: UnpackLimits) {
    this.#limits = limits;
  }

  *weighIn(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) {
      this.#in += piece.byteLength;
      yield piece;
    }
  }

  weighOut({ byteLength }: Uint8Array): void {
    this.#out += byteLength;
    const { unpacked, ratio } = this.#limits;
    if (this.#out > unpacked) throw new TroubleError("limit.unpacked");
    if (this.#out > FREE + this.#in * ratio) throw new TroubleError("limit.ratio");
  }
}

export interface Unpacked {
  readonly output: AsyncGenerator<Uint8Array>;
  /** Whether input that is cut short throws; where it does not, what comes out must tell. */
  readonly isSure: boolean;
}

/** Unpacks as it is read. Throws `compression`; reading it `damaged` and the limits' own. */
export function unpack(pieces: Iterator<Uint8Array>, limits: UnpackLimits): Unpacked {
  const first = pieces.next();
  const packing = first.done === true ? "none" : packingOf(first.value);
  const all = (function* () {
    for (let next = first; next.done !== true; next = pieces.next()) yield next.value;
  })();
  return { output: unpacked(all, packing, limits), isSure: packing !== "zstd" };
}

async function* unpacked(
  all: Iterable<Uint8Array>,
  packing: Packing,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array> {
  const scales = new Scales(limits);
  if (packing === "none") {
    for (const piece of scales.weighIn(all)) {
      scales.weighOut(piece);
      yield piece;
    }
    return;
  }
  const unpacking = unpacker(packing);
  const source = Readable.from(scales.weighIn(all), { objectMode: true });
  source.pipe(unpacking);
  try {
    for await (const piece of unpacking as AsyncIterable<Uint8Array>) {
      scales.weighOut(piece);
      yield piece;
    }
  } catch (error) {
    throw error instanceof TroubleError ? error : new TroubleError("damaged", { cause: error });
  }
}
