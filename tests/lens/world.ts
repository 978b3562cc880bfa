import * as fc from "fast-check";
import { parseReference, parseRepositoryName } from "../../src/oci/name.ts";
import { openReclaimBench, type ReclaimBench } from "../reclaim/bench.ts";
import { type Described, doer, pushBlob, pushManifest } from "../support/content-bench.ts";
import { type Changed, updateRows } from "../support/rows.ts";

/** Two repositories of one project, one of a project that keeps what is untagged, one of a third. */
export const PLACES = ["team/a", "team/b", "keep/c", "other/d"] as const;

interface Planned {
  readonly tagged: boolean;
  /** Moved to the trash when all is there. */
  readonly deleted: boolean;
}

export interface Plan {
  /** Sizes of the blobs that there are. */
  readonly blobs: readonly number[];
  readonly images: readonly (Planned & { place: number; layers: readonly number[] })[];
  readonly indexes: readonly (Planned & { place: number; children: readonly number[] })[];
  readonly referrers: readonly (Planned & { to: number; layers: readonly number[] })[];
  /** Blobs that are pushed and never named. */
  readonly loose: readonly { place: number; blob: number }[];
}

const place = fc.nat({ max: PLACES.length - 1 });
const some = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 });
const planned = {
  tagged: fc.boolean(),
  deleted: fc.boolean(),
};

export const plans: fc.Arbitrary<Plan> = fc.record({
  blobs: fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 8, maxLength: 8 }),
  images: fc.array(fc.record({ ...planned, place, layers: some }), { minLength: 4, maxLength: 9 }),
  indexes: fc.array(fc.record({ ...planned, place, children: some }), { maxLength: 4 }),
  referrers: fc.array(fc.record({ ...planned, to: fc.nat({ max: 20 }), layers: some }), {
    maxLength: 4,
  }),
  loose: fc.array(fc.record({ place, blob: fc.nat({ max: 7 }) }), { maxLength: 2 }),
});

/** A manifest of the world. */
export interface Stored extends Described {
  readonly repository: string;
}

export interface World extends ReclaimBench {
  readonly stored: readonly Stored[];
  remove(manifest: Stored): Promise<void>;
  /** Lets time go by until nothing is left to do. */
  settle(): Promise<void>;
}

function nameOf(index: number): (typeof PLACES)[number] {
  return PLACES[index % PLACES.length] ?? PLACES[0];
}

async function build({ content }: ReclaimBench, plan: Plan): Promise<Stored[]> {
  const blob = (repository: string, index: number) =>
    pushBlob(content, repository, `${index}:${"x".repeat(plan.blobs[index] ?? 1)}`);
  const stored: (Stored & { deleted: boolean })[] = [];
  const blobs = async (repository: string, layers: readonly number[]) => {
    const all: Described[] = [];
    for (const each of new Set(layers)) all.push(await blob(repository, each));
    return { config: await pushBlob(content, repository, "{}"), layers: all };
  };
  const keep = async (
    repository: string,
    { tagged, deleted }: Planned,
    shape: Parameters<typeof pushManifest>[2],
  ) => {
    const note = `manifest ${stored.length}`;
    const tag = tagged ? `t${stored.length}` : undefined;
    const manifest = await pushManifest(content, repository, { ...shape, note }, tag);
    stored.push({ repository, deleted, ...manifest });
  };
  for (const image of plan.images) {
    const repository = nameOf(image.place);
    await keep(repository, image, await blobs(repository, image.layers));
  }
  for (const index of plan.indexes) {
    const repository = nameOf(index.place);
    const here = stored.filter((each) => each.repository === repository);
    const children = index.children.flatMap((each) => here[each % here.length] ?? []);
    await keep(repository, index, { children: [...new Set(children)] });
  }
  for (const referrer of plan.referrers) {
    const subject = stored[referrer.to % stored.length];
    if (subject === undefined) continue;
    const { repository, digest, size } = subject;
    const shape = await blobs(repository, referrer.layers);
    await keep(repository, referrer, { ...shape, subject: { digest, size } });
  }
  for (const each of plan.loose) await blob(nameOf(each.place), each.blob);
  // A few of those that are to be deleted, so that most stay.
  const gone = stored.filter((each, index) => each.deleted && index % 3 === 0);
  for (const each of gone) await remove(content, each);
  return stored.filter((each) => !gone.includes(each));
}

async function remove(content: ReclaimBench["content"], { repository, digest }: Stored) {
  await content.manifests.delete(parseRepositoryName(repository), parseReference(digest), doer);
}

const NEVER: Changed = { table: "projects", where: { name: "keep" }, set: { untagged_after: 0 } };

export async function openWorld(plan: Plan): Promise<World> {
  const bench = await openReclaimBench();
  for (const name of PLACES) await pushBlob(bench.content, name, "{}");
  await bench.db.write(updateRows, NEVER);
  const stored = await build(bench, plan);
  return Object.assign(bench, {
    stored,
    remove: (manifest: Stored) => remove(bench.content, manifest),
    async settle() {
      for (let round = 0; round < 12; round++) {
        bench.clock.advance(10_000);
        for (const { sweep } of bench.stages) {
          for (let rows = 1; rows > 0; ) ({ rows } = await sweep());
        }
      }
    },
  });
}
