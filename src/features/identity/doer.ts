import type { Doer } from "../audit/entry.ts";
import type { Actor } from "./principal.ts";

/** The actor as the audit log names it. */
export function doerOf(
  { principal, via, credentialId, address }: Actor,
  requestId: string | null,
): Doer {
  const { id, kind, name } = principal;
  return { id, kind, name, via, credentialId, address, requestId };
}
