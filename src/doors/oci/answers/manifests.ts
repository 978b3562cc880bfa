import type { Precondition } from "../../../features/content/tags/rules.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { etagsOf, matchesEtag } from "../../../oci/conditions.ts";
import { MAX_MANIFEST_BYTES } from "../../../oci/manifest.ts";
import { type Exchange, found } from "../exchange.ts";
import { countPull, showLimit } from "../pulls.ts";
import { empty, type Headers, respond } from "../respond.ts";
import { warnings } from "../warnings.ts";

/** end-3: the manifest as it was pushed; `Accept` selects nothing, since there is one to have. */
export async function getManifest(x: Exchange): Promise<Response> {
  const reference = found(x.reference, "reference");
  const manifest = await x.parts.content.manifests.get(x.name, reference);
  const { digest, mediaType, payload } = manifest;
  const headers: Headers = {
    "content-type": mediaType,
    "docker-content-digest": digest,
    etag: `"${digest}"`,
  };
  const { request } = x;
  const isKnown = matchesEtag(request.headers.get("if-none-match"), digest);
  if (isKnown || request.method === "HEAD") {
    // What was not delivered is no pull, and costs nothing.
    const shown = showLimit(x);
    if (shown !== undefined) await shown;
    if (isKnown) return respond(304, { ...headers, ...x.extra });
    headers["content-length"] = String(payload.byteLength);
    return respond(200, { ...headers, ...x.extra });
  }
  const tag = reference.kind === "tag" ? { tag: reference.tag } : {};
  const counted = countPull(x, { kind: "manifest", digest, repository: x.name, ...tag }, manifest);
  if (counted !== undefined) await counted;
  headers["content-length"] = String(payload.byteLength);
  return respond(200, { ...headers, ...x.extra }, payload);
}

/** Reads a body of at most `limit` bytes and holds no more of it than that. */
async function readBounded(x: Exchange, limit: number): Promise<Uint8Array> {
  const length = x.request.headers.get("content-length");
  if (length !== null && Number(length) > limit) throw failure("manifest.too_large", { limit });
  const pieces: Uint8Array[] = [];
  const watch = x.connection.watchUpload();
  try {
    for await (const piece of x.request.body ?? []) {
      x.bytesIn += piece.byteLength;
      watch.progress(piece.byteLength);
      if (x.bytesIn > limit) throw failure("manifest.too_large", { limit });
      pieces.push(piece);
    }
  } finally {
    watch.done();
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

function preconditionOf(request: Request): Precondition {
  const match = request.headers.get("if-match");
  if (match !== null) return { kind: "matches", digests: etagsOf(match) };
  if (request.headers.get("if-none-match")?.trim() === "*") return { kind: "absent" };
  return { kind: "none" };
}

/** end-7a and 7b: makes a manifest visible under its digest and tags. */
export async function putManifest(x: Exchange): Promise<Response> {
  const { tags } = x;
  const payload = await readBounded(x, MAX_MANIFEST_BYTES);
  const { digest, subject } = await x.parts.content.manifests.put({
    repository: x.name,
    reference: found(x.reference, "reference"),
    tags,
    contentType: x.request.headers.get("content-type") ?? undefined,
    payload,
    precondition: preconditionOf(x.request),
    pusher: x.pusher,
  });
  const headers: Headers = {
    location: `/v2/${x.name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(await warnings(x)),
  };
  // "MUST set the response header OCI-Subject" (distribution-spec, "Pushing Manifests with Subject").
  if (subject !== undefined) headers["oci-subject"] = subject;
  if (tags.length > 0) headers["oci-tag"] = tags.join(", ");
  return empty(201, headers);
}

/** end-9: by tag the tag alone, by digest the manifest and every tag on it. */
export async function deleteManifest(x: Exchange): Promise<Response> {
  await x.parts.content.manifests.delete(x.name, found(x.reference, "reference"), x.doer);
  return empty(202, {});
}
