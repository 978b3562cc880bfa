import type { Address } from "../address.ts";
import { WireFault } from "../wire-fault.ts";

/**
 * The request target that a `Location` header names, with `parameters` added to its query.
 * Relative and absolute forms both occur (distribution-spec, "Pushing a blob"); one that leads to
 * another host is refused, because credentials must not travel there.
 */
export function locationTarget(
  address: Address,
  requested: string,
  location: string | undefined,
  parameters: Readonly<Record<string, string>> = {},
): string {
  if (location === undefined) {
    throw new WireFault("malformed", "the answer has no Location");
  }
  const url = new URL(location, address.origin + requested);
  if (url.host !== address.host) {
    throw new WireFault("malformed", `the Location leads to another host: ${url.host}`);
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  // A digest's colon may stand as it is in a query, and some servers do not decode it.
  return url.pathname + url.search.replaceAll("%3A", ":");
}
