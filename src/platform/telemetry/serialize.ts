import { maskSecrets } from "../../kernel/secret.ts";

const SECRET_HEADERS =
  /^(?:(?:proxy-)?authorization|cookie|set-cookie|.*(?:token|secret|password|api-?key|signature).*)$/i;

/** Headers as a plain map, with the values of those that carry credentials masked. */
export function serializeHeaders(headers: unknown): Record<string, string> {
  const plain: Record<string, string> = {};
  const entries =
    headers instanceof Headers ? headers.entries() : Object.entries((headers ?? {}) as object);
  for (const [name, value] of entries) {
    plain[name] = SECRET_HEADERS.test(name) ? "[redacted]" : maskSecrets(String(value));
  }
  return plain;
}

/** A URL without its query, fragment and credentials: each of these may hold a secret. */
export function serializeUrl(url: unknown): string {
  const text = String(url);
  return maskSecrets(text.replace(/[?#].*$/s, (rest) => (rest.length > 1 ? `${rest[0]}…` : rest)));
}

interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: SerializedError;
}

/**
 * An error for the log: its own words, code, stack and causes, and nothing else. Drivers hang
 * queries, parameters and whole requests onto their errors; those stay out.
 */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: maskSecrets(String(error)) };
  const code = (error as { code?: unknown }).code;
  const cause = error.cause;
  return {
    type: error.name,
    message: maskSecrets(error.message),
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    ...(error.stack === undefined ? {} : { stack: maskSecrets(error.stack) }),
    // Causes may be circular.
    ...(cause === undefined || depth >= 5 ? {} : { cause: serializeError(cause, depth + 1) }),
  };
}
