import { readSync, writeSync } from "node:fs";

const INPUT = 0;
const OUTPUT = 1;
const CHUNK = 256 * 1024;

/** What the isolated process was given to read. */
export function* input(): Generator<Uint8Array<ArrayBuffer>> {
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const count = again(() => readSync(INPUT, chunk, 0, CHUNK, null));
    if (count === 0) return;
    yield chunk.subarray(0, count);
  }
}

/** Writes all of it, waiting for the reader. */
export function output(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength; ) {
    const rest = bytes.byteLength - at;
    at += again(() => writeSync(OUTPUT, bytes, at, rest));
  }
}

/** A pipe that the other side has set not to block says so; then it is waited for. */
function again(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
