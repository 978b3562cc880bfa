import { expect } from "bun:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { HttpClient } from "../support/http-client.ts";
import {
  descriptor,
  EMPTY_CONFIG,
  image,
  type Piece,
  piece,
  pushBlob,
  putManifest,
} from "../support/images.ts";
import { archive, type Entry } from "../support/tar.ts";

export const LAYER = "application/vnd.oci.image.layer.v1.tar";

export function gzip(entries: readonly Entry[]): Piece {
  return piece(new Uint8Array(gzipSync(archive(entries))));
}

export function zstd(entries: readonly Entry[]): Piece {
  return piece(new Uint8Array(zstdCompressSync(archive(entries))));
}

export function plain(entries: readonly Entry[]): Piece {
  return piece(new Uint8Array(archive(entries)));
}

/** Pushes an image of layers that are archives, whatever they are packed with. */
export async function pushFiles(
  to: HttpClient,
  repository: string,
  reference: string,
  layers: readonly Piece[],
) {
  for (const blob of [EMPTY_CONFIG, ...layers]) await pushBlob(to, repository, blob);
  const made = image(layers, { layers: layers.map((each) => descriptor(each, LAYER)) });
  (await putManifest(to, repository, reference, made)).expect(201);
  return made;
}

/** Asks until what is asked for is no longer pending. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export async function settled(client: HttpClient, path: string): Promise<any> {
  for (;;) {
    const answer = await client.get(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    const page = JSON.parse(answer.text);
    if (page.state !== "pending") return page;
    expect(page).toMatchObject({ items: [], next: null, job: expect.any(String) });
    await new Promise((resolve) => setImmediate(resolve));
  }
}
