import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { HttpClient } from "../support/http-client.ts";
import {
  EMPTY_CONFIG,
  type Image,
  image,
  index,
  type Piece,
  piece,
  putManifest,
  withQuery,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

/** Few names, so that commands meet. */
const REPOSITORIES = ["prop/a", "prop/b", "prop/a/b"];
const TAGS = ["one", "two", "three"];
const LAYERS = [
  EMPTY_CONFIG,
  ...Array.from({ length: 4 }, (_, number) => piece(`layer ${number}`)),
];
const IMAGES: Image[] = [
  image([]),
  image(LAYERS.slice(1, 2)),
  image(LAYERS.slice(1, 3)),
  image(LAYERS.slice(3)),
];
const INDEXES: Image[] = [index(IMAGES.slice(0, 2)), index(IMAGES.slice(1))];

/** What a repository must show. */
interface Repository {
  readonly blobs: Set<string>;
  readonly manifests: Map<string, Image>;
  readonly tags: Map<string, string>;
  /** It has come into being, by a session if by nothing else. */
  known: boolean;
}

type Model = Map<string, Repository>;

interface Real {
  readonly client: HttpClient;
  /** Puts the run's own names in place of the model's. */
  name(repository: string): string;
}

type Command = fc.AsyncCommand<Model, Real>;

function at(model: Model, name: string): Repository {
  const repository = model.get(name);
  if (repository === undefined) throw new Error(`the model has no ${name}`);
  return repository;
}

function childrenOf(made: Image): readonly Image[] {
  if (made === INDEXES[0]) return IMAGES.slice(0, 2);
  return made === INDEXES[1] ? IMAGES.slice(1) : [];
}

function layersOf(made: Image): readonly Piece[] {
  if (INDEXES.includes(made)) return [];
  const text = new TextDecoder().decode(made.bytes);
  return LAYERS.filter(({ digest }) => text.includes(digest));
}

/** Whether all that a manifest names is there. */
function isComplete(made: Image, { blobs, manifests }: Repository): boolean {
  return (
    layersOf(made).every(({ digest }) => blobs.has(digest)) &&
    childrenOf(made).every(({ digest }) => manifests.has(digest))
  );
}

function command(words: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => words };
}

const pushBlob = (name: string, blob: Piece, chunks: boolean) =>
  command(`push ${blob.digest.slice(7, 11)} to ${name}`, async (model, { client, name: real }) => {
    const started = await client.post(`/v2/${real(name)}/blobs/uploads/`);
    let { location } = started.expect(202);
    at(model, name).known = true;
    let { bytes } = blob;
    if (chunks) {
      location = (await client.patch(location, { body: bytes.slice(0, 1) })).expect(202).location;
      bytes = bytes.slice(1);
    }
    (await client.put(withQuery(location, `digest=${blob.digest}`), { body: bytes })).expect(201);
    at(model, name).blobs.add(blob.digest);
  });

const lie = (name: string, blob: Piece) =>
  command(
    `lie about ${blob.digest.slice(7, 11)} in ${name}`,
    async (model, { client, name: real }) => {
      const target = `/v2/${real(name)}/blobs/uploads/?digest=${blob.digest}`;
      (await client.post(target, { body: "something else" })).refuses(400, "DIGEST_INVALID");
      expect(model.size).toBe(REPOSITORIES.length);
    },
  );

const mount = (name: string, from: string, blob: Piece) =>
  command(`mount ${blob.digest.slice(7, 11)} from ${from} to ${name}`, async (model, real) => {
    const query = `mount=${blob.digest}&from=${real.name(from)}`;
    const answer = await real.client.post(`/v2/${real.name(name)}/blobs/uploads/?${query}`);
    at(model, name).known = true;
    const possible = at(model, from).blobs.has(blob.digest);
    answer.expect(possible ? 201 : 202);
    if (possible) at(model, name).blobs.add(blob.digest);
    else (await real.client.delete(answer.location)).expect(204);
  });

const deleteBlob = (name: string, blob: Piece, force: boolean) =>
  command(
    `delete ${blob.digest.slice(7, 11)} from ${name}, force ${force}`,
    async (model, real) => {
      const { blobs, manifests } = at(model, name);
      const target = `/v2/${real.name(name)}/blobs/${blob.digest}${force ? "?force=true" : ""}`;
      const { status } = await real.client.delete(target);
      const used = [...manifests.values()].some((made) => layersOf(made).includes(blob));
      const expected = !blobs.has(blob.digest) ? 404 : used && !force ? 405 : 202;
      expect(status).toBe(expected);
      if (status === 202) blobs.delete(blob.digest);
    },
  );

const pushManifest = (name: string, made: Image, tag: string | undefined) =>
  command(`push ${made.digest.slice(7, 11)} as ${tag} to ${name}`, async (model, real) => {
    const repository = at(model, name);
    const answer = await putManifest(real.client, real.name(name), tag ?? made.digest, made);
    if (!isComplete(made, repository)) {
      answer.refuses(404, "MANIFEST_BLOB_UNKNOWN");
      return;
    }
    answer.expect(201);
    repository.known = true;
    repository.manifests.set(made.digest, made);
    if (tag !== undefined) repository.tags.set(tag, made.digest);
  });

const deleteManifest = (name: string, made: Image) =>
  command(`delete ${made.digest.slice(7, 11)} from ${name}`, async (model, real) => {
    const { manifests, tags } = at(model, name);
    const { status } = await real.client.delete(`/v2/${real.name(name)}/manifests/${made.digest}`);
    expect(status).toBe(manifests.delete(made.digest) ? 202 : 404);
    for (const [tag, digest] of tags) if (digest === made.digest) tags.delete(tag);
  });

const deleteTag = (name: string, tag: string) =>
  command(`delete ${tag} from ${name}`, async (model, real) => {
    const { status } = await real.client.delete(`/v2/${real.name(name)}/manifests/${tag}`);
    expect(status).toBe(at(model, name).tags.delete(tag) ? 202 : 404);
  });

/** Everything visible is what the model says, byte for byte. */
async function compare(model: Model, { client, name: real }: Real): Promise<void> {
  for (const [name, { blobs, manifests, tags, known }] of model) {
    const base = `/v2/${real(name)}`;
    for (const { digest } of LAYERS) {
      const found = await client.get(`${base}/blobs/${digest}`);
      expect(`${name} ${digest} ${found.status}`).toBe(
        `${name} ${digest} ${blobs.has(digest) ? 200 : 404}`,
      );
      if (found.status === 200) expect(piece(found.body).digest).toBe(digest);
      expect((await client.head(`${base}/blobs/${digest}`)).status).toBe(found.status);
    }
    for (const made of [...IMAGES, ...INDEXES]) {
      const found = await client.get(`${base}/manifests/${made.digest}`);
      expect(found.status).toBe(manifests.has(made.digest) ? 200 : 404);
      if (found.status === 200) expect(piece(found.body).digest).toBe(made.digest);
    }
    for (const tag of TAGS) {
      const found = await client.head(`${base}/manifests/${tag}`);
      expect(found.header("docker-content-digest")).toBe(tags.get(tag) ?? "");
    }
    const list = await client.get(`${base}/tags/list`);
    if (!known) list.refuses(404, "NAME_UNKNOWN");
    else expect(list.json).toEqual({ name: real(name), tags: [...tags.keys()].sort() });
  }
}

const see = command("compare everything", compare);

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

const name = fc.constantFrom(...REPOSITORIES);
const layer = fc.constantFrom(...LAYERS);
const made = fc.constantFrom(...IMAGES, ...INDEXES);
const commands = fc.commands<Model, Real, false>(
  [
    fc.tuple(name, layer, fc.boolean()).map((args) => pushBlob(...args)),
    fc.tuple(name, layer, fc.boolean()).map((args) => pushBlob(...args)),
    fc.tuple(name, layer).map((args) => lie(...args)),
    fc.tuple(name, name, layer).map((args) => mount(...args)),
    fc.tuple(name, layer, fc.boolean()).map((args) => deleteBlob(...args)),
    fc.tuple(name, made, fc.constantFrom(undefined, ...TAGS)).map((args) => pushManifest(...args)),
    fc.tuple(name, made, fc.constantFrom(...TAGS)).map((args) => pushManifest(...args)),
    fc.tuple(name, made).map((args) => deleteManifest(...args)),
    fc.tuple(name, fc.constantFrom(...TAGS)).map((args) => deleteTag(...args)),
    fc.constant(see),
  ],
  { maxCommands: 60, size: "max" },
);

test("pushes, mounts and deletes in any order show exactly what was acknowledged", async () => {
  let run = 0;
  const property = fc.asyncProperty(commands, async (some) => {
    run += 1;
    const prefix = `run-${run}`;
    const real: Real = { client: registry.admin, name: (repository) => `${prefix}/${repository}` };
    const model: Model = new Map(
      REPOSITORIES.map((repository) => [
        repository,
        { blobs: new Set(), manifests: new Map(), tags: new Map(), known: false },
      ]),
    );
    await fc.asyncModelRun(() => ({ model, real }), some);
    await compare(model, real);
  });
  await fc.assert(property, { numRuns: 30 });
}, 120_000);
