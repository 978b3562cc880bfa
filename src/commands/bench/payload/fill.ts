import { createHash } from "node:crypto";
import { type BlobSource, getBlob, pushBlob } from "../../../client/registry/blobs.ts";
import { putManifest, readManifest } from "../../../client/registry/manifests.ts";
import type { Bench } from "../bench.ts";
import { EMPTY_BLOB, type Manifest } from "./images.ts";

/** Clients that fill a registry before it is measured. */
const FILLERS = 16;

/** Pushes blobs in parallel. */
export async function fillBlobs(
  bench: Bench,
  repository: string,
  blobs: readonly BlobSource[],
): Promise<void> {
  await bench.loop(FILLERS, { operations: blobs.length }, async (caller, index) => {
    const blob = blobs[index];
    if (blob !== undefined) await pushBlob(caller, repository, blob);
  });
}

/** A manifest and where it goes. */
export interface Placed extends Manifest {
  readonly repository: string;
  readonly tag: string;
}

/** Pushes manifests that need nothing but the empty blob, in parallel. */
export async function fillManifests(bench: Bench, manifests: readonly Placed[]): Promise<void> {
  const repositories = [...new Set(manifests.map((one) => one.repository))];
  await bench.loop(FILLERS, { operations: repositories.length }, async (caller, index) => {
    const repository = repositories[index];
    if (repository !== undefined) await pushBlob(caller, repository, EMPTY_BLOB);
  });
  await bench.loop(FILLERS, { operations: manifests.length }, async (caller, index) => {
    const one = manifests[index];
    if (one !== undefined) await putManifest(caller, one.repository, one.tag, one.bytes);
  });
}

/** Pulls each blob once, outside of the clock, and checks the hash of what came. */
export async function verifyBlobs(
  bench: Bench,
  repository: string,
  blobs: readonly Pick<BlobSource, "digest">[],
): Promise<void> {
  await bench.loop(4, { operations: blobs.length }, async (caller, index) => {
    const blob = blobs[index];
    if (blob === undefined) return;
    const hash = createHash("sha256");
    const answer = await getBlob(caller, repository, blob.digest, {
      sink: (chunk) => {
        hash.update(chunk);
      },
    });
    bench.ledger.expect("GET blob", answer.status, 200);
    checkHash(bench, "blob", blob.digest, hash.digest("hex"));
  });
}

/** Pulls each manifest once by its tag, outside of the clock, and checks the hash of what came. */
export async function verifyManifests(bench: Bench, manifests: readonly Placed[]): Promise<void> {
  await bench.loop(FILLERS, { operations: manifests.length }, async (caller, index) => {
    const one = manifests[index];
    if (one === undefined) return;
    const hash = createHash("sha256");
    const answer = await readManifest(caller, "GET", one.repository, one.tag, (chunk) => {
      hash.update(chunk);
    });
    bench.ledger.expect("GET manifest", answer.status, 200);
    checkHash(bench, "manifest", one.digest, hash.digest("hex"));
  });
}

function checkHash(bench: Bench, what: string, digest: string, actual: string): void {
  if (digest !== `sha256:${actual}`) {
    bench.ledger.blame(`${what} ${digest}: the bytes that came back hash to ${actual}`);
  }
}
