import type { BlobSource } from "../../../client/registry/blobs.ts";
import { MANIFEST_TYPE } from "../../../client/registry/manifests.ts";
import { type BlobMaker, blobOf, sha256 } from "./blobs.ts";

const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

/** The `{}` of the image-spec, for manifests whose content is not the point. */
export const EMPTY_BLOB: BlobSource = blobOf(Buffer.from("{}"));

export interface Image {
  readonly config: BlobSource;
  readonly layers: readonly BlobSource[];
  readonly manifest: Uint8Array;
  readonly digest: string;
}

export interface Manifest {
  readonly bytes: Uint8Array;
  readonly digest: string;
}

interface ManifestContent {
  readonly config: BlobSource;
  readonly layers: readonly BlobSource[];
  readonly annotations?: Readonly<Record<string, string>>;
}

function manifestOf(content: ManifestContent): Manifest {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, digest: content.config.digest, size: content.config.size },
      layers: content.layers.map(({ digest, size }) => ({ mediaType: LAYER_TYPE, digest, size })),
      ...(content.annotations === undefined ? {} : { annotations: content.annotations }),
    }),
  );
  return { bytes, digest: sha256([bytes]) };
}

/** A manifest of `size` bytes (at least some 500) that needs nothing but the empty blob. */
export function paddedManifest(label: string, size: number): Manifest {
  const annotated = (pad: string): Manifest =>
    manifestOf({ config: EMPTY_BLOB, layers: [EMPTY_BLOB], annotations: { label, pad } });
  const bare = annotated("").bytes.byteLength;
  return annotated("x".repeat(Math.max(0, size - bare)));
}

/** A whole image: a config of `configSize` bytes of JSON and one layer of `layerSize` bytes. */
export function makeImage(
  maker: BlobMaker,
  label: string,
  configSize: number,
  layerSize: number,
): Image {
  const layer = maker.make(layerSize);
  const shape = {
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: [layer.digest] },
    config: { Labels: { label, pad: "" } },
  };
  shape.config.Labels.pad = "x".repeat(Math.max(0, configSize - JSON.stringify(shape).length));
  const config = blobOf(Buffer.from(JSON.stringify(shape)));
  const manifest = manifestOf({ config, layers: [layer] });
  return { config, layers: [layer], manifest: manifest.bytes, digest: manifest.digest };
}
