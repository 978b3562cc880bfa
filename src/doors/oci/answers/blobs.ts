import { failure } from "../../../kernel/errors/catalogue.ts";
import { matchesEtag } from "../../../oci/conditions.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import { OCTET_STREAM } from "../../../oci/media-types.ts";
import { contentRange, parseRange } from "../../../oci/range.ts";
import type { BlobBody } from "../../../platform/blobs/port.ts";
import type { Exchange } from "../exchange.ts";
import { recordPull } from "../pulls.ts";
import { empty, type Headers, respond } from "../respond.ts";

function describe(digest: string): Headers {
  return {
    "content-type": OCTET_STREAM,
    "docker-content-digest": digest,
    etag: `"${digest}"`,
    "accept-ranges": "bytes",
    // Without it the runtime would send the file's own name.
    "content-disposition": "attachment",
  };
}

/** A Range counts only while the representation is the one the client has (RFC 9110 §13.1.5). */
function wantedRange(x: Exchange): string | null {
  const range = x.request.headers.get("range");
  if (range === null) return null;
  const ifRange = x.request.headers.get("if-range");
  return ifRange === null || matchesEtag(ifRange, x.digest) ? range : null;
}

/** The refusal says how long the blob is (RFC 9110 §15.5.17), so that the client can ask better. */
function outOfRange(x: Exchange, size: number) {
  return failure("blob.range", { given: excerpt(x.request.headers.get("range") ?? ""), size });
}

/** The runtime answers a Range by itself when it sees a file: a stream hides that it is one. */
function withoutRange(body: BlobBody): ReadableStream | Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array || body instanceof ReadableStream) return body;
  return body.stream().pipeThrough(new TransformStream());
}

/** end-2, GET: the bytes, a part of them, or the news that the client has them already. */
export async function getBlob(x: Exchange): Promise<Response> {
  const { digest, request } = x;
  const blob = await x.parts.content.blobs.get(x.name, digest);
  const headers = describe(digest);
  if (matchesEtag(request.headers.get("if-none-match"), digest)) return respond(304, headers);
  const asked = request.headers.get("range");
  const range = parseRange(wantedRange(x), blob.size);
  if (range.kind === "unsatisfiable") throw outOfRange(x, blob.size);
  const recorded = recordPull(x, { kind: "blob", digest, repository: x.name }, blob);
  if (recorded !== undefined) await recorded;
  if (range.kind === "slice") {
    const { start, end } = range;
    const length = end - start + 1;
    x.connection.watchDownload(length);
    headers["content-range"] = contentRange(start, end, blob.size);
    headers["content-length"] = String(length);
    return respond(206, headers, await blob.open({ start, end }));
  }
  x.connection.watchDownload(blob.size);
  headers["content-length"] = String(blob.size);
  const body = await blob.open();
  return respond(200, headers, asked === null ? body : withoutRange(body));
}

/** end-2, HEAD: as GET, without the bytes; what it says is here stays for a while. */
export async function headBlob(x: Exchange): Promise<Response> {
  const { digest } = x;
  const size = await x.parts.content.blobs.check(x.name, digest);
  const headers = describe(digest);
  if (matchesEtag(x.request.headers.get("if-none-match"), digest)) return respond(304, headers);
  const range = parseRange(wantedRange(x), size);
  if (range.kind === "unsatisfiable") throw outOfRange(x, size);
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
