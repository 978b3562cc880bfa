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

const STATUS_LINE = /^HTTP\/1\.[01] [1-5]\d\d(?: |\r\n|$)/;
const NONE: Framing = { kind: "length", length: 0 };
const CHUNKED: Framing = { kind: "chunked" };
const UNTIL_CLOSE: Framing = { kind: "close" };
const COLON = 58;

/** The value of the first field called `name` (lower case) among `fields`. */
export function fieldValue(fields: string, name: string): string | undefined {
  let start = 0;
  while (start < fields.length) {
    let end = fields.indexOf("\r\n", start);
    if (end < 0) end = fields.length;
    if (fields.charCodeAt(start + name.length) === COLON) {
      if (fields.slice(start, start + name.length).toLowerCase() === name) {
        return fields.slice(start + name.length + 1, end).trim();
      }
    }
    start = end + 2;
  }
  return undefined;
}

/** The fields that decide where an answer ends. */
interface FramingFields {
  length: string | undefined;
  coding: string | undefined;
  connection: string | undefined;
}

/**
 * Looks for the three in one pass over the lines: a colon in the right place is seen before a name
 * is compared, because tens of thousands of heads a second go through here.
 */
function framingFields(fields: string): FramingFields {
  const found: FramingFields = { length: undefined, coding: undefined, connection: undefined };
  const valueAt = (start: number, end: number, name: string): string | undefined =>
    fields.slice(start, start + name.length).toLowerCase() === name
      ? fields.slice(start + name.length + 1, end).trim()
      : undefined;
  for (let start = 0; start < fields.length; ) {
    let end = fields.indexOf("\r\n", start);
    if (end < 0) end = fields.length;
    if (fields.charCodeAt(start + 14) === COLON) {
      found.length ??= valueAt(start, end, "content-length");
    }
    if (fields.charCodeAt(start + 17) === COLON) {
      found.coding ??= valueAt(start, end, "transfer-encoding");
    }
    if (fields.charCodeAt(start + 10) === COLON) {
      found.connection ??= valueAt(start, end, "connection");
    }
    start = end + 2;
  }
  return found;
}

function framingOf(method: string, status: number, fields: FramingFields): Framing {
  // RFC 9112 section 6.3, rule 1: no body whatever the fields say.
  if (method === "HEAD" || status === 204 || status === 304) return NONE;
  const { coding, length } = fields;
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") {
      throw new WireFault("malformed", `transfer-encoding ${coding} is not understood`);
    }
    return CHUNKED;
  }
  if (length === undefined) return UNTIL_CLOSE;
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
  if (!STATUS_LINE.test(text)) {
    throw new WireFault("malformed", `not a status line: ${JSON.stringify(text.slice(0, 80))}`);
  }
  const status = Number(text.slice(9, 12));
  const lineEnd = text.indexOf("\r\n");
  const fields = lineEnd < 0 ? "" : text.slice(lineEnd + 2);
  const known = framingFields(fields);
  const framing = framingOf(method, status, known);
  const connection = known.connection?.toLowerCase();
  const keepAlive =
    framing.kind !== "close" &&
    (text[7] === "1" ? connection !== "close" : connection === "keep-alive");
  return { status, framing, keepAlive, fields };
}
