import type { Actor } from "../identity/principal.ts";
import { sourceOf } from "../identity/tokens/networks.ts";

/** Whose pulls they are: of whoever logged in, else of the address (IPv6: its /64). */
export function subjectOf({ principal, address }: Actor): string {
  return principal.kind === "anonymous"
    ? `address:${sourceOf(address)}`
    : `principal:${principal.id}`;
}
