import { failure } from "../kernel/errors/catalogue.ts";
import { type Digest, isDigest } from "./digest.ts";
import { excerpt } from "./excerpt.ts";
import { type Held, list, map, object, text, whole } from "./json-shape.ts";

/** What a child of an index runs on, spelled as on the wire. */
export interface Platform {
  readonly architecture?: string;
  readonly os?: string;
  readonly "os.version"?: string;
  readonly "os.features"?: string[];
  readonly variant?: string;
  /** Docker's lists only. */
  readonly features?: string[];
}

/** One piece of content named by a manifest: its type, checked digest and size in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: string[];
  readonly annotations?: Record<string, string>;
  readonly artifactType?: string;
  readonly platform?: Platform;
  /** The content itself in base64: of the right length, but its digest is not checked here. */
  readonly data?: string;
}

export const MAX_ANNOTATION_BYTES = 65_536;

/** More mirrors of a layer, or features of a platform, than any tool writes. */
const MAX_STRINGS = 1_000;

/** RFC 6838, section 4.2: two names of at most 127 characters around a slash. */
const MAX_TYPE_LENGTH = 255;

/** Wider than RFC 6838 on purpose: types unknown to us must pass, but they also stand in headers. */
const TYPE_TEXT = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

const strings = list(text, MAX_STRINGS);

export const annotationsShape = map(text);

export const descriptorShape = object({
  mediaType: text,
  digest: text,
  size: whole,
  urls: strings,
  annotations: annotationsShape,
  artifactType: text,
  platform: object({
    architecture: text,
    os: text,
    "os.version": text,
    "os.features": strings,
    variant: text,
    features: strings,
  }),
  data: text,
});

export type RawDescriptor = Held<typeof descriptorShape>;

/** Checks what a descriptor says, at `path` of its document; throws failures of the `manifest.` family. */
export function checkDescriptor(raw: RawDescriptor, path: string): Descriptor {
  const { mediaType, digest, size, urls, annotations, artifactType, platform, data } = raw;
  if (digest === undefined) throw failure("manifest.missing", { path: `${path}.digest` });
  if (!isDigest(digest)) {
    throw failure("manifest.digest", { path: `${path}.digest`, digest: excerpt(digest) });
  }
  if (size === undefined) throw failure("manifest.missing", { path: `${path}.size` });
  if (mediaType === undefined) throw failure("manifest.missing", { path: `${path}.mediaType` });
  checkType(mediaType, `${path}.mediaType`);
  if (annotations !== undefined) checkAnnotations(annotations, `${path}.annotations`);
  if (artifactType) checkType(artifactType, `${path}.artifactType`);
  if (data !== undefined) checkData(data, size, `${path}.data`);
  return {
    mediaType,
    digest,
    size,
    ...(urls !== undefined && urls.length > 0 ? { urls } : {}),
    ...(annotations !== undefined ? { annotations } : {}),
    ...(artifactType ? { artifactType } : {}),
    ...(platform !== undefined ? { platform } : {}),
    ...(data !== undefined ? { data } : {}),
  };
}

/** Refuses a media type that is empty, overlong or not printable. */
export function checkType(type: string, path: string): void {
  if (type.length > MAX_TYPE_LENGTH || !TYPE_TEXT.test(type)) {
    throw failure("manifest.type_invalid", { path, limit: MAX_TYPE_LENGTH });
  }
}

/** Refuses annotations whose keys and values together are larger than they may be in UTF-8. */
function checkAnnotations(annotations: Readonly<Record<string, string>>, path: string): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    bytes += utf8Length(key) + utf8Length(value);
    if (bytes > MAX_ANNOTATION_BYTES) {
      throw failure("manifest.annotations_too_large", { path, limit: MAX_ANNOTATION_BYTES });
    }
  }
}

function utf8Length(content: string): number {
  let bytes = content.length;
  for (let at = 0; at < content.length; at++) {
    const unit = content.charCodeAt(at);
    // The two halves of a surrogate pair make four bytes together.
    if (unit >= 0x800) bytes += unit >= 0xd800 && unit <= 0xdfff ? 1 : 2;
    else if (unit >= 0x80) bytes += 1;
  }
  return bytes;
}

/** image-spec, "Descriptors": data "MUST conform to the Base 64 encoding" and be the content itself. */
function checkData(data: string, size: number, path: string): void {
  const actual = base64Length(data);
  if (actual === undefined) throw failure("manifest.data_encoding", { path });
  if (actual !== size) throw failure("manifest.data_size", { path, actual, claimed: size });
}

/** How many bytes padded base64 stands for; undefined when it is none. */
function base64Length(data: string): number | undefined {
  if (data.length % 4 !== 0) return undefined;
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  const end = data.length - padding;
  for (let at = 0; at < end; at++) {
    if (!isBase64Sign(data.charCodeAt(at))) return undefined;
  }
  return (data.length / 4) * 3 - padding;
}

function isBase64Sign(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x2b ||
    unit === 0x2f
  );
}
