import { MANIFEST } from "../clients/images.ts";
import type { SeededNumbers } from "../clients/random.ts";
import type { Key } from "./ledger.ts";
import { compare, manifestKey, tagKey } from "./traffic.ts";
import { blobKey, cancelAbandoned, resume } from "./uploads.ts";
import type { World } from "./world.ts";

const PARALLEL = 12;

async function each<T>(items: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: PARALLEL }, async () => {
    for (const item of queue) await body(item);
  });
  await Promise.all(lanes);
}

/** All entries of a paged list, following `Link`. */
async function listed(world: World, path: string, field: string): Promise<string[]> {
  const entries: string[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer = await world.wire.send("GET", next);
    if (!world.answered(`GET ${next}`, answer, 200)) return entries;
    const page = JSON.parse(new TextDecoder().decode(answer.body)) as Record<string, string[]>;
    entries.push(...(page[field] ?? []));
    next = /<([^>]+)>; *rel="?next"?/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  return entries;
}

/** Everything that a manifest names is there, in that repository, with the size it names. */
async function followManifest(
  world: World,
  repository: string,
  digest: string,
  seen: Set<string>,
): Promise<void> {
  const known = (key: string) => seen.size === seen.add(`${repository} ${key}`).size;
  if (known(digest)) return;
  const target = `${repository}/manifests/${digest}`;
  const answer = await world.wire.send("GET", target, { headers: { accept: MANIFEST } });
  if (!world.answered(`GET ${target}, which a tag names`, answer, 200)) return;
  const { config, layers } = JSON.parse(new TextDecoder().decode(answer.body)) as {
    config: { digest: string; size: number };
    layers: { digest: string; size: number }[];
  };
  for (const blob of [config, ...layers]) {
    if (known(blob.digest)) continue;
    const path = `${repository}/blobs/${blob.digest}`;
    const head = await world.wire.send("HEAD", path);
    if (!world.answered(`HEAD ${path}, which ${digest} names`, head, 200)) continue;
    const length = Number(head.headers.get("content-length"));
    if (length !== blob.size) world.complain(`${path}: ${length} bytes, ${blob.size} promised`);
  }
}

/** What catalog and tag lists show: every tag resolves, and everything below it is there. */
async function wholeness(world: World): Promise<void> {
  const seen = new Set<string>();
  for (const repository of await listed(world, "_catalog?n=2", "repositories")) {
    const tags = await listed(world, `${repository}/tags/list?n=7`, "tags");
    if (new Set(tags).size !== tags.length) world.complain(`${repository}: a tag is listed twice`);
    await each(tags, async (tag) => {
      const read = await compare(world, tagKey(repository, tag));
      if (read === undefined) return;
      if (read.value === undefined) world.complain(`${repository}: ${tag} is listed, but is 404`);
      else await followManifest(world, repository, read.value, seen);
    });
    world.count("repository walked");
  }
}

/** Deleting a manifest deletes its tags: after a cut, a tag of its own may not outlive it. */
async function atomicDeletes(world: World, keys: readonly Key[]): Promise<void> {
  const doomed = keys.filter(({ kind, name }) => kind === "tag" && name.startsWith("left-"));
  await each(doomed, async (left) => {
    const other = { ...left, name: left.name.replace("left-", "right-") };
    const one = await compare(world, left);
    const two = await compare(world, other);
    if (one === undefined || two === undefined) return;
    const digest = one.value ?? two.value;
    if (digest === undefined) return;
    const manifest = await compare(world, manifestKey(left.repository, digest));
    if (manifest && manifest.value === undefined) {
      world.complain(`${left.repository}: ${left.name} or its twin outlived ${digest}`);
    }
  });
}

/** How thoroughly older objects are looked at. */
export interface Depth {
  /** How many of the registers that this round did not touch are read; all of them by default. */
  readonly sample?: number;
  readonly numbers: SeededNumbers;
}

/**
 * Compares a registry at rest with the ledger: all that was touched lately, a sample of the rest
 * (or all of it), every list, every manifest that a tag names, every upload that was cut.
 * What is wrong goes to `world.complaints`.
 */
export async function verify(world: World, { sample, numbers }: Depth): Promise<void> {
  const touched = world.ledger.takeTouched();
  const all = world.ledger.keys();
  const older =
    sample === undefined || sample >= all.length
      ? all
      : Array.from({ length: sample }, () => numbers.pick(all)).filter((key) => key !== undefined);
  const chosen = new Map<string, Key>();
  for (const key of [...touched, ...older]) {
    chosen.set(`${key.kind} ${key.repository} ${key.name}`, key);
  }
  await each([...chosen.values()], async (key) => {
    await compare(world, key);
  });
  if (world.abilities.atomicDeletes) await atomicDeletes(world, touched);
  await wholeness(world);
  if (world.abilities.resumes) await cancelAbandoned(world);
  await each([...world.uploads], async (upload) => {
    if (world.abilities.resumes) await resume(world, upload);
    world.uploads.delete(upload);
    await compare(world, blobKey(upload.repository, upload.blob.digest));
  });
  world.ledger.prune();
}
