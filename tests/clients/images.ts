import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { SeededBytes } from "./random.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar.ts";

const MIB = 2 ** 20;
export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image in an OCI layout: its manifest, and what a client calls its id (the config's digest). */
export interface MadeImage {
  readonly manifest: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly id: string;
}

/** How big an image is: the layers are of random bytes, so that nothing can make them smaller. */
export interface Shape {
  readonly layers: number;
  readonly layerBytes: number;
}

/** 6 × 52 MiB = 327 MB in six layers. */
export const LARGE: Shape = { layers: 6, layerBytes: 52 * MIB };
export const SMALL: Shape = { layers: 2, layerBytes: 3 * MIB };
export const ARCHITECTURES = ["amd64", "arm64"] as const;

function* tarOf(name: string, size: number, bytes: SeededBytes): Generator<Buffer> {
  yield tarHeader(name, size);
  for (let left = size; left > 0; left -= MIB) yield bytes.next(Math.min(left, MIB));
  yield tarPadding(size);
  yield tarEnd();
}

/** A pass-through that hashes and counts. */
function meter(): Transform & { digest(): string; readonly size: number } {
  const hash = createHash("sha256");
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  return Object.defineProperties(stream, {
    digest: { value: () => `sha256:${hash.digest("hex")}` },
    size: { get: () => size },
  }) as ReturnType<typeof meter>;
}

/** An OCI image layout on disk, made of seeded random bytes. */
export class Layout {
  readonly folder: string;
  readonly #blobs: string;
  readonly #entries: Descriptor[] = [];

  constructor(folder: string) {
    this.folder = folder;
    this.#blobs = join(folder, "blobs", "sha256");
    mkdirSync(this.#blobs, { recursive: true });
    writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  }

  /** Where the bytes of a digest lie. */
  path(digest: string): string {
    return join(this.#blobs, digest.slice("sha256:".length));
  }

  /** Adds an image under `tag`; other seeds give other bytes. */
  async addImage(tag: string, seed: string, shape: Shape): Promise<MadeImage> {
    const image = await this.#image(seed, shape, ARCHITECTURES[0]);
    this.#enter(tag, image.manifest);
    return image;
  }

  /** Adds an index of one image for each of the two architectures under `tag`. */
  async addIndex(
    tag: string,
    seed: string,
    shape: Shape,
  ): Promise<{ readonly index: Descriptor; readonly images: Readonly<Record<string, MadeImage>> }> {
    const images: Record<string, MadeImage> = {};
    const manifests: Descriptor[] = [];
    for (const architecture of ARCHITECTURES) {
      const image = await this.#image(`${seed}-${architecture}`, shape, architecture);
      images[architecture] = image;
      manifests.push({ ...image.manifest, platform: { os: "linux", architecture } });
    }
    const index = this.#json(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
    this.#enter(tag, index);
    return { index, images };
  }

  async #image(seed: string, shape: Shape, architecture: string): Promise<MadeImage> {
    const layers: Descriptor[] = [];
    const diffIds: string[] = [];
    for (let number = 1; number <= shape.layers; number += 1) {
      const { layer, diffId } = await this.#layer(`${seed}-${number}`, shape.layerBytes, number);
      layers.push(layer);
      diffIds.push(diffId);
    }
    const config = this.#json(CONFIG, {
      created: "2020-01-01T00:00:00Z",
      architecture,
      os: "linux",
      config: { Cmd: [`/part-${shape.layers}`] },
      rootfs: { type: "layers", diff_ids: diffIds },
      history: diffIds.map(() => ({ created: "2020-01-01T00:00:00Z", created_by: seed })),
    });
    const manifest = this.#json(MANIFEST, {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config,
      layers,
    });
    return { manifest, layers, id: config.digest };
  }

  async #layer(
    seed: string,
    bytes: number,
    number: number,
  ): Promise<{ layer: Descriptor; diffId: string }> {
    const plain = meter();
    const packed = meter();
    const staged = join(this.folder, "layer.part");
    const file = createWriteStream(staged);
    const content = tarOf(`part-${number}`, bytes, new SeededBytes(seed));
    // Level 0 stores: random bytes would not shrink, and time would be lost trying.
    await pipeline(content, plain, createGzip({ level: 0 }), packed, file);
    if (!file.closed) await once(file, "close");
    const layer = { mediaType: LAYER, digest: packed.digest(), size: packed.size };
    renameSync(staged, this.path(layer.digest));
    return { layer, diffId: plain.digest() };
  }

  #json(mediaType: string, value: unknown): Descriptor {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    writeFileSync(this.path(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  }

  #enter(tag: string, descriptor: Descriptor): void {
    const annotations = { "org.opencontainers.image.ref.name": tag };
    this.#entries.push({ ...descriptor, annotations });
    writeFileSync(
      join(this.folder, "index.json"),
      JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: this.#entries }),
    );
  }
}

/** Writes files of random bytes and a Dockerfile that makes a layer of each. */
export function writeBuildContext(folder: string, seed: string, shape: Shape): void {
  mkdirSync(folder, { recursive: true });
  const lines = ["FROM scratch"];
  const bytes = new SeededBytes(seed);
  for (let number = 1; number <= shape.layers; number += 1) {
    writeFileSync(join(folder, `part-${number}`), bytes.next(shape.layerBytes));
    lines.push(`COPY part-${number} /part-${number}`);
  }
  lines.push(`CMD ["/part-${shape.layers}"]`, "");
  writeFileSync(join(folder, "Dockerfile"), lines.join("\n"));
}
