import { failure } from "../kernel/errors/catalogue.ts";
import {
  annotationsShape,
  checkDescriptor,
  checkType,
  type Descriptor,
  descriptorShape,
  type RawDescriptor,
} from "./descriptor.ts";
import { excerpt } from "./excerpt.ts";
import { readJson } from "./json.ts";
import { type Held, list, object, present, text, whole } from "./json-shape.ts";
import {
  isIndexType,
  isManifestType,
  isSchema1Type,
  type ManifestType,
  mediaTypeOf,
} from "./media-types.ts";

export type { Descriptor } from "./descriptor.ts";

/** What a manifest or index says, after every check that needs no other content. */
export interface ParsedManifest {
  readonly kind: "image" | "index";
  readonly mediaType: ManifestType;
  readonly artifactType?: string;
  /** Of an image, always there; of an index, never. */
  readonly config?: Descriptor;
  /** Of an image. */
  readonly layers: Descriptor[];
  /** Of an index: the manifests it lists. */
  readonly children: Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: Record<string, string>;
}

/** distribution-spec, "Pushing Manifests": at least 4 MiB; clients refuse larger ones. */
export const MAX_MANIFEST_BYTES = 4_194_304;
export const MAX_LAYERS = 1_000;
export const MAX_CHILDREN = 10_000;
export const MAX_MANIFEST_DEPTH = 32;

/**
 * One shape for images and indexes: the same keys are folded in both, so that no reader can take
 * one for the other.
 */
const manifestShape = object({
  schemaVersion: whole,
  mediaType: text,
  artifactType: text,
  config: descriptorShape,
  layers: list(descriptorShape, MAX_LAYERS),
  manifests: list(descriptorShape, MAX_CHILDREN),
  fsLayers: present,
  subject: descriptorShape,
  annotations: annotationsShape,
});

type RawManifest = Held<typeof manifestShape>;

/**
 * Reads and checks a manifest or an index as it was sent; `contentType` is the header, with or without
 * parameters. Sizes, digests and existence of the content it names, and the bytes of `data`, are for
 * the caller to check. Throws failures of the `manifest.` and `json.` families.
 */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): ParsedManifest {
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw failure("manifest.too_large", { limit: MAX_MANIFEST_BYTES });
  }
  const announced = mediaTypeOf(contentType);
  if (announced !== undefined) requireManifestType(announced);
  const raw = readJson(bytes, manifestShape, MAX_MANIFEST_DEPTH);
  const mediaType = agreedType(announced, raw);
  const index = isIndexType(mediaType);
  refuseAmbiguity(raw, mediaType, index);
  const { artifactType, annotations = {}, subject } = raw;
  if (artifactType) checkType(artifactType, "artifactType");
  return {
    kind: index ? "index" : "image",
    mediaType,
    ...(artifactType ? { artifactType } : {}),
    ...(index ? {} : { config: checkDescriptor(required(raw.config, "config"), "config") }),
    layers: index ? [] : checkAll(raw.layers, "layers"),
    children: index ? checkAll(raw.manifests, "manifests") : [],
    ...(subject !== undefined ? { subject: checkDescriptor(subject, "subject") } : {}),
    annotations,
  };
}

/**
 * The artifact type a referrers answer gives for this manifest: its own, else an image's config type
 * (distribution-spec, "Listing Referrers").
 */
export function referrerArtifactType(parsed: ParsedManifest): string | undefined {
  return parsed.artifactType ?? parsed.config?.mediaType;
}

/** Content-Type and the body's mediaType, which must agree where both are given, and schema 2. */
function agreedType(announced: string | undefined, raw: RawManifest): ManifestType {
  if (raw.schemaVersion === 1) throw failure("manifest.schema1");
  const { mediaType } = raw;
  if (announced !== undefined && mediaType !== undefined && announced !== mediaType) {
    throw failure("manifest.media_type_mismatch", { announced, mediaType: excerpt(mediaType) });
  }
  const agreed = announced ?? mediaType;
  if (agreed === undefined) throw failure("manifest.media_type_missing");
  const type = requireManifestType(agreed);
  if (raw.schemaVersion !== 2) throw failure("manifest.schema_version");
  return type;
}

function requireManifestType(mediaType: string): ManifestType {
  if (isManifestType(mediaType)) return mediaType;
  if (isSchema1Type(mediaType)) throw failure("manifest.schema1");
  throw failure("manifest.media_type", { mediaType: excerpt(mediaType) });
}

/** A document that is an image to one reader and an index to another is neither (CVE-2021-41190). */
function refuseAmbiguity(raw: RawManifest, mediaType: ManifestType, index: boolean): void {
  const foreign = index
    ? (["config", "layers", "fsLayers"] as const)
    : (["manifests", "fsLayers"] as const);
  for (const path of foreign) {
    if (raw[path] !== undefined) throw failure("manifest.ambiguous", { path, mediaType });
  }
}

function checkAll(raw: RawDescriptor[] | undefined, path: string): Descriptor[] {
  return required(raw, path).map((item, index) => checkDescriptor(item, `${path}[${index}]`));
}

function required<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw failure("manifest.missing", { path });
  return value;
}
