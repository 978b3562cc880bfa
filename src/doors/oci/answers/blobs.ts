import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { matchesEtag } from "../../../oci/conditions.ts";
import { contentRange, parseRange } from "../../../oci/range.ts";
import { blobAnswer, blobHeaders, outOfRange, wantedRange } from "../../blob-bytes.ts";
import type { Exchange } from "../exchange.ts";
import { recordPull } from "../pulls.ts";
import { empty, respond } from "../respond.ts";
import { mayPush } from "../steps/authorize.ts";

/** end-2, GET: the bytes, a part of them, or the news that the client has them already. */
export async function getBlob(x: Exchange): Promise<Response> {
  const { digest, request, connection } = x;
  const blob = await x.parts.content.blobs.get(x.name, digest);
  const record = () => recordPull(x, { kind: "blob", digest, repository: x.name }, blob);
  const answer = await blobAnswer({ request, connection, digest, blob, record });
  return respond(answer.status, answer.headers, answer.body ?? undefined);
}

/**
 * Size of a blob that is here. Whoever may push here is told that damaged bytes are not here, so
 * that they send them again, which repairs them; for everybody else damage is never an absence.
 */
async function sizeHere(x: Exchange): Promise<number> {
  const { digest, name } = x;
  try {
    return await x.parts.content.blobs.check(name, digest);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "service.content_damaged") throw error;
    if (!(await mayPush(x, name))) throw error;
    throw failure("blob.unknown", { digest }, error);
  }
}

/** end-2, HEAD: as GET, without the bytes; what it says is here stays for a while. */
export async function headBlob(x: Exchange): Promise<Response> {
  const { digest } = x;
  const size = await sizeHere(x);
  const headers = blobHeaders(digest);
  if (matchesEtag(x.request.headers.get("if-none-match"), digest)) return respond(304, headers);
  const range = parseRange(wantedRange(x.request, digest), size);
  if (range.kind === "unsatisfiable") throw outOfRange(x.request, size);
  if (range.kind === "slice") {
    const { start, end } = range;
    headers["content-range"] = contentRange(start, end, size);
    return respond(206, { ...headers, "content-length": String(end - start + 1) });
  }
  return respond(200, { ...headers, "content-length": String(size) });
}

/** end-10: ends the blob's visibility in this repository and in no other. */
export async function deleteBlob(x: Exchange): Promise<Response> {
  const force = x.query.get("force") === "true";
  const { name: repository, digest, doer } = x;
  await x.parts.content.blobs.unlink({ repository, digest, force, doer });
  return empty(202, { "docker-content-digest": digest });
}
