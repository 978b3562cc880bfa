import type { z } from "@hono/zod-openapi";
import { failure } from "../../kernel/errors/catalogue.ts";

const MOST_PROBLEMS = 5;

/** Checks one part of a request by its schema. Throws `api.invalid`, which names what is wrong. */
export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
  part: string,
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    // PostgreSQL takes no NUL, and nothing that has one in it can be called so.
    if (hasNul(value)) throw failure("api.invalid", { problems: `${part}: a NUL character` });
    return parsed.data;
  }
  const problems = parsed.error.issues.slice(0, MOST_PROBLEMS).map((issue) => {
    const where = [part, ...issue.path.map(String)].join(".");
    return `${where}: ${issue.message}`;
  });
  throw failure("api.invalid", { problems: problems.join("; ") });
}

function hasNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes("\0");
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, each]) => name.includes("\0") || hasNul(each));
}

/** A query as an object; a parameter that is given twice is refused. */
export function queryObject(query: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query)) {
    if (name in found) throw failure("api.invalid", { problems: `query.${name}: given twice` });
    found[name] = value;
  }
  // The schemas want a plain object; a null prototype kept `__proto__` from meaning anything.
  return Object.fromEntries(Object.entries(found));
}

/** The version of `If-Match: "v3"`; undefined without the header or for `*`. */
export function versionOf(header: string | null): number | undefined {
  if (header === null || header.trim() === "*") return undefined;
  const match = /^\s*"v(\d{1,15})"\s*$/.exec(header);
  if (match === null) {
    throw failure("api.invalid", { problems: 'If-Match: an ETag such as "v3" is expected' });
  }
  return Number(match[1]);
}
