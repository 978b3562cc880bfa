import { MANIFEST } from "../clients/images.ts";
import type { SeededNumbers } from "../clients/random.ts";
import { type Key, PRESENT } from "./ledger.ts";
import type { Value } from "./registers.ts";
import { blobKey, chunked, inOnePut, monolithic, streamed } from "./uploads.ts";
import { sha256 } from "./wire.ts";
import { type KnownManifest, REPOSITORIES, TAGS, type World } from "./world.ts";

const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

export function manifestKey(repository: string, digest: string): Key {
  return { kind: "manifest", repository, name: digest };
}

export function tagKey(repository: string, tag: string): Key {
  return { kind: "tag", repository, name: tag };
}

type Operation = (world: World, repository: string, numbers: SeededNumbers) => Promise<void>;

async function pushBlob(world: World, repository: string, numbers: SeededNumbers): Promise<void> {
  const blob = world.makeBlob(numbers);
  const way = numbers.pick([monolithic, inOnePut, streamed, chunked, chunked]) ?? chunked;
  if (await way(world, repository, blob, numbers)) world.remember(repository, blob);
}

async function mount(world: World, repository: string, numbers: SeededNumbers): Promise<void> {
  const from = numbers.pick(REPOSITORIES.filter((name) => name !== repository)) ?? repository;
  const blob = numbers.pick(world.blobs(from));
  if (blob === undefined) return;
  const attempt = world.ledger.begin([[blobKey(repository, blob.digest), PRESENT]]);
  const target = `${repository}/blobs/uploads/?mount=${blob.digest}&from=${from}`;
  const answer = await world.wire.send("POST", target);
  if (world.settle("mount", answer, attempt, 201)) world.remember(repository, blob);
}

/** A manifest of blobs that are there, made unlike every other by an annotation. */
function makeManifest(world: World, repository: string, numbers: SeededNumbers) {
  const known = world.blobs(repository);
  const config = numbers.pick(known);
  if (config === undefined) return undefined;
  const layers = Array.from({ length: numbers.integer(0, 4) }, () => numbers.pick(known) ?? config);
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, ...config },
    layers: layers.map((layer) => ({ mediaType: LAYER, ...layer })),
    annotations: { "test.number": world.unique() },
  });
  const bytes = new Uint8Array(Buffer.from(text));
  return { digest: sha256(bytes), bytes };
}

async function putManifest(
  world: World,
  what: string,
  repository: string,
  manifest: KnownManifest,
  reference: string,
  tags: readonly string[],
): Promise<boolean> {
  const changes: (readonly [Key, Value])[] = [
    [manifestKey(repository, manifest.digest), PRESENT],
    ...tags.map((tag) => [tagKey(repository, tag), manifest.digest] as const),
  ];
  const attempt = world.ledger.begin(changes);
  const answer = await world.wire.send("PUT", `${repository}/manifests/${reference}`, {
    body: manifest.bytes,
    headers: { "content-type": MANIFEST },
  });
  return world.settle(what, answer, attempt, 201);
}

const pushTagged: Operation = async (world, repository, numbers) => {
  const manifest = makeManifest(world, repository, numbers);
  const tag = numbers.pick(TAGS) ?? "";
  if (manifest === undefined) return;
  if (await putManifest(world, "manifest by tag", repository, manifest, tag, [tag])) {
    world.rememberManifest(repository, manifest);
  }
};

const pushUntagged: Operation = async (world, repository, numbers) => {
  const manifest = makeManifest(world, repository, numbers);
  if (manifest === undefined) return;
  const { digest } = manifest;
  if (await putManifest(world, "manifest by digest", repository, manifest, digest, [])) {
    world.rememberManifest(repository, manifest);
  }
};

const pushWithTags: Operation = async (world, repository, numbers) => {
  const manifest = makeManifest(world, repository, numbers);
  if (manifest === undefined) return;
  const tags = [...new Set([numbers.pick(TAGS) ?? "", numbers.pick(TAGS) ?? ""])];
  const reference = `${manifest.digest}?${tags.map((tag) => `tag=${tag}`).join("&")}`;
  if (await putManifest(world, "manifest with tags", repository, manifest, reference, tags)) {
    world.rememberManifest(repository, manifest);
  }
};

const moveTag: Operation = async (world, repository, numbers) => {
  const manifest = numbers.pick(world.manifests(repository));
  const tag = numbers.pick(TAGS) ?? "";
  if (manifest) await putManifest(world, "tag moved", repository, manifest, tag, [tag]);
};

const deleteTag: Operation = async (world, repository, numbers) => {
  const tag = numbers.pick(TAGS) ?? "";
  const attempt = world.ledger.begin([[tagKey(repository, tag), undefined]]);
  const answer = await world.wire.send("DELETE", `${repository}/manifests/${tag}`);
  // Somebody else may have been faster; then it is gone all the same.
  if (answer.status === 404) attempt.acknowledge();
  else world.settle("tag deleted", answer, attempt, 202);
};

/** A manifest with two tags of its own, and then its deletion: all three go, or none. */
const deleteManifest: Operation = async (world, repository, numbers) => {
  const manifest = makeManifest(world, repository, numbers);
  if (manifest === undefined) return;
  const { digest } = manifest;
  const tags = ["left", "right"].map((side) => `${side}-${world.unique()}`);
  for (const tag of tags) {
    if (!(await putManifest(world, "doomed manifest", repository, manifest, tag, [tag]))) return;
  }
  const attempt = world.ledger.begin([
    [manifestKey(repository, digest), undefined],
    ...tags.map((tag) => [tagKey(repository, tag), undefined] as const),
  ]);
  const answer = await world.wire.send("DELETE", `${repository}/manifests/${digest}`);
  world.settle("manifest deleted", answer, attempt, 202);
};

/** A blob in two repositories that no manifest uses; it goes from one and stays in the other. */
const deleteBlob: Operation = async (world, repository, numbers) => {
  const blob = world.makeBlob(numbers);
  const other = numbers.pick(REPOSITORIES.filter((name) => name !== repository)) ?? repository;
  if (!(await monolithic(world, repository, blob))) return;
  const mounting = world.ledger.begin([[blobKey(other, blob.digest), PRESENT]]);
  const target = `${other}/blobs/uploads/?mount=${blob.digest}&from=${repository}`;
  if (!world.settle("mount", await world.wire.send("POST", target), mounting, 201)) return;
  const attempt = world.ledger.begin([[blobKey(repository, blob.digest), undefined]]);
  const answer = await world.wire.send("DELETE", `${repository}/blobs/${blob.digest}`);
  world.settle("blob deleted", answer, attempt, 202);
};

/** Reads a register over the wire and compares it with the ledger. Undefined: no answer. */
export async function compare(world: World, key: Key): Promise<{ value: Value } | undefined> {
  const { kind, repository, name } = key;
  const from = world.ledger.tick();
  const target = `${repository}/${kind === "blob" ? "blobs" : "manifests"}/${name}`;
  const answer = await world.wire.send("GET", target, { headers: { accept: MANIFEST } });
  if (!world.answered(`GET ${target}`, answer, 200, 404)) return undefined;
  let value: Value;
  if (answer.status === 200) {
    const digest = sha256(answer.body);
    const promised = answer.headers.get("docker-content-digest");
    if (promised !== null && promised !== digest) {
      world.complain(`GET ${target}: header ${promised}, bytes ${digest}`);
    }
    if (kind !== "tag" && digest !== name) world.complain(`GET ${target}: bytes ${digest}`);
    value = kind === "tag" ? digest : PRESENT;
  }
  const wrong = world.ledger.read(key, value, from);
  if (wrong) world.complain(wrong);
  world.count(`read ${kind}`);
  return { value };
}

const readTag: Operation = async (world, repository, numbers) => {
  await compare(world, tagKey(repository, numbers.pick(TAGS) ?? ""));
};

const readBlob: Operation = async (world, repository, numbers) => {
  const blob = numbers.pick(world.blobs(repository));
  if (blob) await compare(world, blobKey(repository, blob.digest));
};

const readManifest: Operation = async (world, repository, numbers) => {
  const manifest = numbers.pick(world.manifests(repository));
  if (manifest) await compare(world, manifestKey(repository, manifest.digest));
};

const OPERATIONS = {
  pushBlob,
  mount,
  pushTagged,
  pushUntagged,
  pushWithTags,
  moveTag,
  deleteTag,
  deleteManifest,
  deleteBlob,
  readTag,
  readBlob,
  readManifest,
} satisfies Record<string, Operation>;

/** How often each is chosen, against the others. */
const WEIGHTS: Readonly<Record<keyof typeof OPERATIONS, number>> = {
  pushBlob: 10,
  mount: 3,
  pushTagged: 5,
  pushUntagged: 1,
  pushWithTags: 2,
  moveTag: 4,
  deleteTag: 1,
  deleteManifest: 1,
  deleteBlob: 1,
  readTag: 3,
  readBlob: 2,
  readManifest: 1,
};

/** One client among many: does one thing after another until the world stops. */
export async function work(world: World, numbers: SeededNumbers): Promise<void> {
  const { tagParameter, atomicDeletes } = world.abilities;
  const weights = {
    ...WEIGHTS,
    ...(tagParameter ? {} : { pushWithTags: 0 }),
    ...(atomicDeletes ? {} : { deleteManifest: 0, deleteTag: 0 }),
  };
  while (!world.stopping) {
    const repository = numbers.pick(REPOSITORIES) ?? REPOSITORIES[0];
    await OPERATIONS[numbers.weighted(weights)](world, repository, numbers);
  }
}

/** A client that uploads in small chunks all the time, so that a crash always cuts an upload. */
export async function uploadSlowly(world: World, numbers: SeededNumbers): Promise<void> {
  while (!world.stopping) {
    const repository = numbers.pick(REPOSITORIES) ?? REPOSITORIES[0];
    const blob = world.makeBlob(numbers);
    if (blob.size < 100_000) continue;
    if (await chunked(world, repository, blob, numbers)) world.remember(repository, blob);
  }
}
