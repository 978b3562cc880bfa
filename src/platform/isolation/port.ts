import type { BlobBody } from "../blobs/port.ts";

/** What a process that works on untrusted bytes may use. */
export interface IsolationLimits {
  /** Bytes of memory; more than that ends it. */
  readonly memory: number;
  /** From its start to its end, in milliseconds. */
  readonly deadline: number;
  /** Bytes that it may write. */
  readonly output: number;
}

/** Why it was ended. */
export type Overrun = "memory" | "time" | "output";

/** How it ended, when its output has been read to the end. */
export interface IsolatedEnd {
  /** Undefined for one that a signal ended. */
  readonly code: number | undefined;
  readonly overrun: Overrun | undefined;
}

export interface IsolatedRun {
  /** What it writes, as it is read: a reader who is slow slows it down. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Resolves, never rejects. */
  readonly ended: Promise<IsolatedEnd>;
  /** Ends it at once. Idempotent. */
  kill(): void;
}

export interface IsolatedTask {
  /** Passed as the arguments of the role. */
  readonly args: readonly string[];
  /** What it reads: no other file is open to it. */
  readonly input: BlobBody;
  readonly limits: IsolationLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs work on bytes that nobody vouches for in a process of its own, without network, without
 * files, and with an end to everything it can use (A55).
 */
export interface Isolation {
  run(task: IsolatedTask): IsolatedRun;
}

/** The first argument that makes the program the isolated worker instead of itself. */
export const ISOLATED_ROLE = "isolated-analyst";
