import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Checks, same } from "../../scripts/lib/checks.ts";
import { until } from "../../scripts/lib/run.ts";
import type { Client } from "./client.ts";
import type { Registry } from "./harness.ts";
import { healedByPush } from "./healing.ts";
import { ARCHITECTURES, LARGE } from "./images.ts";
import { proveWhole } from "./wire-proof.ts";

const LARGE_ENOUGH = 300_000_000;
/** The server dies when this much of a push has reached its disk. */
const CUT_AFTER = 40_000_000;

/** Bytes of all files below a folder; files that vanish meanwhile count as nothing. */
function bytesBelow(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    try {
      total += statSync(join(entry.parentPath, entry.name)).size;
    } catch {
      // Renamed or removed between the listing and the look.
    }
  }
  return total;
}

/** Push, forget, pull an image of more than 300 MB: the same digest everywhere, every byte there. */
async function largeImage(client: Client, registry: Registry): Promise<string> {
  const repository = `team/${client.name}/large`;
  const image = await client.makeImage(`${client.name}-large-${Date.now()}`, LARGE);
  const started = performance.now();
  const pushed = await client.push(image, `${repository}:1`);
  const pushTook = performance.now() - started;
  const proof = await proveWhole(registry, repository, "1");
  same("digest in the registry", proof.digest, pushed);
  if (proof.bytes < LARGE_ENOUGH) throw new Error(`the image has only ${proof.bytes} bytes`);
  await client.forget(image, `${repository}:1`);
  const again = performance.now();
  const pulled = await client.pull(`${repository}:1`);
  const pullTook = performance.now() - again;
  same("digest pulled", pulled.digest, pushed);
  same("image id pulled", pulled.id, image.id);
  await client.forget(image, `${repository}:1`);
  const megabytes = Math.round(proof.bytes / 1e6);
  return `${megabytes} MB, push ${seconds(pushTook)}, pull ${seconds(pullTook)}, ${pushed.slice(0, 19)}`;
}

/** Push an index of two platforms and pull each of them by it. */
async function twoPlatforms(client: Client, registry: Registry): Promise<string> {
  const repository = `team/${client.name}/index`;
  const reference = `${repository}:1`;
  const pushed = await client.pushIndex(`${client.name}-index-${Date.now()}`, reference);
  const proof = await proveWhole(registry, repository, "1");
  same("digest in the registry", proof.digest, pushed.digest);
  for (const architecture of ARCHITECTURES) {
    const pulled = await client.pullFromIndex(reference, architecture);
    same(`index digest pulled for ${architecture}`, pulled.digest, pushed.digest);
    same(`image id pulled for ${architecture}`, pulled.id, pushed.ids[architecture]);
  }
  return pushed.digest.slice(0, 19);
}

/** The server is killed in the middle of a push; after its restart the same push goes through. */
async function cutPush(client: Client, registry: Registry): Promise<string> {
  const repository = `team/${client.name}/cut`;
  const image = await client.makeImage(`${client.name}-cut-${Date.now()}`, LARGE);
  const before = bytesBelow(registry.folder);
  const first = client.push(image, `${repository}:1`).then(
    () => "done",
    () => "failed",
  );
  await until(
    "the push is under way",
    () => (bytesBelow(registry.folder) - before > CUT_AFTER ? true : undefined),
    { timeout: 180_000, every: 5 },
  );
  await registry.kill();
  const seen = bytesBelow(registry.folder) - before;
  if (seen > LARGE_ENOUGH) throw new Error("the push was over before it could be cut");
  const took = await registry.restart();
  // Some clients give up at once, others (docker) try again by themselves and may get through.
  const ended = await first;
  const pushed = await client.push(image, `${repository}:1`);
  same("digest in the registry", (await proveWhole(registry, repository, "1")).digest, pushed);
  await client.forget(image, `${repository}:1`);
  const pulled = await client.pull(`${repository}:1`);
  same("digest pulled", pulled.digest, pushed);
  same("image id pulled", pulled.id, image.id);
  await client.forget(image, `${repository}:1`);
  return `cut at ${Math.round(seen / 1e6)} MB, restart ${Math.round(took)} ms, first push ${ended}`;
}

/** The stories that every client has to tell. */
export async function tellStories(
  checks: Checks,
  client: Client,
  registry: Registry,
): Promise<void> {
  const name = client.name;
  await checks.check(`${name}: image of 300 MB`, () => largeImage(client, registry));
  await checks.check(`${name}: index of two platforms`, () => twoPlatforms(client, registry));
  await checks.check(`${name}: push cut by kill -9, repeated`, () => cutPush(client, registry));
  if (!registry.running()) await registry.restart();
  // A registry of others has no scrub to ask for.
  if ((await fetch(`${registry.url}/api/v1/integrity`)).status === 404) return;
  await checks.check(`${name}: a flipped bit, healed by a push`, () =>
    healedByPush(client, registry),
  );
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
