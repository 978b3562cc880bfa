import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { same } from "../../scripts/lib/checks.ts";
import { until } from "../../scripts/lib/run.ts";
import { harm } from "../integrity/bench.ts";
import { basic } from "../support/http-client.ts";
import type { Client } from "./client.ts";
import type { Registry } from "./harness.ts";
import { SMALL } from "./images.ts";
import { proveWhole } from "./wire-proof.ts";

/** The largest published file that came to be after `before`. */
function newestLayer(folder: string, before: ReadonlySet<string>): string {
  const files = published(folder).filter((path) => !before.has(path));
  const [largest] = files.sort((a, b) => statSync(b).size - statSync(a).size);
  if (largest === undefined) throw new Error("the push stored nothing");
  return largest;
}

function published(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  const copies = names.filter((name) => /\/blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}\./.test(name));
  return copies.map((name) => join(folder, name));
}

async function ask({ url, credentials }: Registry, method: string, path: string, body?: unknown) {
  const { username = "", password = "" } = credentials ?? {};
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: basic({ name: username, password }),
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as { readonly id: string; state: string; damaged: number };
}

/**
 * A bit of a layer flips on the disk, a scrub finds it, and the same client pushes the same image to
 * the same repository again: after that every byte is there.
 */
export async function healedByPush(client: Client, registry: Registry): Promise<string> {
  const reference = `team/${client.name}/healed:1`;
  const before = new Set(published(registry.folder));
  const image = await client.makeImage(`${client.name}-healed-${Date.now()}`, SMALL);
  const pushed = await client.push(image, reference);
  await harm(newestLayer(registry.folder, before), "flip");
  const { id } = await ask(registry, "POST", "/integrity/scrubs", {
    repository: `team/${client.name}/healed`,
  });
  const { damaged } = await until("the end of the scrub", async () => {
    const scrub = await ask(registry, "GET", `/integrity/scrubs/${id}`);
    return scrub.state === "done" ? scrub : undefined;
  });
  same("damaged blobs that the scrub found", String(damaged), "1");
  const broken = await proveWhole(registry, `team/${client.name}/healed`, "1").then(
    () => false,
    () => true,
  );
  if (!broken) throw new Error("a damaged layer is served");
  same("digest pushed again", await client.push(image, reference), pushed);
  same(
    "digest in the registry",
    (await proveWhole(registry, `team/${client.name}/healed`, "1")).digest,
    pushed,
  );
  await client.forget(image, reference);
  const pulled = await client.pull(reference);
  same("image id pulled", pulled.id, image.id);
  await client.forget(image, reference);
  return pushed.slice(0, 19);
}
