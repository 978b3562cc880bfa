import { algorithmOf, type Digest, encodedOf, isDigest } from "../../oci/digest.ts";

const ID = /^[a-z0-9]{16,64}$/;
const LOCATION =
  /^blobs\/(?:sha256\/([0-9a-f]{2})\/([0-9a-f]{64})|sha512\/([0-9a-f]{2})\/([0-9a-f]{128}))\.[a-z0-9]{16,64}$/;

/** The folder of a location, in the parts that must be made one below the other. */
export interface Shard {
  readonly algorithm: string;
  readonly prefix: string;
}

/** Whether `text` may name staged bytes. */
export function isStagedId(text: string): boolean {
  return ID.test(text);
}

/** Returns `id`; throws a `RangeError` unless it may name staged bytes. */
export function checkedId(id: string): string {
  if (!ID.test(id)) throw new RangeError("not the id of an upload");
  return id;
}

/**
 * `blobs/<algorithm>/<2 hex>/<hex>.<id>`: unique to one upload, so that removing one copy of some
 * content never touches a copy that was stored anew.
 */
export function locationOf(id: string, digest: Digest): string {
  if (!isDigest(digest)) throw new RangeError("not a digest");
  const hex = encodedOf(digest);
  return `blobs/${algorithmOf(digest)}/${hex.slice(0, 2)}/${hex}.${checkedId(id)}`;
}

/** Whether `locationOf` could have made it. */
export function isLocation(text: string): boolean {
  const found = LOCATION.exec(text);
  const prefix = found?.[1] ?? found?.[3];
  const hex = found?.[2] ?? found?.[4];
  return prefix !== undefined && hex?.startsWith(prefix) === true;
}

/** Returns `location`; throws a `RangeError` unless `locationOf` could have made it. */
export function checkedLocation(location: string): string {
  if (!isLocation(location)) throw new RangeError("not a location");
  return location;
}

/** The folder in which the content of `digest` lies. */
export function shardOf(digest: Digest): Shard {
  return { algorithm: algorithmOf(digest), prefix: encodedOf(digest).slice(0, 2) };
}

/** The digest that a checked location speaks of, for messages. */
export function digestIn(location: string): string {
  const [, algorithm = "", , name = ""] = location.split("/");
  return `${algorithm}:${name.slice(0, name.indexOf("."))}`;
}

/** Throws a `RangeError` unless `range` lies within `size` bytes. */
export function checkedRange(range: { start: number; end: number }, size: number): void {
  const { start, end } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) throw new RangeError("range");
  if (start < 0 || start > end || end >= size) throw new RangeError("range beyond the blob");
}
