import { parseRepositoryName } from "../../../oci/name.ts";
import type { Exchange } from "../exchange.ts";

/** The repository's name, by the grammar; one component means `library/…`. */
export function readName(x: Exchange): void {
  if (!("name" in x.route)) throw new Error(`a ${x.route.kind} route has no name`);
  x.name = parseRepositoryName(x.route.name);
}
