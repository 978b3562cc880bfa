import { OCI_INDEX } from "../../../oci/media-types.ts";
import { nextLink, parsePage } from "../../../oci/page.ts";
import { referrersIndex } from "../../../oci/referrers.ts";
import type { Exchange } from "../exchange.ts";
import { type Headers, respond } from "../respond.ts";

/** end-12: what names this manifest as its subject; an empty list rather than "not found". */
export async function listReferrers(x: Exchange): Promise<Response> {
  const types = x.query.getAll("artifactType").filter((type) => type !== "");
  // Pages are cut by what clients can hold, so `n` has no say in them.
  const { last: after = "" } = parsePage(null, x.query.get("last"), { fallback: 0, most: 0 });
  const request = { repository: x.name, subject: x.digest, types, after };
  const { rows, next } = await x.parts.content.referrers.list(request);
  const headers: Headers = { "content-type": OCI_INDEX };
  if (types.length > 0) headers["oci-filters-applied"] = "artifactType";
  if (next !== undefined) {
    const path = `/v2/${x.name}/referrers/${x.digest}`;
    const filters = types.map((type) => ["artifactType", type] as const);
    headers.link = nextLink(path, [...filters, ["last", next]]);
  }
  const body = referrersIndex(rows);
  headers["content-length"] = String(body.byteLength);
  return respond(200, headers, x.request.method === "HEAD" ? null : body);
}
