import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { type EventKind, type EventMap, type EventOf, eventRow } from "../../kernel/events.ts";
import { keepListener } from "./keep.ts";
import { context, dump, NOW, openWorld, type World } from "./suite.ts";

setDefaultTimeout(120_000);

const RUNS = Number(process.env.ENTREPOT_TEST_RUNS ?? 8);

let world: World;

beforeEach(async () => {
  world = await openWorld();
  for (const project of ["p", "q"]) await world.project(project);
  await world.repository("r1", "p", "p/web/api");
  await world.repository("r2", "p", "p/web");
  await world.repository("r3", "q", "q/web");
});

afterEach(() => world.close());

type Heard = Parameters<ReturnType<typeof keepListener>["handleAll"]>[0][number];

function event<K extends EventKind>(kind: K, payload: EventMap[K]): Heard {
  const { id } = eventRow(kind, payload, NOW);
  return { id, kind, payload } as EventOf<K> as Heard;
}

const common = { principal: "ada", at: NOW, repository: "", project: "" };
const types = { mediaType: "", artifactType: null };

/** Something that happens to content, and the news of it. */
type Happening = (there: Set<string>) => Promise<Heard | undefined>;

const repositories = fc.constantFrom("r1", "r2", "r3");
const tags = fc.constantFrom("latest", "v1.2-alpine", "web");
const digests = fc.constantFrom("sha256:a", "sha256:b", "sha256:c");
/** What a digest says of itself never changes. */
const VENDORS: Readonly<Record<string, string>> = {
  "sha256:a": "acme",
  "sha256:b": "globex tools",
  "sha256:c": "acme",
};

const tagging = fc.record({ repositoryId: repositories, tag: tags, isThere: fc.boolean() }).map(
  ({ repositoryId, tag, isThere }): Happening =>
    async (there) => {
      const key = `${repositoryId} ${tag}`;
      if (isThere === there.has(key)) return undefined;
      const where = { ...common, repositoryId, tag };
      if (isThere) {
        there.add(key);
        await world.tag(repositoryId, tag, "sha256:a");
        return event("tag.moved", { ...where, from: null, to: "sha256:a" });
      }
      there.delete(key);
      await world.dropTag(repositoryId, tag);
      return event("tag.deleted", { ...where, from: "sha256:a" });
    },
);

const pushing = fc
  .record({ repositoryId: repositories, digest: digests, isThere: fc.boolean() })
  .map(
    ({ repositoryId, digest, isThere }): Happening =>
      async (there) => {
        const key = `${repositoryId} ${digest}`;
        if (isThere === there.has(key)) return undefined;
        const where = { ...common, ...types, repositoryId, digest, tags: [] };
        if (isThere) {
          there.add(key);
          const annotations = { vendor: VENDORS[digest] ?? "" };
          await world.artifact(repositoryId, digest, annotations);
          return event("manifest.pushed", where);
        }
        there.delete(key);
        await world.dropArtifact(repositoryId, digest);
        return event("manifest.deleted", where);
      },
  );

test("events told late, twice and in any order leave the index that a rebuild makes", async () => {
  const listener = keepListener(world.db);
  const happenings = fc.array(fc.oneof(tagging, pushing), { minLength: 1, maxLength: 25 });
  const there = new Set<string>();
  await world.rebuild();
  await fc.assert(
    fc.asyncProperty(
      happenings,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      async (all, chance) => {
        const next = () => chance.next().value as number;
        let late: Heard[] = [];
        for (const happening of all) {
          const news = await happening(there);
          if (news !== undefined) late.push(news);
          if (next() > 0.5) continue;
          const told = late.filter(() => next() > 0.5).toSorted(() => next() - 0.5);
          await listener.handleAll(told, context);
          // What was told may be told again.
          late = late.filter((each) => !told.includes(each) || next() > 0.8);
        }
        await listener.handleAll(late, context);
        const kept = await dump(world.db);
        await world.rebuild();
        expect(kept).toEqual(await dump(world.db));
      },
    ),
    { numRuns: RUNS },
  );
});

test("two nodes that index at once leave nothing out and nothing over", async () => {
  await world.rebuild();
  const listener = keepListener(world.db);
  const names = Array.from({ length: 40 }, (_, at) => `v${at}-web`);
  for (const repositoryId of ["r1", "r2"]) {
    for (const name of names) await world.tag(repositoryId, name, "sha256:a");
  }
  const news = ["r1", "r2"].flatMap((repositoryId) =>
    names.map((tag) => {
      return event("tag.moved", { ...common, repositoryId, tag, from: null, to: "sha256:a" });
    }),
  );
  await Promise.all([0, 1, 2, 3].map(() => listener.handleAll(news, context)));
  const kept = await dump(world.db);
  await world.rebuild();
  expect(kept).toEqual(await dump(world.db));
  for (const name of names) await world.dropTag("r1", name);
  await Promise.all([0, 1, 2, 3].map(() => listener.handleAll(news, context)));
  const left = await dump(world.db);
  await world.rebuild();
  expect(left).toEqual(await dump(world.db));
});
