import type { Exchange } from "./exchange.ts";
import type { Headers } from "./respond.ts";

/**
 * What the person who pushes should know though the push succeeded
 * (distribution-spec, "Warnings": `299 - "…"`, no more than 4096 bytes in all).
 */
export function warnings(x: Exchange): Headers {
  if (!("name" in x.route) || x.route.name === x.name) return {};
  return { warning: `299 - "${x.route.name} is short for ${x.name}: it is stored there"` };
}
