import { OCI_INDEX, OCI_MANIFEST } from "../../../oci/media-types.ts";

/**
 * The media type under which a stored manifest is read. `registry:2` keeps none beside the bytes: they
 * say it themselves, or, as OCI allows, leave it to what they hold. Undefined leaves it to the bytes.
 */
export function typeOfStored(payload: Uint8Array): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
  if (typeof document !== "object" || document === null) return undefined;
  if ("mediaType" in document || "fsLayers" in document) return undefined;
  return "manifests" in document ? OCI_INDEX : OCI_MANIFEST;
}
