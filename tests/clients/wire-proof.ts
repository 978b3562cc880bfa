import { createHash } from "node:crypto";
import { authorization, type Registry } from "./harness.ts";
import { type Descriptor, INDEX, MANIFEST } from "./images.ts";

const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const ACCEPT = [INDEX, MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(", ");

interface Manifest {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

async function get(registry: Registry, path: string): Promise<Response> {
  const answer = await fetch(`${registry.url}/v2/${path}`, {
    headers: { accept: ACCEPT, ...authorization(registry.credentials) },
    ...(registry.ca ? { tls: { ca: registry.ca } } : {}),
    signal: AbortSignal.timeout(120_000),
  });
  if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status}`);
  return answer;
}

/** Reads a blob to its end; throws unless its bytes have the digest and the size promised. */
async function proveBlob(registry: Registry, repository: string, blob: Descriptor): Promise<void> {
  const answer = await get(registry, `${repository}/blobs/${blob.digest}`);
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    hash.update(chunk);
    size += chunk.length;
  }
  const digest = `sha256:${hash.digest("hex")}`;
  if (digest !== blob.digest || size !== blob.size) {
    throw new Error(`${blob.digest} (${blob.size} bytes) came as ${digest} (${size} bytes)`);
  }
}

/**
 * Follows a reference down to the last blob and re-hashes every byte on the way.
 * Answers the digest of what the reference names and the bytes of all blobs below it.
 */
export async function proveWhole(
  registry: Registry,
  repository: string,
  reference: string,
): Promise<{ digest: string; bytes: number }> {
  const answer = await get(registry, `${repository}/manifests/${reference}`);
  const raw = Buffer.from(await answer.arrayBuffer());
  const digest = `sha256:${createHash("sha256").update(raw).digest("hex")}`;
  const promised = answer.headers.get("docker-content-digest");
  if (promised !== digest) throw new Error(`${reference}: header ${promised}, bytes ${digest}`);
  if (reference.includes(":") && reference !== digest) throw new Error(`${reference} is ${digest}`);
  const manifest: Manifest = JSON.parse(raw.toString("utf8"));
  let bytes = 0;
  for (const blob of [manifest.config, ...(manifest.layers ?? [])]) {
    if (blob === undefined) continue;
    await proveBlob(registry, repository, blob);
    bytes += blob.size;
  }
  for (const child of manifest.manifests ?? []) {
    bytes += (await proveWhole(registry, repository, child.digest)).bytes;
  }
  return { digest, bytes };
}
