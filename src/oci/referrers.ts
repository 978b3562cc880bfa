import { algorithmOf, type Digest, encodedOf } from "./digest.ts";
import { OCI_INDEX } from "./media-types.ts";

/** A manifest that names the asked one as its subject. */
export interface ReferrerRow {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * The tag in which older clients note what refers to a manifest: "truncated to 32 characters … 64
 * characters" (distribution-spec, "Referrers Tag Schema").
 */
export function fallbackTag(subject: Digest): string {
  return `${algorithmOf(subject).slice(0, 32)}-${encodedOf(subject).slice(0, 64)}`;
}

/**
 * The body of a referrers answer: an OCI index of the rows, in their order; with none of them the
 * index is empty, never absent (distribution-spec, "Listing Referrers").
 */
export function referrersIndex(rows: readonly ReferrerRow[]): Uint8Array<ArrayBuffer> {
  const manifests = rows.map(({ mediaType, digest, size, artifactType, annotations }) => ({
    mediaType,
    digest,
    size,
    ...(artifactType ? { artifactType } : {}),
    ...(annotations !== undefined && Object.keys(annotations).length > 0 ? { annotations } : {}),
  }));
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
  return new TextEncoder().encode(JSON.stringify(index));
}
