import type { DirectoryEntry } from "./port.ts";

/** The values of an attribute that are text, in the server's order. */
export function textsOf(entry: DirectoryEntry, attribute: string): string[] {
  const values = entry.attributes.get(attribute.toLowerCase()) ?? [];
  return values.filter((value) => typeof value === "string");
}

/** The first value of an attribute, if it has one that is text and not empty. */
export function textOf(entry: DirectoryEntry, attribute: string): string | undefined {
  return textsOf(entry, attribute).find((value) => value !== "");
}

/** The first value of an attribute as bytes. */
export function bytesOf(entry: DirectoryEntry, attribute: string): Uint8Array | undefined {
  const [value] = entry.attributes.get(attribute.toLowerCase()) ?? [];
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}
