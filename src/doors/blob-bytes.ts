import type { FoundBlob } from "../features/content/blobs/service.ts";
import { failure } from "../kernel/errors/catalogue.ts";
import { matchesEtag } from "../oci/conditions.ts";
import { excerpt } from "../oci/excerpt.ts";
import { OCTET_STREAM } from "../oci/media-types.ts";
import { contentRange, parseRange } from "../oci/range.ts";
import type { BlobBody } from "../platform/blobs/port.ts";
import type { Connection } from "../platform/listen/handler.ts";

/** An answer to be sent as it is. */
export interface BlobAnswer {
  readonly status: 200 | 206 | 304;
  readonly headers: Record<string, string>;
  readonly body: BlobBody | null;
}

/** What every answer about a blob says. */
export function blobHeaders(digest: string): Record<string, string> {
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
export function wantedRange(request: Request, digest: string): string | null {
  const range = request.headers.get("range");
  if (range === null) return null;
  const ifRange = request.headers.get("if-range");
  return ifRange === null || matchesEtag(ifRange, digest) ? range : null;
}

/** The refusal says how long the blob is (RFC 9110 §15.5.17), so that the client can ask better. */
export function outOfRange(request: Request, size: number) {
  return failure("blob.range", { given: excerpt(request.headers.get("range") ?? ""), size });
}

/** The runtime answers a Range by itself when it sees a file: a stream hides that it is one. */
function withoutRange(body: BlobBody): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array || body instanceof ReadableStream) return body;
  return body.stream().pipeThrough(new TransformStream());
}

export interface BlobRequest {
  readonly request: Request;
  readonly connection: Connection;
  readonly digest: string;
  readonly blob: FoundBlob;
  /** Writes down that the bytes are delivered, before the first of them. */
  readonly record: (bytes: number) => void | Promise<void>;
}

/** The bytes of a blob, a part of them, or the news that the client has them already. */
export async function blobAnswer(asked: BlobRequest): Promise<BlobAnswer> {
  const { request, connection, digest, blob, record } = asked;
  const headers = blobHeaders(digest);
  if (matchesEtag(request.headers.get("if-none-match"), digest)) {
    return { status: 304, headers, body: null };
  }
  const range = parseRange(wantedRange(request, digest), blob.size);
  if (range.kind === "unsatisfiable") throw outOfRange(request, blob.size);
  const wanted = range.kind === "slice" ? range.end - range.start + 1 : blob.size;
  const recorded = record(wanted);
  if (recorded !== undefined) await recorded;
  if (range.kind === "slice") {
    const { start, end } = range;
    connection.watchDownload(wanted);
    headers["content-range"] = contentRange(start, end, blob.size);
    headers["content-length"] = String(wanted);
    return { status: 206, headers, body: await blob.open({ start, end }) };
  }
  connection.watchDownload(blob.size);
  headers["content-length"] = String(blob.size);
  const body = await blob.open();
  const isPlain = request.headers.get("range") === null;
  return { status: 200, headers, body: isPlain ? body : withoutRange(body) };
}
