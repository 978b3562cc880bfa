import { failure } from "../kernel/errors/catalogue.ts";
import { excerpt } from "./excerpt.ts";

/** What a `Range` header asks of a body; `end` is the last byte, inclusive. */
export type RequestedRange =
  | { readonly kind: "whole" }
  | { readonly kind: "slice"; readonly start: number; readonly end: number }
  | { readonly kind: "unsatisfiable" };

const WHOLE: RequestedRange = { kind: "whole" };
const UNSATISFIABLE: RequestedRange = { kind: "unsatisfiable" };

const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;
const CHUNK_RANGE = /^(?:bytes[ \t]+)?(\d+)-(\d+)(?:\/(?:(\d+)|\*))?$/i;

/**
 * Reads a `Range` header for a body of `size` bytes (RFC 9110, section 14): one range of bytes is
 * served; other units, several ranges and what cannot be read are ignored, as the RFC allows.
 * A range that ends before it starts is answered 416, as the conformance suite expects.
 */
export function parseRange(header: string | null, size: number): RequestedRange {
  if (header === null) return WHOLE;
  const match = ONE_RANGE.exec(header.trim());
  if (match === null) return WHOLE;
  const [, first = "", last = ""] = match;
  if (first === "") return last === "" ? WHOLE : suffix(Number(last), size);
  const start = Number(first);
  const end = last === "" ? Number.POSITIVE_INFINITY : Number(last);
  if (start >= size || end < start) return UNSATISFIABLE;
  return { kind: "slice", start, end: Math.min(end, size - 1) };
}

/** The last `length` bytes. An empty body has no byte a slice could name: it is served whole. */
function suffix(length: number, size: number): RequestedRange {
  if (length === 0) return UNSATISFIABLE;
  if (size === 0) return WHOLE;
  return { kind: "slice", start: Math.max(size - length, 0), end: size - 1 };
}

/**
 * Reads the `Content-Range` of a chunk: `a-b`, inclusive, and also the `bytes a-b/total` of RFC 9110.
 * Throws `upload.range_malformed` for what cannot be read, `upload.range_invalid` for a range that
 * holds nothing or lies beyond its own total.
 */
export function parseContentRange(header: string): { start: number; end: number } {
  const match = CHUNK_RANGE.exec(header.trim());
  if (match === null) throw failure("upload.range_malformed", { given: excerpt(header) });
  const start = Number(match[1]);
  const end = Number(match[2]);
  const total = match[3] === undefined ? undefined : Number(match[3]);
  if (end < start || !Number.isSafeInteger(end) || (total !== undefined && end >= total)) {
    throw failure("upload.range_invalid", { given: excerpt(header) });
  }
  return { start, end };
}

/** The `Content-Range` of a 206; `end` is inclusive. */
export function contentRange(start: number, end: number, size: number): string {
  return `bytes ${start}-${end}/${size}`;
}

/** The `Content-Range` of a 416. */
export function unsatisfiedRange(size: number): string {
  return `bytes */${size}`;
}

/**
 * The `Range` of an upload that holds `offset` bytes: without `bytes=`, because Docker reads it as
 * two numbers. An empty one says `0-0` like one of a single byte: Docker refuses `0--1`.
 */
export function uploadRange(offset: number): string {
  return `0-${Math.max(offset - 1, 0)}`;
}
