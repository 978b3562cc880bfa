import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { account, must } from "../api/tenants.ts";
import { Browser } from "../support/browser.ts";
import { basic } from "../support/http-client.ts";
import { EMPTY_CONFIG, image, piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

setDefaultTimeout(60_000);

const DEVELOPER = account("developer");
const BASE = piece("the layer that all build upon");
const OWN = piece("a layer that one image alone has");
const ELSEWHERE = piece("a layer that another project has too");
const size = (...pieces: readonly { bytes: Uint8Array }[]) =>
  pieces.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

let registry: TestRegistry;

const asker =
  (of: { name: string; password: string }) => (method: string, path: string, body?: unknown) =>
    new Browser(registry.url).ask(method, path, body, { authorization: basic(of) });
const admin = (method: string, path: string) => asker(ADMIN)(method, path);
const developer = (method: string, path: string) => asker(DEVELOPER)(method, path);
const APP = "/projects/team/repositories/app";

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [DEVELOPER],
    projects: [{ name: "team" }, { name: "other" }],
    bindings: [{ to: "developer", role: "developer", on: "team" }],
  });
  await pushImage(registry.admin, "team/app", "v1", [BASE, OWN]);
  await pushImage(registry.admin, "team/app", "v2", [BASE, ELSEWHERE]);
  await pushImage(registry.admin, "other/app", "v1", [ELSEWHERE]);
});

afterAll(() => registry.close());

test("of an artifact: what it names, what others hold, and what deleting it would free", async () => {
  const manifest = image([BASE, OWN]).bytes.byteLength;
  expect(await must(admin, "GET", `${APP}/artifacts/v1/space`)).toEqual({
    within: "installation",
    manifests: 1,
    manifestBytes: manifest,
    blobs: 3,
    logical: size(EMPTY_CONFIG, BASE, OWN),
    unique: size(EMPTY_CONFIG, BASE, OWN),
    shared: size(EMPTY_CONFIG, BASE),
    freed: { bytes: size(OWN), blobs: 1, manifests: 1, manifestBytes: manifest },
    left: { bytes: 0, blobs: 0, manifests: 0, manifestBytes: 0 },
  });
});

test("of several artifacts: what they alone share goes with them", async () => {
  const both = await must(admin, "GET", `${APP}/space?references=v1,v2`);
  expect(both).toMatchObject({ manifests: 2, blobs: 4 });
  expect(both.freed).toMatchObject({ bytes: size(BASE, OWN), blobs: 2, manifests: 2 });
  expect(both.logical - both.unique).toBe(size(EMPTY_CONFIG, BASE));
});

test("who may not look at the installation is told of the project, and not what others have", async () => {
  const figures = await must(developer, "GET", `${APP}/artifacts/v2/space`);
  expect(figures).toMatchObject({ within: "project", shared: size(EMPTY_CONFIG, BASE) });
  expect(figures.freed.bytes).toBe(size(ELSEWHERE));
  const seen = await must(admin, "GET", `${APP}/artifacts/v2/space`);
  expect(seen).toMatchObject({ shared: size(EMPTY_CONFIG, BASE, ELSEWHERE), freed: { bytes: 0 } });
  const same = await must(admin, "GET", `${APP}/artifacts/v2/space?within=project`);
  expect(same).toEqual(figures);
  for (const path of [`${APP}/artifacts/v2`, APP, "/projects/team"]) {
    const refused = await developer("GET", `${path}/space?within=installation`);
    expect(refused).toMatchObject({ status: 403, json: { code: "access.denied" } });
  }
});

test("of a repository and of a project", async () => {
  const repository = await must(admin, "GET", `${APP}/space`);
  const unique = size(EMPTY_CONFIG, BASE, OWN, ELSEWHERE);
  const freed = size(BASE, OWN);
  expect(repository).toMatchObject({ manifests: 2, blobs: 4, unique, freed: { bytes: freed } });
  expect("left" in repository).toBe(false);
  const project = await must(admin, "GET", "/projects/team/space");
  expect(project).toMatchObject({ manifests: 2, blobs: 4, unique, freed: { bytes: freed } });
  const own = await must(developer, "GET", "/projects/team/space");
  expect(own).toMatchObject({ within: "project", unique, shared: 0, freed: { bytes: unique } });
});

test("what is not there is unknown, and what is asked wrongly is refused", async () => {
  const unknown = { status: 404, json: { code: "manifest.unknown" } };
  expect(await admin("GET", `${APP}/artifacts/v9/space`)).toMatchObject(unknown);
  expect(await admin("GET", `${APP}/space?references=v1,v9`)).toMatchObject(unknown);
  const wrong = { status: 400, json: { code: "api.invalid" } };
  for (const query of ["within=world", "references=", "references=v1,,-x", "refs=v1"]) {
    expect(await admin("GET", `${APP}/space?${query}`)).toMatchObject(wrong);
  }
});
