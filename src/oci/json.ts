import { type ErrorCode, type Failure, failure } from "../kernel/errors/catalogue.ts";
import type { Details } from "../kernel/errors/failure.ts";
import { excerpt } from "./excerpt.ts";
import { jsonPath } from "./json-path.ts";
import {
  anything,
  type ListNode,
  type MapNode,
  type ObjectNode,
  type Shape,
  type ShapeNode,
  skipped,
} from "./json-shape.ts";
import { foldKey } from "./key-folding.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WHOLE = /^(?:0|[1-9][0-9]{0,15})$/;

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LETTER_N = 0x6e;

/** What any JSON value begins with: tells a value of the wrong type from what is no JSON. */
const BEGINS_VALUE = /[[{"\-0-9tfn]/;

const EVERYTHING: ListNode = { kind: "list", items: anything, most: Number.POSITIVE_INFINITY };
const NOTHING: ListNode = { kind: "list", items: skipped, most: Number.POSITIVE_INFINITY };
const ANY_MAP: MapNode = { kind: "map", values: anything };
const SKIPPED_MAP: MapNode = { kind: "map", values: skipped };

/**
 * Reads UTF-8 JSON that must have the given shape, in one pass. Nothing is accepted that `JSON.parse`
 * would refuse, and a document that two readers could understand differently is refused as the
 * shape says. Containers may be nested `maxDepth` deep, the outermost one counted.
 * Throws failures of the `json.` family whose `path` names the place.
 */
export function readJson<T>(bytes: Uint8Array, shape: Shape<T>, maxDepth: number): T {
  return new Reader(decode(bytes), maxDepth).document(shape) as T;
}

function decode(bytes: Uint8Array): string {
  let content: string;
  try {
    content = utf8.decode(bytes);
  } catch (cause) {
    throw failure("json.encoding", {}, cause);
  }
  // RFC 8259, section 8.1: "Implementations MUST NOT add a byte order mark".
  if (content.startsWith("\ufeff")) throw failure("json.encoding");
  return content;
}

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;
  #depth = 0;
  /** The key or index at each depth: where the reader is, for messages. */
  readonly #path: (string | number)[] = [];

  constructor(content: string, maxDepth: number) {
    this.#text = content;
    this.#maxDepth = maxDepth;
  }

  document(shape: ShapeNode): unknown {
    const value = this.#value(shape);
    if (!Number.isNaN(this.#next())) throw this.#syntax();
    return value;
  }

  #value(shape: ShapeNode): unknown {
    const unit = this.#next();
    switch (shape.kind) {
      case "object":
        if (unit !== OPEN_OBJECT) throw this.#wrongType("json.not_object");
        return this.#object(shape);
      case "map":
        if (unit !== OPEN_OBJECT) throw this.#wrongType("json.not_object");
        return this.#map(shape);
      case "list":
        if (unit !== OPEN_LIST) throw this.#wrongType("json.not_list");
        return this.#list(shape);
      case "text":
        if (unit !== QUOTE) throw this.#wrongType("json.not_text");
        return this.#string();
      case "whole":
        return this.#whole();
      case "anything":
        return this.#anything(unit);
      case "skipped":
        this.#skip(unit);
        return undefined;
      case "present":
        this.#skip(unit);
        return true;
    }
  }

  #object(shape: ObjectNode): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    let seen = 0;
    let strangers: Map<string, string> | undefined;
    for (let more = this.#open(CLOSE_OBJECT); more; more = this.#more(CLOSE_OBJECT)) {
      const key = this.#key();
      const field = shape.fields.get(key);
      if (field === undefined) {
        strangers ??= new Map();
        this.#meetStranger(key, shape, strangers);
        this.#skip(this.#next());
        continue;
      }
      if ((seen & field.bit) !== 0) throw this.#refusal("json.duplicate_key");
      seen |= field.bit;
      if (this.#next() !== LETTER_N) {
        out[key] = this.#value(field.shape);
      } else {
        this.#word("null");
        if (field.shape.kind === "list") out[key] = [];
      }
    }
    return out;
  }

  /** A key that is no field: it must not pass for a field, nor for another stranger. */
  #meetStranger(key: string, shape: ObjectNode, strangers: Map<string, string>): void {
    const folded = foldKey(key);
    const met = shape.folded.get(folded) ?? strangers.get(folded);
    if (met === key) throw this.#refusal("json.duplicate_key");
    if (met !== undefined) throw this.#refusal("json.folded_key", { known: excerpt(met) });
    strangers.set(folded, key);
  }

  #map(shape: MapNode): Record<string, unknown> | undefined {
    // Without a prototype the key `__proto__` is a key like any other.
    const out: Record<string, unknown> | undefined =
      shape.values.kind === "skipped" ? undefined : Object.create(null);
    for (let more = this.#open(CLOSE_OBJECT); more; more = this.#more(CLOSE_OBJECT)) {
      const key = this.#key();
      const value = this.#value(shape.values);
      if (out !== undefined) out[key] = value;
    }
    return out;
  }

  #list(shape: ListNode): unknown[] | undefined {
    const out: unknown[] | undefined = shape.items.kind === "skipped" ? undefined : [];
    let count = 0;
    for (let more = this.#open(CLOSE_LIST); more; more = this.#more(CLOSE_LIST)) {
      if (count === shape.most) {
        this.#depth--;
        throw this.#refusal("json.too_many", { limit: shape.most });
      }
      this.#path[this.#depth - 1] = count++;
      const value = this.#value(shape.items);
      if (out !== undefined) out.push(value);
    }
    return out;
  }

  #anything(unit: number): unknown {
    if (unit === QUOTE) return this.#string();
    if (unit === OPEN_OBJECT) return this.#map(ANY_MAP);
    if (unit === OPEN_LIST) return this.#list(EVERYTHING);
    if (unit === LETTER_N) return this.#word("null");
    if (unit === 0x74) return this.#word("true");
    if (unit === 0x66) return this.#word("false");
    return Number(this.#number());
  }

  /** Checks a value as strictly as any other, and builds nothing. */
  #skip(unit: number): void {
    if (unit === QUOTE) this.#scanString();
    else if (unit === OPEN_OBJECT) this.#map(SKIPPED_MAP);
    else if (unit === OPEN_LIST) this.#list(NOTHING);
    else this.#anything(unit);
  }

  /** Enters a container whose opening bracket is next; false when it is empty, and then left again. */
  #open(close: number): boolean {
    if (this.#depth >= this.#maxDepth) {
      throw this.#refusal("json.too_deep", { limit: this.#maxDepth });
    }
    this.#at++;
    if (this.#next() === close) {
      this.#at++;
      return false;
    }
    this.#depth++;
    // Until the first key is read the place is the container itself, not a key of the one before.
    this.#path.length = this.#depth - 1;
    return true;
  }

  /** After an entry: true at a comma; false at the closing bracket, which is left behind. */
  #more(close: number): boolean {
    const unit = this.#next();
    this.#at++;
    if (unit === COMMA) return true;
    if (unit === close) {
      this.#depth--;
      return false;
    }
    this.#at--;
    throw this.#syntax();
  }

  #key(): string {
    if (this.#next() !== QUOTE) throw this.#syntax();
    const start = this.#at;
    // Need not be `own`: the names of properties are copied when they become such.
    const key = this.#scanString()
      ? this.#unescape(start)
      : this.#text.slice(start + 1, this.#at - 1);
    this.#path[this.#depth - 1] = key;
    if (this.#next() !== COLON) throw this.#syntax();
    this.#at++;
    return key;
  }

  #string(): string {
    const start = this.#at;
    return this.#scanString()
      ? this.#unescape(start)
      : own(this.#text.slice(start + 1, this.#at - 1));
  }

  #unescape(start: number): string {
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  /** Passes over a string, its quotes included, and tells whether it has escapes. */
  #scanString(): boolean {
    const content = this.#text;
    let escaped = false;
    let at = this.#at + 1;
    for (;;) {
      const unit = content.charCodeAt(at);
      if (unit === QUOTE) break;
      if (unit === BACKSLASH) {
        ESCAPE.lastIndex = at;
        if (ESCAPE.test(content)) at = ESCAPE.lastIndex;
        else throw this.#syntax(at);
        escaped = true;
      } else if (unit >= SPACE) {
        at++;
      } else {
        // A control character, or NaN at the end of the text.
        throw this.#syntax(at);
      }
    }
    this.#at = at + 1;
    return escaped;
  }

  #number(): string {
    const start = this.#at;
    NUMBER.lastIndex = start;
    if (!NUMBER.test(this.#text)) throw this.#syntax();
    this.#at = NUMBER.lastIndex;
    return this.#text.slice(start, this.#at);
  }

  #whole(): number {
    NUMBER.lastIndex = this.#at;
    if (!NUMBER.test(this.#text)) throw this.#wrongType("json.not_whole");
    const digits = this.#number();
    const value = Number(digits);
    if (!WHOLE.test(digits) || !Number.isSafeInteger(value)) throw this.#refusal("json.not_whole");
    return value;
  }

  #word(word: "null" | "true" | "false"): boolean | null {
    if (!this.#text.startsWith(word, this.#at)) throw this.#syntax();
    this.#at += word.length;
    return word === "null" ? null : word === "true";
  }

  /** Skips white space; the code unit that follows, NaN at the end of the text. */
  #next(): number {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== SPACE && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return unit;
      this.#at++;
    }
  }

  #wrongType(code: ErrorCode): Failure {
    return BEGINS_VALUE.test(this.#text.charAt(this.#at)) ? this.#refusal(code) : this.#syntax();
  }

  #syntax(at = this.#at): Failure {
    const offset = new TextEncoder().encode(this.#text.slice(0, at)).length;
    return this.#refusal("json.syntax", { offset });
  }

  #refusal(code: ErrorCode, details: Details = {}): Failure {
    return failure(code, { ...details, path: jsonPath(this.#path.slice(0, this.#depth)) });
  }
}

/**
 * The same text in memory of its own. A slice shares the memory of what it was cut from, so that a
 * digest kept in a cache would keep all 4 MiB of its manifest alive. Joined texts are only copied
 * when a character of them is looked at: hence the question.
 */
function own(slice: string): string {
  const joined = ` ${slice}`;
  return joined.charCodeAt(0) === SPACE ? joined.slice(1) : slice;
}
