import { failure } from "../../../kernel/errors/catalogue.ts";

/**
 * "Chunks MUST be uploaded in order, with the first byte of a chunk being the last chunk's <end>
 * plus one" (distribution-spec, "Pushing a blob in chunks"): checked before a byte is taken.
 */
export function checkStart(start: number | undefined, offset: number): void {
  if (start !== undefined && start !== offset) throw failure("upload.offset", { start, offset });
}

/** Whether `text` can be the id of a session at all: what cannot is asked of nobody. */
export function isSessionId(text: string): boolean {
  return /^[a-z0-9]{16,64}$/.test(text);
}
