import { parseReference } from "../../../oci/name.ts";
import type { Exchange } from "../exchange.ts";

/** The tag or digest at the end of the path: what has a colon is a digest. */
export function readReference(x: Exchange): void {
  x.reference = parseReference(x.last);
}
