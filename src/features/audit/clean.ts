import { escapeForLog } from "../../platform/telemetry/escape.ts";
import type { AuditEntry } from "./entry.ts";

/** Most bytes of an entry's details. */
export const MOST_DETAILS = 8 * 1024;

const MOST_TEXT = 1_024;
const MOST_ITEMS = 100;
const MOST_DEPTH = 6;
const CUT = "…";

/** Unsafe in a line of text, and not escaped by JSON itself. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** One line of text without control characters (A67: no forged lines), at most `most` characters. */
export function cleanText(text: string, most: number): string {
  return escapeForLog(text, most).toWellFormed();
}

export function cleanOrNull(text: string | null, most: number): string | null {
  return text === null ? null : cleanText(text, most);
}

/** A copy that JSON can hold and that is not large: whatever came in, recording never fails by it. */
function bounded(value: unknown, depth: number): unknown {
  if (typeof value === "string") {
    return (value.length > MOST_TEXT ? value.slice(0, MOST_TEXT) + CUT : value).toWellFormed();
  }
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MOST_DEPTH) return CUT;
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return bounded(value.toJSON(), depth + 1);
  }
  if (Array.isArray(value)) {
    const kept = value.slice(0, MOST_ITEMS).map((each) => bounded(each, depth + 1));
    return value.length > MOST_ITEMS ? [...kept, CUT] : kept;
  }
  const kept: [string, unknown][] = [];
  for (const [name, each] of Object.entries(value).slice(0, MOST_ITEMS)) {
    kept.push([name.slice(0, MOST_TEXT).toWellFormed(), bounded(each, depth + 1)]);
  }
  return Object.fromEntries(kept);
}

/** JSON in one line, in which every unsafe character is an escape. */
export function asJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The details as they are stored: JSON in one line, at most `MOST_DETAILS` bytes. */
export function cleanDetails(details: AuditEntry["details"]): string {
  const safe = bounded(details, 0) as Record<string, unknown>;
  const whole = asJson(safe);
  if (whole.length * 3 <= MOST_DETAILS || Buffer.byteLength(whole) <= MOST_DETAILS) return whole;
  // What comes first is kept, and that something is missing is said.
  const kept: Record<string, unknown> = { cut: Buffer.byteLength(whole) };
  let room = MOST_DETAILS - Buffer.byteLength(asJson(kept));
  for (const [name, value] of Object.entries(safe)) {
    if (value === undefined) continue;
    const size = Buffer.byteLength(asJson({ [name]: value }));
    if (size > room) continue;
    kept[name] = value;
    room -= size;
  }
  return asJson(kept);
}
