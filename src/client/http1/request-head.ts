import type { LaneRequest } from "../lane.ts";

/** Bodies up to this size travel in one write with their head. */
const SMALL_BODY = 16 * 1024;

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

function clean(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new TypeError("a header may not hold line breaks");
  return value;
}

/** The text of a request's head, with the empty line. */
export function requestHead(request: LaneRequest, host: string): string {
  let head = `${request.method} ${clean(request.target)} HTTP/1.1\r\nHost: ${host}\r\n`;
  const headers = request.headers;
  if (headers !== undefined) {
    for (const name in headers) head += `${name}: ${clean(headers[name] ?? "")}\r\n`;
  }
  if (request.stream !== undefined) {
    head += `Content-Length: ${request.stream.length}\r\n`;
  } else if (request.body !== undefined) {
    head += `Content-Length: ${lengthOf(request.body)}\r\n`;
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    head += "Content-Length: 0\r\n";
  }
  return `${head}\r\n`;
}

/** What goes on the wire for a request, in pieces; a small body shares a piece with the head. */
export function encodeRequest(request: LaneRequest, host: string): readonly Uint8Array[] {
  const head = Buffer.from(requestHead(request, host), "latin1");
  const body = request.body;
  if (body === undefined) return [head];
  return lengthOf(body) <= SMALL_BODY ? [Buffer.concat([head, ...body])] : [head, ...body];
}
