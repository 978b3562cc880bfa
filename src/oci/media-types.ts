export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_EMPTY = "application/vnd.oci.empty.v1+json";
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
export const OCTET_STREAM = "application/octet-stream";

const SCHEMA_1: ReadonlySet<string> = new Set([
  "application/vnd.docker.distribution.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
]);

/** The types of an image manifest or an index that are stored. */
export type ManifestType =
  | typeof OCI_MANIFEST
  | typeof OCI_INDEX
  | typeof DOCKER_MANIFEST
  | typeof DOCKER_LIST;

/** Layers whose bytes their owner forbids to pass on: they may be named without being here. */
const NON_DISTRIBUTABLE: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.layer.nondistributable.v1.tar",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
  "application/vnd.docker.image.rootfs.foreign.diff.tar",
  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
]);

/** Whether the type is that of a list of manifests: OCI's index or Docker's list. */
export function isIndexType(mediaType: string): mediaType is typeof OCI_INDEX | typeof DOCKER_LIST {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

/** Whether a manifest of this type is accepted. */
export function isManifestType(mediaType: string): mediaType is ManifestType {
  return mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST || isIndexType(mediaType);
}

/** Whether this is Docker's schema 1, which is refused by its name. */
export function isSchema1Type(mediaType: string): boolean {
  return SCHEMA_1.has(mediaType);
}

/** Whether a layer of this type need not be stored here. */
export function isNonDistributable(mediaType: string): boolean {
  return NON_DISTRIBUTABLE.has(mediaType);
}

/** The media type in a Content-Type header, lower-case and without parameters; undefined when there is none. */
export function mediaTypeOf(contentTypeHeader: string | null | undefined): string | undefined {
  if (contentTypeHeader === null || contentTypeHeader === undefined) return undefined;
  const end = contentTypeHeader.indexOf(";");
  const type = (end < 0 ? contentTypeHeader : contentTypeHeader.slice(0, end)).trim().toLowerCase();
  return type === "" ? undefined : type;
}
