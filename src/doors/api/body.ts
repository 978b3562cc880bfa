import { failure } from "../../kernel/errors/catalogue.ts";

/** Far more than any resource needs. */
const LIMIT = 1_048_576;
const DEEPEST = 64;

/** The body as text, at most a mebibyte of it; "" when there is none. */
export async function readBody(request: Request): Promise<string> {
  if (request.body === null) return "";
  const announced = request.headers.get("content-length");
  if (announced !== null && Number(announced) > LIMIT) {
    throw failure("api.too_large", { limit: LIMIT });
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body) {
    size += piece.byteLength;
    if (size > LIMIT) throw failure("api.too_large", { limit: LIMIT });
    pieces.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    throw failure("api.not_json", {}, error);
  }
}

const [QUOTE, BACKSLASH] = ['"', "\\"];

/** Whether JSON is nested deeper than `most`: whoever walks through it later needs a stack for that. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === QUOTE) isInText = !isInText;
    else if (isInText) at += sign === BACKSLASH ? 1 : 0;
    else if (sign === "[" || sign === "{") depth += 1;
    else if (sign === "]" || sign === "}") depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/** The JSON value of a body. Throws `api.media_type`, `api.not_json` or `api.invalid`. */
export function parseBody(text: string, contentType: string | null): unknown {
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? "")) {
    throw failure("api.media_type");
  }
  if (isDeeper(text, DEEPEST)) {
    throw failure("api.invalid", { problems: `body: nested deeper than ${DEEPEST}` });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure("api.not_json", {}, error);
  }
}
