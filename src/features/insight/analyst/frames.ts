/** What the isolated process says: a letter, four bytes of length, and so many bytes. */
export interface Frame {
  readonly kind: FrameKind;
  readonly bytes: Uint8Array;
}

/** A chunk of rows; the end of it all, as JSON; what went wrong. */
export type FrameKind = "chunk" | "end" | "trouble";

const LETTERS: Readonly<Record<FrameKind, number>> = { chunk: 0x43, end: 0x45, trouble: 0x54 };
const KINDS = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as FrameKind]));

const HEAD = 5;

/** Larger than any frame that is written: what claims more is no frame. */
const MOST = 4 * 1024 * 1024;

export function frame(kind: FrameKind, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(HEAD + bytes.byteLength);
  all[0] = LETTERS[kind];
  new DataView(all.buffer).setUint32(1, bytes.byteLength);
  all.set(bytes, HEAD);
  return all;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

/** Reads frames as they come. Throws a `RangeError` for what is none. */
export async function* framesOf(output: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest: Uint8Array = new Uint8Array(0);
  let waiting: Uint8Array[] = [];
  let wanted = HEAD;
  let have = 0;
  for await (const piece of output) {
    waiting.push(piece);
    have += piece.byteLength;
    if (have < wanted) continue;
    rest = joined(waiting);
    for (;;) {
      if (rest.byteLength < HEAD) {
        wanted = HEAD;
        break;
      }
      const length = new DataView(rest.buffer, rest.byteOffset).getUint32(1);
      const kind = KINDS.get(rest[0] ?? 0);
      if (kind === undefined || length > MOST) throw new RangeError("this is no frame");
      if (rest.byteLength < HEAD + length) {
        wanted = HEAD + length;
        break;
      }
      yield { kind, bytes: rest.subarray(HEAD, HEAD + length) };
      rest = rest.subarray(HEAD + length);
    }
    waiting = [rest];
    have = rest.byteLength;
  }
  if (have > 0) throw new RangeError("a frame is cut short");
}

/** A chunk's first key, so that it can be looked for, and its packed rows. */
export interface Chunk {
  readonly first: string;
  readonly rows: Uint8Array;
}

export function packChunk({ first, rows }: Chunk): Uint8Array {
  const key = new TextEncoder().encode(first);
  const all = new Uint8Array(4 + key.byteLength + rows.byteLength);
  new DataView(all.buffer).setUint32(0, key.byteLength);
  all.set(key, 4);
  all.set(rows, 4 + key.byteLength);
  return all;
}

/** Throws a `RangeError` for what is no chunk. */
export function unpackChunk(bytes: Uint8Array): Chunk {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  if (4 + length > bytes.byteLength) throw new RangeError("this is no chunk");
  const first = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  return { first, rows: bytes.slice(4 + length) };
}
