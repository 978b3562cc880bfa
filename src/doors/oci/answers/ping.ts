import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";

/** end-1: says that this is a registry, to whoever may know. */
export function ping(_: Exchange): Response {
  return json(200, {}, {});
}
