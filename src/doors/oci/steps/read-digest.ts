import { parseDigest } from "../../../oci/digest.ts";
import type { Exchange } from "../exchange.ts";

/** The digest at the end of the path. */
export function readDigest(x: Exchange): void {
  x.digest = parseDigest(x.last);
}
