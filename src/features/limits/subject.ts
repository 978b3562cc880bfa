import ipaddr from "ipaddr.js";
import type { Actor } from "../identity/principal.ts";

/** Bits of an IPv6 address that its holder cannot choose: one household has a /64 or more. */
const HOUSEHOLD = 64;

/**
 * An address as pulls are counted by: an IPv4 address as it is, an IPv6 address by its /64, and
 * `unix` for a socket that names nobody.
 */
export function sourceOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return "unix";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${HOUSEHOLD}`);
  return `${network.toString()}/${HOUSEHOLD}`;
}

/** Whose pulls they are: of whoever logged in, else of the address. */
export function subjectOf({ principal, address }: Actor): string {
  return principal.kind === "anonymous"
    ? `address:${sourceOf(address)}`
    : `principal:${principal.id}`;
}
