import { WireFault } from "../wire-fault.ts";

/** More than this before the empty line is no answer that a registry gives. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** How the end of a body is known (RFC 9112 section 6.3). */
export type Framing =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

export interface ResponseHead {
  readonly status: number;
  readonly framing: Framing;
  /** False when the server closes the connection after this answer. */
  readonly keepAlive: boolean;
  /** The lines between the status line and the empty line. */
  readonly fields: string;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/;
const NONE: Framing = { kind: "length", length: 0 };

/** The value of the first field called `name` (lower case) among `fields`. */
export function fieldValue(fields: string, name: string): string | undefined {
  let start = 0;
  while (start < fields.length) {
    let end = fields.indexOf("\r\n", start);
    if (end < 0) end = fields.length;
    if (fields.charCodeAt(start + name.length) === 58 /* ":" */) {
      if (fields.slice(start, start + name.length).toLowerCase() === name) {
        return fields.slice(start + name.length + 1, end).trim();
      }
    }
    start = end + 2;
  }
  return undefined;
}

function framingOf(method: string, status: number, fields: string): Framing {
  // RFC 9112 section 6.3, rule 1: no body whatever the fields say.
  if (method === "HEAD" || status === 204 || status === 304) return NONE;
  const coding = fieldValue(fields, "transfer-encoding");
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") {
      throw new WireFault("malformed", `transfer-encoding ${coding} is not understood`);
    }
    return { kind: "chunked" };
  }
  const length = fieldValue(fields, "content-length");
  if (length === undefined) return { kind: "close" };
  if (!/^\d{1,15}$/.test(length)) {
    throw new WireFault("malformed", `content-length ${length} is not a number`);
  }
  return { kind: "length", length: Number(length) };
}

/**
 * Reads the head of an answer: `text` is everything before the empty line, without it.
 * `method` is that of the request, because an answer to HEAD has no body.
 */
export function parseHead(text: string, method: string): ResponseHead {
  const lineEnd = text.indexOf("\r\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const match = STATUS_LINE.exec(line);
  if (match === null) {
    throw new WireFault("malformed", `not a status line: ${JSON.stringify(line.slice(0, 80))}`);
  }
  const fields = lineEnd < 0 ? "" : text.slice(lineEnd + 2);
  const status = Number(match[2]);
  const framing = framingOf(method, status, fields);
  const connection = fieldValue(fields, "connection")?.toLowerCase();
  const keepAlive =
    framing.kind !== "close" &&
    (match[1] === "1" ? connection !== "close" : connection === "keep-alive");
  return { status, framing, keepAlive, fields };
}
