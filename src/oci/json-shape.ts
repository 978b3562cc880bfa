import { foldKey } from "./key-folding.ts";

declare const held: unique symbol;

/** What a place in a JSON document must hold; `T` is what reading it gives. */
export type Shape<T> = ShapeNode & { readonly [held]?: T };

export type ShapeNode =
  | AnyNode
  | { readonly kind: "skipped" | "present" | "text" | "whole" }
  | ListNode
  | MapNode
  | ObjectNode;

export interface AnyNode {
  readonly kind: "anything";
}

export interface ListNode {
  readonly kind: "list";
  readonly items: ShapeNode;
  readonly most: number;
}

export interface MapNode {
  readonly kind: "map";
  readonly values: ShapeNode;
}

export interface ObjectNode {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Field>;
  /** Folded key → the key as it must be spelled. */
  readonly folded: ReadonlyMap<string, string>;
}

export interface Field {
  readonly shape: ShapeNode;
  /** Marks the field in the set of those already seen in one object. */
  readonly bit: number;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The value a shape reads. */
export type Held<S> = S extends Shape<infer T> ? T : never;

/** Any JSON at all, read exactly as `JSON.parse` reads it; of keys given twice the last one counts. */
export const anything: Shape<Json> = { kind: "anything" };

/** Valid JSON whose value does not matter: checked but never built, so it costs no memory. */
export const skipped: Shape<undefined> = { kind: "skipped" };

/** As `skipped`, but that it is there matters. */
export const present: Shape<true> = { kind: "present" };

export const text: Shape<string> = { kind: "text" };

/** An integer from 0 to 2^53 - 1 in plain digits; `1.0`, `1e3` and `-0` are refused. */
export const whole: Shape<number> = { kind: "whole" };

/** An array of at most `most` items; `null` in its place reads as an empty one, as Go writes it. */
export function list<T>(items: Shape<T>, most: number): Shape<T[]> {
  return { kind: "list", items, most };
}

/** An object with free keys, which are neither folded nor refused when given twice: the last counts. */
export function map<T>(values: Shape<T>): Shape<Record<string, T>> {
  return { kind: "map", values };
}

/**
 * A strict object: no key twice, none that differs from a field or from another key only by case
 * folding. Unknown keys are skipped; `null` reads as absent.
 */
export function object<F extends Readonly<Record<string, Shape<unknown>>>>(
  fields: F,
): Shape<{ [K in keyof F]?: Held<F[K]> }> {
  const names = Object.keys(fields);
  if (names.length > 31) throw new RangeError("an object shape has at most 31 fields");
  return {
    kind: "object",
    fields: new Map(
      Object.entries(fields).map(([name, shape], index) => [name, { shape, bit: 1 << index }]),
    ),
    folded: new Map(names.map((name) => [foldKey(name), name])),
  };
}
