import { z } from "zod";
import type { Kind, Words } from "./kinds.ts";

/** What a person has to know of a key; the reference is generated from it. */
export interface KeyDocs extends Words {
  /** The value when nothing is given, as a person would write it. */
  readonly default: string | number | boolean | readonly string[];
  /** What the default means where its text alone does not say it. */
  readonly defaultMeans?: Words;
  /** Its value is never printed, and may come from a file named by `<key>_file`. */
  readonly secret?: true;
}

export interface KeyMeta extends KeyDocs {
  readonly allowed: Words;
  show(value: unknown): unknown;
}

/** The documentation of each key, by its schema. */
export const keyRegistry = z.registry<KeyMeta>();

/** The documentation of each section, by its schema. */
export const sectionRegistry = z.registry<Words>();

/** Declares one key: its kind, its default and its words. */
export function key<T>(kind: Kind<T>, docs: KeyDocs): z.ZodType<T, unknown> {
  const schema = kind.schema.prefault(docs.default);
  keyRegistry.add(schema, {
    ...docs,
    allowed: kind.allowed,
    // Only values that the same kind made are ever shown through its key.
    show: (value) => kind.show(value as T),
  });
  return schema;
}

/** Declares a section: a map of keys and further sections. */
export function section<T extends z.ZodRawShape>(words: Words, shape: T) {
  const object = z.strictObject(shape);
  sectionRegistry.add(object, words);
  return object;
}
