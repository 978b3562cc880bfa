import { INDEX, MANIFEST } from "../../clients/images.ts";
import type { SeededNumbers } from "../../clients/random.ts";
import { closing, sha256 } from "../../crash/wire.ts";
import { pause, REPOSITORIES, type SoakWorld } from "./soak-world.ts";
import type { Blob, Item } from "./stock.ts";

const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";

/** A manifest that was refused is pushed from the start, as people do; so often at most. */
const TRIES = 5;

async function upload(world: SoakWorld, location: string, { digest, bytes }: Blob): Promise<void> {
  const put = await world.send("PUT", closing(location, digest), {
    body: bytes,
    headers: { "content-type": "application/octet-stream" },
  });
  if (put.status !== 201) throw world.wrong(`upload of ${digest}`, put);
  world.count("blob uploaded");
}

/** As docker does it: ask, else mount from where it may be, else upload. */
async function pushBlob(
  world: SoakWorld,
  repository: string,
  blob: Blob,
  from: string | undefined,
): Promise<void> {
  const head = await world.send("HEAD", `${repository}/blobs/${blob.digest}`);
  if (head.status === 200) return world.count("blob skipped");
  const mount = from === undefined ? "" : `?mount=${blob.digest}&from=${from}`;
  const post = await world.send("POST", `${repository}/blobs/uploads/${mount}`);
  if (post.status === 201) return world.count("blob mounted");
  if (post.status !== 202) throw world.wrong(`start of an upload to ${repository}`, post);
  await upload(world, post.headers.get("location") ?? "", blob);
}

/** Whether it was accepted; throws when it was refused though all it names was there. */
async function putManifest(world: SoakWorld, item: Item, since: number): Promise<boolean> {
  const { repository, tag, digest, payload, mediaType } = item;
  const put = await world.send("PUT", `${repository}/manifests/${tag ?? digest}`, {
    body: payload,
    headers: { "content-type": mediaType },
  });
  if (put.status === 201) return true;
  const { grace, untaggedAfter } = world.keeping;
  // What was said to be here is promised for half a grace; an untagged child for its own time.
  const promised = Math.min(grace / 2, untaggedAfter);
  const took = performance.now() - since;
  if (took < promised) {
    throw world.wrong(`${repository}/${digest} after ${Math.round(took)} ms`, put);
  }
  world.count("manifest refused too late");
  return false;
}

/** Pushes an item and all that goes with it; true when the registry acknowledged everything. */
async function pushItem(world: SoakWorld, item: Item, numbers: SeededNumbers): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const isIndex = item.mediaType === INDEX;
    const children = isIndex ? item.followers : [];
    const since = performance.now();
    let whole = true;
    for (const child of children) whole &&= await pushItem(world, child, numbers);
    const from = numbers.pick(REPOSITORIES.filter((name) => name !== item.repository));
    for (const blob of item.blobs) await pushBlob(world, item.repository, blob, from);
    if (numbers.fraction() < 0.2) await pause(world.keeping.grace * 0.35 * numbers.fraction());
    const referrers = isIndex ? [] : item.followers;
    for (const referrer of referrers) whole &&= await pushItem(world, referrer, numbers);
    if (!whole || !(await putManifest(world, item, since))) continue;
    // A referrer that came long before its subject may have gone as untagged things do.
    for (const referrer of referrers) {
      const target = `${referrer.repository}/manifests/${referrer.digest}`;
      const head = await world.send("HEAD", target, { headers: { accept: MANIFEST } });
      if (head.status === 200) continue;
      if (performance.now() - since < world.keeping.untaggedAfter) throw world.wrong(target, head);
      if (!(await pushItem(world, referrer, numbers))) return false;
    }
    return true;
  }
  return false;
}

function descriptor(mediaType: string, { digest, bytes }: Blob) {
  return { mediaType, digest, size: bytes.byteLength };
}

function image(
  world: SoakWorld,
  repository: string,
  numbers: SeededNumbers,
  more: { readonly tag: string | null; readonly subject?: Item; readonly followers?: Item[] },
): Item {
  const layers = Array.from({ length: numbers.integer(1, 3) }, () =>
    world.blob(numbers.integer(1_000, 120_000)),
  );
  const base = numbers.pick(world.bases);
  if (base !== undefined && numbers.fraction() < 0.6) layers.unshift(base);
  const config = world.blob(numbers.integer(200, 2_000));
  const { tag, subject, followers = [] } = more;
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor(CONFIG, config),
    layers: layers.map((layer) => descriptor(LAYER, layer)),
    annotations: { "test.number": world.unique() },
    ...(subject === undefined
      ? {}
      : {
          artifactType: "application/vnd.test.signature",
          subject: {
            mediaType: subject.mediaType,
            digest: subject.digest,
            size: subject.payload.byteLength,
          },
        }),
  });
  return item(repository, tag, MANIFEST, text, [config, ...layers], followers);
}

function item(
  repository: string,
  tag: string | null,
  mediaType: string,
  text: string,
  blobs: readonly Blob[],
  followers: readonly Item[],
): Item {
  const payload = new Uint8Array(Buffer.from(text));
  return { repository, tag, digest: sha256(payload), mediaType, payload, blobs, followers };
}

function tagged(world: SoakWorld): string {
  return `t-${world.unique()}`;
}

const KINDS = {
  image: (world: SoakWorld, repository: string, numbers: SeededNumbers): Item =>
    image(world, repository, numbers, { tag: tagged(world) }),
  index(world: SoakWorld, repository: string, numbers: SeededNumbers): Item {
    const followers = Array.from({ length: 2 }, () =>
      image(world, repository, numbers, { tag: null }),
    );
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: followers.map(({ digest, payload }) => ({
        mediaType: MANIFEST,
        digest,
        size: payload.byteLength,
      })),
      annotations: { "test.number": world.unique() },
    });
    return item(repository, tagged(world), INDEX, text, [], followers);
  },
  signed(world: SoakWorld, repository: string, numbers: SeededNumbers): Item {
    const subject = image(world, repository, numbers, { tag: tagged(world) });
    const signature = image(world, repository, numbers, { tag: null, subject });
    return { ...subject, followers: [signature] };
  },
};

/** Bytes that nobody ever names: they have to go by themselves. */
async function pushOrphan(world: SoakWorld, numbers: SeededNumbers): Promise<void> {
  const blob = world.blob(numbers.integer(1_000, 200_000));
  await pushBlob(world, world.repository(numbers), blob, undefined);
  world.count("orphan pushed");
}

/** One of many pushers. */
export function pusher(world: SoakWorld, numbers: SeededNumbers): () => Promise<void> {
  return async () => {
    const what = numbers.weighted({ image: 6, index: 3, signed: 3, again: 5, orphan: 1 });
    if (what === "orphan") return await pushOrphan(world, numbers);
    const repository = world.repository(numbers);
    const old = what === "again" ? world.stock.exhume(numbers) : undefined;
    const made = old ?? KINDS[what === "again" ? "image" : what](world, repository, numbers);
    world.stock.doubtful.add(made);
    if (!(await pushItem(world, made, numbers))) {
      return world.complain(`${made.repository}/${made.digest} could not be pushed`);
    }
    world.stock.doubtful.delete(made);
    world.stock.pushed(made);
    world.count(old === undefined ? `${what} pushed` : "pushed again");
  };
}
