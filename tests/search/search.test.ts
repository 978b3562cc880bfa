import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { type Ask, account, must } from "../api/tenants.ts";
import { Browser } from "../support/browser.ts";
import { basic, type HttpClient } from "../support/http-client.ts";
import {
  descriptor,
  document,
  image,
  type Piece,
  piece,
  pushBlob,
  pushImage,
  putManifest,
} from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

setDefaultTimeout(60_000);

let registry: TestRegistry;
let admin: HttpClient;
let root: Ask;
let count = 0;
let project = "";

function asking(name: string | undefined): Ask {
  const browser = new Browser(registry.url);
  const of = name === ADMIN.name ? ADMIN : account(name ?? "");
  const known = name === undefined ? {} : { authorization: basic(of) };
  return (method, path, body, headers) => browser.ask(method, path, body, { ...known, ...headers });
}

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [account("ada"), account("ben")],
    bindings: [{ to: "ada", role: "auditor" }],
  });
  admin = registry.admin;
  root = asking(ADMIN.name);
});

afterAll(() => registry.close());

beforeEach(async () => {
  count += 1;
  project = `team${count}`;
  await must(root, "POST", "/projects", { name: project });
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function find(ask: Ask, query: string, more = ""): Promise<any[]> {
  return (await must(ask, "GET", `/search?q=${encodeURIComponent(query)}${more}`)).items;
}

/** Asks until there are as many hits: the index follows what is stored. */
async function findMany(query: string, many: number, more = "") {
  for (;;) {
    const hits = await find(root, query, more);
    if (hits.length === many) return hits;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const at = () => `/projects/${project}/repositories`;

describe("what is pushed is found", () => {
  test("by the names of project, repository and tag, and by a whole reference", async () => {
    const { digest } = await pushImage(admin, `${project}/web/api`, "1.27-alpine", [piece("a")]);
    const [first, second, ...rest] = await findMany(project, 2, "&limit=2");
    expect(first).toMatchObject({ kind: "project", project, repository: null, tag: null });
    expect(second).toMatchObject({ kind: "repository", repository: `${project}/web/api` });
    expect(rest).toEqual([]);
    const tag = { kind: "tag", repository: `${project}/web/api`, tag: "1.27-alpine", digest };
    for (const words of [
      `${project} alpine`,
      `${project}/web/api:1.27-alpine`,
      `1.2 api ${project}`,
    ]) {
      expect(await findMany(words, 1, "&kind=tag")).toMatchObject([tag]);
    }
    expect(await find(root, `${project} alpine`, "&kind=repository")).toEqual([]);
  });

  test("by its digest and its layers' digests, whole or begun", async () => {
    const layer = piece(`a layer of ${project}`);
    const { digest } = await pushImage(admin, `${project}/web`, "1", [layer]);
    for (const word of [digest, digest.slice(0, 20), digest.slice(7, 19)]) {
      const [hit, ...more] = await find(root, word);
      expect(hit).toMatchObject({ kind: "artifact", digest, matched: { field: "digest" } });
      expect(more).toEqual([]);
    }
    const [hit] = await find(root, layer.digest);
    const matched = { field: "blob", value: layer.digest };
    expect(hit).toMatchObject({ kind: "artifact", digest, repository: `${project}/web`, matched });
  });

  test("by labels, annotations and types: of each repository the newest", async () => {
    const to = `${project}/web`;
    let last = "";
    for (const version of ["1", "2"]) {
      const config = labelled({ "org.example.team": `crew-${project}`, version });
      await pushBlob(admin, to, config);
      const layer = piece(`layer ${version}`);
      await pushBlob(admin, to, layer);
      const made = document({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config: descriptor(config, "application/vnd.oci.image.config.v1+json"),
        layers: [descriptor(layer, "application/vnd.oci.image.layer.v1.tar")],
        annotations: { note: `of ${project}` },
      });
      (await putManifest(admin, to, version, made)).expect(201);
      last = made.digest;
    }
    const [label] = await findMany(`crew-${project}`, 1);
    const value = `org.example.team=crew-${project}`;
    expect(label).toMatchObject({ kind: "artifact", matched: { field: "label", value } });
    for (;;) {
      const [newest] = await find(root, `org.example.team=crew-${project}`);
      if (newest.digest === last) break;
    }
    // With several words every artifact that has them.
    const [note] = await findMany(`note=of ${project}`, 2, "&kind=artifact");
    expect(note.matched).toEqual({ field: "annotation", value: `note=of ${project}` });
    const odd = image([piece(`layer 2`)], { artifactType: `application/vnd.of-${project}` });
    await pushBlob(admin, to, piece("{}"));
    (await putManifest(admin, to, "odd", odd)).expect(201);
    const [type] = await findMany(`vnd.of-${project}`, 1);
    expect(type).toMatchObject({
      kind: "artifact",
      digest: odd.digest,
      matched: { field: "artifactType" },
    });
  });
});

function labelled(labels: Readonly<Record<string, string>>): Piece {
  return piece(JSON.stringify({ os: "linux", architecture: "amd64", config: { Labels: labels } }));
}

describe("what is gone or hidden is not found, from that moment on (A28)", () => {
  test("a tag that was deleted", async () => {
    await pushImage(admin, `${project}/web`, "short-lived", [piece("b")]);
    await findMany(`${project} short`, 1, "&kind=tag");
    expect((await root("DELETE", `${at()}/web/tags/short-lived`)).status).toBe(204);
    expect(await find(root, `${project} short`, "&kind=tag")).toEqual([]);
  });

  test("an artifact that was deleted", async () => {
    const { digest } = await pushImage(admin, `${project}/web`, "1", [piece(`c ${project}`)]);
    expect(await find(root, digest)).toHaveLength(1);
    expect((await root("DELETE", `${at()}/web/artifacts/${digest}`)).status).toBe(204);
    expect(await find(root, digest)).toEqual([]);
  });

  test("a project that goes private, or is deleted", async () => {
    const visitor = asking(undefined);
    await pushImage(admin, `${project}/web`, "1", [piece("d")]);
    await findMany(`${project}/web`, 1, "&kind=repository");
    const seen = async (ask: Ask) => (await find(ask, project)).map(({ kind }) => kind);
    expect(await seen(visitor)).toEqual([]);
    expect(await seen(asking("ben"))).toEqual([]);
    await must(root, "PATCH", `/projects/${project}`, { public: true });
    expect(await seen(visitor)).toEqual(["project", "repository"]);
    await must(root, "PATCH", `/projects/${project}`, { public: false });
    expect(await seen(visitor)).toEqual([]);
    await must(root, "DELETE", `/projects/${project}`);
    expect(await seen(root)).toEqual([]);
  });

  test("the next page of somebody who lost a right", async () => {
    for (const name of ["a", "b", "c"])
      await pushImage(admin, `${project}/${name}`, "1", [piece("e")]);
    await findMany(`${project}/`, 3, "&kind=repository");
    await must(root, "PATCH", `/projects/${project}`, { public: true });
    const visitor = asking(undefined);
    const path = `/search?q=${project}&kind=repository&limit=1`;
    const page = await must(visitor, "GET", path);
    expect(page.items).toHaveLength(1);
    await must(root, "PATCH", `/projects/${project}`, { public: false });
    expect(await must(visitor, "GET", `${path}&cursor=${page.next}`)).toMatchObject({
      items: [],
      next: null,
    });
  });
});

test("whoever may read everywhere finds everything", async () => {
  await pushImage(admin, `${project}/web`, "1", [piece("f")]);
  await findMany(project, 2, "&limit=2");
  expect((await find(asking("ada"), project)).map(({ kind }) => kind)).toContain("repository");
});

test.each(["'; drop table tags; --", "%", "_", "\\", "<script>", "\u202e", "🦊", "ＡＢＣ", "*"])(
  "a query is a text and nothing else: %j (A33)",
  async (query) => {
    const { status, json } = await root("GET", `/search?q=${encodeURIComponent(query)}`);
    expect([status, json.items ?? json.code]).toEqual([200, []]);
  },
);

test("stars and visits are one's own, and end with the right to see (A28)", async () => {
  await pushImage(admin, `${project}/web`, "1", [piece("g")]);
  const ben = asking("ben");
  const star = `/me/stars/${project}/web`;
  const hidden = await ben("PUT", star);
  expect([hidden.status, hidden.json.code]).toEqual([404, "repository.unknown"]);
  await must(root, "PATCH", `/projects/${project}`, { public: true });
  for (let turn = 0; turn < 2; turn++) expect((await ben("PUT", star)).status).toBe(204);
  expect((await ben("PUT", `/me/recent/${project}/web`)).status).toBe(204);
  const repository = `${project}/web`;
  const stars = async (ask: Ask) => (await must(ask, "GET", "/me/stars")).items;
  const recent = async () => (await must(ben, "GET", "/me/recent")).items;
  expect(await stars(ben)).toMatchObject([{ repository, project }]);
  expect(await stars(root)).toEqual([]);
  expect(await recent()).toMatchObject([{ repository, what: "visit" }]);
  await must(root, "PATCH", `/projects/${project}`, { public: false });
  expect([await stars(ben), await recent()]).toEqual([[], []]);
  await must(root, "PATCH", `/projects/${project}`, { public: true });
  expect(await stars(ben)).toHaveLength(1);
  for (let turn = 0; turn < 2; turn++) expect((await ben("DELETE", star)).status).toBe(204);
  expect(await stars(ben)).toEqual([]);
  expect((await asking(undefined)("GET", "/me/stars")).status).toBe(401);
});
