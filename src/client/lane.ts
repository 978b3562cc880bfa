/** Takes body bytes as they arrive; a chunk is valid only during the call unless copied. */
export type Sink = (chunk: Uint8Array) => void;

/** The head of an answer, once it is here. */
export interface AnswerHead {
  readonly status: number;
  /** The first header of that name (lower case), or undefined. */
  header(name: string): string | undefined;
}

/** A body that is made while it is sent, of a length that is known before. */
export interface BodyStream {
  readonly length: number;
  /** The next piece, asked for when there is room for it; undefined after the last one. */
  next(): Promise<Uint8Array | undefined>;
}

/** One request to a registry. */
export interface LaneRequest {
  readonly method: string;
  /** Path and query, as it goes on the wire. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body in parts that are sent one after the other; its length is announced. */
  readonly body?: readonly Uint8Array[];
  /** The same in pieces that are not there yet; only HTTP/1.1 sends it. */
  readonly stream?: BodyStream;
  /** Where the answer's body goes; without it the bytes are counted and dropped. */
  readonly sink?: Sink;
  /** Says by the answer's head where its body goes; comes before `sink`. */
  readonly choose?: (head: AnswerHead) => Sink | undefined;
  /** Asked after each piece of the answer: what to wait for before more of it is read. */
  readonly hold?: () => Promise<void> | undefined;
  /** Reads the answer's body no faster than so many bytes a second. */
  readonly readRate?: number;
  /** Cut the connection after so many body bytes were handed to the kernel (to test resumption). */
  readonly cutAfter?: number;
}

/** The answer to a request, when its whole body has arrived. */
export interface LaneResponse extends AnswerHead {
  /** Bytes of the body that arrived. */
  readonly bodyLength: number;
  /** Milliseconds (of `performance.now`) at which the first byte of the answer was here. */
  readonly firstByteAt: number;
}

/** Carries one request at a time to one server; opens and reopens its connection by itself. */
export interface Lane {
  exchange(request: LaneRequest): Promise<LaneResponse>;
  close(): void;
}

/** A sink that keeps what arrives, up to `limit` bytes, and the way to get at it. */
export function collector(limit: number): { sink: Sink; bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    sink: (chunk) => {
      size += chunk.byteLength;
      if (size > limit) throw new RangeError(`the body is larger than ${limit} bytes`);
      chunks.push(Buffer.from(chunk));
    },
    bytes: () => Buffer.concat(chunks),
  };
}
