import { failure } from "../../../kernel/errors/catalogue.ts";
import { parseTag } from "../../../oci/name.ts";
import type { Exchange } from "../exchange.ts";

/** "registries SHOULD support at least 10"; more than this is 414 (A63). */
const MOST_TAGS = 100;

/** The tags beside the reference (`?tag=`, end-7b): read before rights, as each of them is judged. */
export function readTags(x: Exchange): void {
  if (x.connection.query === "") return;
  const tags = x.query.getAll("tag");
  if (tags.length > MOST_TAGS) {
    throw failure("manifest.too_many_tags", { count: tags.length, limit: MOST_TAGS });
  }
  x.tags = tags.map(parseTag);
}
