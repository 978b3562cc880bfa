import type { Sink } from "../lane.ts";
import { WireFault } from "../wire-fault.ts";

const CR = 13;
const LF = 10;
const MAX_LINE = 4096;

type State = "size" | "data" | "data-end" | "trailer" | "done";

/** Decodes a chunked body (RFC 9112 section 7.1) from pieces of any size. */
export class ChunkedDecoder {
  #state: State = "size";
  #line = "";
  #left = 0;
  /** Bytes of the body seen so far. */
  length = 0;

  get done(): boolean {
    return this.#state === "done";
  }

  /** Takes bytes from `from` on; returns the index after the last one that belongs to the body. */
  push(bytes: Uint8Array, from: number, sink: Sink | undefined): number {
    let at = from;
    while (at < bytes.byteLength && this.#state !== "done") {
      if (this.#state === "data") {
        const take = Math.min(this.#left, bytes.byteLength - at);
        sink?.(bytes.subarray(at, at + take));
        this.length += take;
        this.#left -= take;
        at += take;
        if (this.#left === 0) this.#state = "data-end";
      } else {
        this.#byte(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  /** One byte of what is not data: lines end with CRLF and nothing else. */
  #byte(byte: number): void {
    if (byte !== LF) {
      if (this.#line.length >= MAX_LINE) {
        throw new WireFault("malformed", "a line between chunks is too long");
      }
      this.#line += String.fromCharCode(byte);
      return;
    }
    if (this.#line.charCodeAt(this.#line.length - 1) !== CR) {
      throw new WireFault("malformed", "a chunk line ends without CR");
    }
    const line = this.#line.slice(0, -1);
    this.#line = "";
    this.#take(line);
  }

  #take(line: string): void {
    if (this.#state === "data-end") {
      if (line !== "") throw new WireFault("malformed", "a chunk is longer than announced");
      this.#state = "size";
    } else if (this.#state === "trailer") {
      if (line === "") this.#state = "done";
    } else {
      const digits = line.split(";", 1)[0]?.trim() ?? "";
      if (!/^[0-9a-fA-F]{1,12}$/.test(digits)) {
        throw new WireFault("malformed", "a chunk has no size");
      }
      this.#left = Number.parseInt(digits, 16);
      this.#state = this.#left === 0 ? "trailer" : "data";
    }
  }
}
