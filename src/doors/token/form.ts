import { failure } from "../../kernel/errors/catalogue.ts";

/** More scopes than are looked at fit into this many times over. */
const MOST = 64 * 1024;

const TYPE = /^application\/x-www-form-urlencoded[ \t]*(?:;|$)/i;

function tooLarge(): Error {
  return failure("token.request_too_large", { limit: MOST });
}

async function readBounded(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > MOST) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > MOST) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The fields of a form. */
export class Form {
  readonly #fields: URLSearchParams;
  /** Bytes on the wire. */
  readonly size: number;

  constructor(text: string, size: number) {
    this.#fields = new URLSearchParams(text);
    this.size = size;
  }

  /** A field that is there once or not at all (RFC 6749 §3.2). Throws `token.request_invalid`. */
  one(name: string): string | undefined {
    const values = this.#fields.getAll(name);
    if (values.length > 1) {
      throw failure("token.request_invalid", { reason: `${name} is given more than once` });
    }
    return values[0];
  }

  /** As `one`, for a field without which the request means nothing. */
  must(name: string): string {
    const value = this.one(name);
    if (value !== undefined) return value;
    throw failure("token.request_invalid", { reason: `${name} is missing` });
  }

  all(name: string): string[] {
    return this.#fields.getAll(name);
  }
}

/**
 * Reads a form (`application/x-www-form-urlencoded`), never more than a small one. Throws
 * `token.request_invalid`, `token.request_too_large`.
 */
export async function readForm(request: Request): Promise<Form> {
  if (!TYPE.test(request.headers.get("content-type") ?? "")) {
    throw failure("token.request_invalid", { reason: "it is no form" });
  }
  const bytes = await readBounded(request);
  try {
    return new Form(new TextDecoder("utf-8", { fatal: true }).decode(bytes), bytes.byteLength);
  } catch (error) {
    throw failure("token.request_invalid", { reason: "it is not UTF-8" }, error);
  }
}
