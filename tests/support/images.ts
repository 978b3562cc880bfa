import { createHash } from "node:crypto";
import { DOCKER_MANIFEST, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from "../../src/oci/media-types.ts";
import type { HttpClient } from "./http-client.ts";

/** Bytes and their digest. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: string;
}

/** A manifest or an index as it is pushed. */
export interface Image extends Piece {
  readonly mediaType: string;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly [key: string]: unknown;
}

export function digestOf(bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

export function piece(content: string | Uint8Array<ArrayBuffer>): Piece {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { bytes, digest: digestOf(bytes) };
}

/** Bytes that do not repeat, the same in every run. */
export function pattern(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export const EMPTY_CONFIG = piece("{}");

export function descriptor(
  { bytes, digest }: Piece,
  mediaType = "application/vnd.oci.image.layer.v1.tar",
  more: Readonly<Record<string, unknown>> = {},
): Descriptor {
  return { mediaType, digest, size: bytes.byteLength, ...more };
}

/** Any document as the body of a manifest push. */
export function document(value: unknown, mediaType = OCI_MANIFEST): Image {
  return { ...piece(typeof value === "string" ? value : JSON.stringify(value)), mediaType };
}

/** An OCI image of these layers; `more` adds to the manifest or replaces what is in it. */
export function image(
  layers: readonly Piece[],
  more: Readonly<Record<string, unknown>> = {},
): Image {
  return document({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(EMPTY_CONFIG, OCI_EMPTY),
    layers: layers.map((layer) => descriptor(layer)),
    ...more,
  });
}

/** The same as Docker's schema 2 has it. */
export function dockerImage(layers: readonly Piece[]): Image {
  const config = descriptor(EMPTY_CONFIG, "application/vnd.docker.container.image.v1+json");
  const type = "application/vnd.docker.image.rootfs.diff.tar.gzip";
  const manifest = {
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config,
    layers: layers.map((layer) => descriptor(layer, type)),
  };
  return document(manifest, DOCKER_MANIFEST);
}

export function index(
  children: readonly Image[],
  more: Readonly<Record<string, unknown>> = {},
  mediaType: string = OCI_INDEX,
): Image {
  const manifests = children.map((child) => descriptor(child, child.mediaType));
  return document({ schemaVersion: 2, mediaType, manifests, ...more }, mediaType);
}

/** An artifact that says something of another manifest. */
export function referrer(
  subject: Image,
  artifactType: string,
  more: Readonly<Record<string, unknown>> = {},
): Image {
  return image([EMPTY_CONFIG], {
    artifactType,
    subject: descriptor(subject, subject.mediaType),
    ...more,
  });
}

/** Adds parameters to a location, which may have some already. */
export function withQuery(location: string, query: string): string {
  return `${location}${location.includes("?") ? "&" : "?"}${query}`;
}

/** Pushes a blob the way containerd does: a session, and everything in the closing PUT. */
export async function pushBlob(to: HttpClient, repository: string, blob: Piece): Promise<void> {
  const { location } = (await to.post(`/v2/${repository}/blobs/uploads/`)).expect(202);
  const end = withQuery(location, `digest=${blob.digest}`);
  (await to.put(end, { body: blob.bytes })).expect(201);
}

export function putManifest(
  to: HttpClient,
  repository: string,
  reference: string,
  { bytes, mediaType }: Image,
  headers: Readonly<Record<string, string>> = {},
) {
  return to.put(`/v2/${repository}/manifests/${reference}`, {
    body: bytes,
    headers: { "content-type": mediaType, ...headers },
  });
}

/** Pushes the config, the layers and then the image of them; gives the image. */
export async function pushImage(
  to: HttpClient,
  repository: string,
  reference: string,
  layers: readonly Piece[],
): Promise<Image> {
  for (const blob of [EMPTY_CONFIG, ...layers]) await pushBlob(to, repository, blob);
  const made = image(layers);
  (await putManifest(to, repository, reference, made)).expect(201);
  return made;
}
