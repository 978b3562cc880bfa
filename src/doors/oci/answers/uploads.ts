import type { Chunk, SessionKey } from "../../../features/content/uploads/service.ts";
import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { type Digest, parseAlgorithm, parseDigest } from "../../../oci/digest.ts";
import { parseContentRange, uploadRange } from "../../../oci/range.ts";
import type { Exchange } from "../exchange.ts";
import { empty, type Headers, respond } from "../respond.ts";
import { tryMount } from "./mount.ts";

function sessionHeaders(x: Exchange, id: string, size: number): Headers {
  return {
    // Relative, so that no proxy's host or scheme can be wrong in it.
    location: `/v2/${x.name}/blobs/uploads/${id}`,
    range: uploadRange(size),
    "docker-upload-uuid": id,
  };
}

function created(x: Exchange, digest: Digest): Response {
  const location = `/v2/${x.name}/blobs/${digest}`;
  return empty(201, { location, "docker-content-digest": digest });
}

function sessionKey(x: Exchange): SessionKey {
  return { id: x.last, repository: x.name, pusher: x.pusher };
}

function bodyLength(x: Exchange): number | undefined {
  const header = x.request.headers.get("content-length");
  return header === null ? undefined : Number(header);
}

/** The request's body as a chunk, with what its headers say of it. */
function chunkOf(x: Exchange, done: (bytes: number) => void): Chunk {
  const header = x.request.headers.get("content-range");
  const length = bodyLength(x);
  let start: number | undefined;
  let announced = length;
  // Some clients send `0-0` or the like with a closing PUT that has no body.
  if (header !== null && length !== 0) {
    const range = parseContentRange(header);
    start = range.start;
    announced = range.end - range.start + 1;
    if (length !== undefined && length !== announced) {
      throw failure("upload.length", { announced, actual: length });
    }
  }
  return { stream: x.request.body, start, announced, progress: done };
}

/** Runs `work` on the body under the watch for clients that stall. */
async function streaming<T>(x: Exchange, work: (chunk: Chunk) => Promise<T>): Promise<T> {
  const watch = x.connection.watchUpload();
  const progress = (bytes: number) => {
    x.bytesIn += bytes;
    watch.progress(bytes);
  };
  try {
    return await work(chunkOf(x, progress));
  } catch (error) {
    // Whatever is left of a refused body is not read: the connection ends with the answer.
    if (error instanceof Failure) void x.request.body?.cancel().catch(() => {});
    throw error;
  } finally {
    watch.done();
  }
}

/** end-4a, 4b, 4c and 11: opens a session, or takes the blob at once, or mounts it. */
export async function startUpload(x: Exchange): Promise<Response> {
  const { uploads } = x.parts.content;
  const mounted = await tryMount(x);
  if (mounted !== undefined) return created(x, mounted);
  const named = x.query.get("digest");
  if (named !== null) {
    const digest = parseDigest(named);
    await streaming(x, (chunk) => uploads.upload(x.name, x.pusher, digest, chunk));
    return created(x, digest);
  }
  const announced = x.query.get("digest-algorithm");
  const algorithm = announced === null ? undefined : parseAlgorithm(announced);
  const id = await uploads.start(x.name, x.pusher, algorithm);
  return empty(202, sessionHeaders(x, id, 0));
}

/** end-5: appends a chunk. */
export async function patchUpload(x: Exchange): Promise<Response> {
  const key = sessionKey(x);
  const size = await streaming(x, (chunk) => x.parts.content.uploads.append(key, chunk));
  return empty(202, sessionHeaders(x, key.id, size));
}

/** end-6: takes what is left and makes the blob visible. */
export async function putUpload(x: Exchange): Promise<Response> {
  const named = x.query.get("digest");
  if (named === null) throw failure("upload.digest_missing");
  const digest = parseDigest(named);
  await streaming(x, (chunk) => x.parts.content.uploads.finish(sessionKey(x), digest, chunk));
  return created(x, digest);
}

/** end-13: how far the session has come. */
export async function getUpload(x: Exchange): Promise<Response> {
  const key = sessionKey(x);
  const size = await x.parts.content.uploads.status(key);
  return respond(204, sessionHeaders(x, key.id, size));
}

/** end-14: ends the session and drops its bytes. */
export async function deleteUpload(x: Exchange): Promise<Response> {
  await x.parts.content.uploads.cancel(sessionKey(x));
  return respond(204, {});
}
