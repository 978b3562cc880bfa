import { failure } from "../../../kernel/errors/catalogue.ts";
import { isDigest } from "../../../oci/digest.ts";

export const MOST_IMAGES = 10_000;
const MOST_REFERENCE = 512;

export interface NamedImage {
  readonly digest: string;
  readonly reference: string;
}

/**
 * Reads what runs: `sha256:…`, or a reference that ends in `@sha256:…`, with or without the scheme
 * that some runtimes put before it. Each digest once. Throws `in_use.invalid`.
 */
export function parseImages(images: readonly string[]): NamedImage[] {
  const found = new Map<string, NamedImage>();
  for (const image of images) {
    const reference = image.replace(/^[a-z-]+:\/\//, "");
    const digest = reference.slice(reference.lastIndexOf("@") + 1);
    const isPlain = reference.length <= MOST_REFERENCE && !/[\p{Cc}\s]/u.test(reference);
    if (!isDigest(digest) || !isPlain) {
      throw failure("in_use.invalid", { image: JSON.stringify(image.slice(0, 100)) });
    }
    found.set(digest, { digest, reference });
  }
  return [...found.values()];
}
