import { INDEX, MANIFEST } from "../../clients/images.ts";
import type { SeededNumbers } from "../../clients/random.ts";
import { sha256 } from "../../crash/wire.ts";
import { pause, type SoakWorld, Wrong } from "./soak-world.ts";
import type { Item } from "./stock.ts";

const ACCEPT = { headers: { accept: `${MANIFEST}, ${INDEX}` } };

/** Pulls an item with all that goes with it; throws `Wrong` for whatever is not as it was pushed. */
export async function pull(world: SoakWorld, item: Item): Promise<void> {
  const { repository, tag, digest, blobs, followers } = item;
  for (const reference of tag === null ? [digest] : [tag, digest]) {
    const target = `${repository}/manifests/${reference}`;
    const got = await world.send("GET", target, ACCEPT);
    if (got.status !== 200) throw world.wrong(target, got);
    if (sha256(got.body) !== digest) throw new Wrong(`${target}: other bytes than were pushed`);
  }
  for (const blob of blobs) {
    const target = `${repository}/blobs/${blob.digest}`;
    const got = await world.send("GET", target);
    if (got.status !== 200) throw world.wrong(`${target}, of ${digest}`, got);
    if (sha256(got.body) !== blob.digest) throw new Wrong(`${target}: other bytes`);
  }
  for (const each of followers) await pull(world, each);
}

/** One of many pullers. */
export function puller(world: SoakWorld, numbers: SeededNumbers): () => Promise<void> {
  return async () => {
    const item = world.stock.pick(numbers);
    if (item === undefined) return await pause(50);
    try {
      await pull(world, item);
      world.count("pulled");
    } catch (error) {
      // Somebody began to delete it meanwhile: then it may be gone.
      if (error instanceof Wrong && !world.stock.isLive(item))
        return world.count("pulled too late");
      throw error;
    }
    await pause(numbers.integer(5, 40));
  };
}

/** Deletes a manifest; what is not there any more is deleted as well. */
export async function remove(world: SoakWorld, item: Item): Promise<void> {
  const target = `${item.repository}/manifests/${item.digest}`;
  const gone = await world.send("DELETE", target);
  if (gone.status !== 202 && gone.status !== 404) throw world.wrong(`DELETE ${target}`, gone);
}

/** Live items above this are too many: then deleters do not rest. */
const ENOUGH = 120;

/** One of some deleters: manifests, or tags, whose images then go as untagged ones do. */
export function deleter(world: SoakWorld, numbers: SeededNumbers): () => Promise<void> {
  return async () => {
    if (world.stock.size < ENOUGH) await pause(numbers.integer(300, 3_000));
    const item = world.stock.take(numbers);
    if (item === undefined) return;
    world.stock.doubtful.add(item);
    if (item.tag !== null && numbers.fraction() < 0.4) {
      const target = `${item.repository}/manifests/${item.tag}`;
      const gone = await world.send("DELETE", target);
      if (gone.status !== 202) throw world.wrong(`DELETE ${target}`, gone);
      world.count("tag deleted");
    } else {
      await remove(world, item);
      world.count("manifest deleted");
    }
    world.stock.doubtful.delete(item);
    world.stock.bury(item);
  };
}
