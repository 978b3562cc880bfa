import { z } from "@hono/zod-openapi";
import { failure } from "../../kernel/errors/catalogue.ts";

const MOST_ITEMS = 200;
const USUAL_ITEMS = 50;

/** No parameters, no query, no body: anything given is refused (A30, A33). */
export const nothing = z.strictObject({});

/** An id as this program makes them; what it names is checked where it is looked up. */
export const idShape = z
  .string()
  .regex(/^[0-9a-hjkmnp-tv-z]{26,32}$/)
  .openapi({ example: "01kn3rv1t8h7yqk9w2m4c6x0za", description: "An immutable id." });

export const timeShape = z
  .number()
  .int()
  .openapi({ example: 1_790_000_000_000, description: "Milliseconds since the Unix epoch." });

/** The part of every list's query that pages it. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MOST_ITEMS).default(USUAL_ITEMS).openapi({
    description: "How many entries a page has.",
  }),
  cursor: z.string().max(512).optional().openapi({
    description: "`next` of the page before.",
  }),
};

/** The same where marks can be long, as paths are. */
export const longPageQuery = {
  limit: pageQuery.limit,
  cursor: z.string().max(24_576).optional().openapi({
    description: "`next` of the page before.",
  }),
};

/** A page: its entries, and where the next one begins (null on the last). */
export function pageOf<T extends z.ZodType>(item: T, name: string) {
  return z.object({ items: z.array(item), next: z.string().nullable() }).openapi(name);
}

/** Writes where the next page begins, so that nobody builds upon how it looks. */
export function cursorTo(after: string | undefined): string | null {
  return after === undefined ? null : Buffer.from(`1${after}`).toString("base64url");
}

/** Reads a cursor of `cursorTo`. Throws `api.invalid`. */
export function cursorFrom(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, "base64url").toString();
  if (!text.startsWith("1") || cursorTo(text.slice(1)) !== cursor) {
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  }
  return text.slice(1);
}
