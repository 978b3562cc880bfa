import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Database } from "../../src/platform/database/port.ts";
import { openFresh } from "../support/database.ts";
import { chunked } from "../support/http-client.ts";
import {
  digestOf,
  EMPTY_CONFIG,
  image,
  piece,
  pushBlob,
  pushImage,
  putManifest,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const DEVELOPER = { name: "developer", password: "a password to push with", administrator: false };
const OUTSIDER = {
  name: "outsider",
  password: "a password to stay out with",
  administrator: false,
};
const LAYER = piece("a layer that is watched");

let registry: TestRegistry;
let db: Database;

beforeAll(async () => {
  registry = await startRegistry({
    settings: { "audit.pulls": "each" },
    accounts: [DEVELOPER, OUTSIDER],
    projects: [{ name: "team" }, { name: "open", public: true }],
    bindings: [
      { to: "developer", role: "maintainer", on: "team" },
      { to: "developer", role: "developer", on: "open" },
    ],
  });
  db = await openFresh(registry.database);
});

afterAll(async () => {
  await db.close();
  await registry.close();
});

interface Entry {
  readonly action: string;
  readonly actor: string;
  readonly object: string | null;
  readonly result: string;
  readonly reason: string | null;
  readonly details: Record<string, unknown>;
  readonly address: string | null;
  readonly project: string | null;
  readonly requestId: string | null;
}

async function entries(): Promise<Entry[]> {
  const rows = await db.read.selectFrom("audit").selectAll().orderBy("at").orderBy("seq").execute();
  return rows.map((row) => ({
    action: row.action,
    actor: row.actor_name,
    object: row.object_name,
    result: row.result,
    reason: row.reason,
    details: JSON.parse(row.details),
    address: row.address,
    project: row.project_id,
    requestId: row.request_id,
  }));
}

/** What `work` has left in the log; logins apart, which are another's concern. */
async function during(work: () => Promise<unknown>): Promise<Entry[]> {
  const before = (await entries()).length;
  await work();
  return (await entries()).slice(before).filter(({ action }) => action !== "login");
}

const brief = ({ action, actor, object, result }: Entry) => [action, actor, object, result];

const developer = () => registry.as(DEVELOPER);

test("a push: its repository, its blobs, its manifest, its tag", async () => {
  const found = await during(() => pushImage(developer(), "team/pushed", "v1", [LAYER]));
  expect(found.map(brief)).toEqual([
    ["repository.create", "developer", "team/pushed", "done"],
    ["blob.push", "developer", "team/pushed", "done"],
    ["blob.push", "developer", "team/pushed", "done"],
    ["manifest.push", "developer", "team/pushed", "done"],
    ["tag.create", "developer", "team/pushed:v1", "done"],
  ]);
  const made = image([LAYER]);
  expect(found.at(-1)?.details).toMatchObject({ from: null, to: made.digest });
  const [first] = found;
  const project = await db.read
    .selectFrom("projects")
    .select("id")
    .where("name", "=", "team")
    .executeTakeFirstOrThrow();
  for (const entry of found) {
    expect(entry.project).toBe(project.id);
    expect(entry.address).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(entry.requestId).not.toBeNull();
  }
  expect(first?.requestId).not.toBe(found.at(-1)?.requestId);
});

test("a tag that moves says from where to where; one that stays, nothing", async () => {
  const one = await pushImage(developer(), "team/moving", "v1", [LAYER]);
  const other = image([LAYER], { annotations: { another: "yes" } });
  const found = await during(async () => {
    (await putManifest(developer(), "team/moving", "v1", other)).expect(201);
    (await putManifest(developer(), "team/moving", "v1", other)).expect(201);
  });
  expect(found.map(brief)).toEqual([
    ["manifest.push", "developer", "team/moving", "done"],
    ["tag.move", "developer", "team/moving:v1", "done"],
    ["manifest.push", "developer", "team/moving", "done"],
  ]);
  expect(found[1]?.details).toMatchObject({ from: one.digest, to: other.digest });
});

test("deletions: of a tag, of a manifest with its tags, of a blob", async () => {
  const made = await pushImage(developer(), "team/deleted", "v1", [LAYER]);
  for (const tag of ["v2", "v3"]) await putManifest(developer(), "team/deleted", tag, made);
  const at = "/v2/team/deleted";
  const found = await during(async () => {
    (await developer().delete(`${at}/manifests/v1`)).expect(202);
    (await developer().delete(`${at}/manifests/${made.digest}`)).expect(202);
    (await developer().delete(`${at}/blobs/${LAYER.digest}`)).expect(202);
    (await developer().delete(`${at}/blobs/${LAYER.digest}`)).expect(404);
  });
  expect(found.map(({ action }) => action)).toEqual([
    "tag.delete",
    "manifest.delete",
    "tag.delete",
    "tag.delete",
    "blob.delete",
  ]);
  expect(found[1]?.details).toMatchObject({ tags: 2 });
});

test("a mount, and the repository and project that a push brings into being", async () => {
  await pushBlob(developer(), "team/source", LAYER);
  const query = `mount=${LAYER.digest}&from=team/source`;
  const found = await during(async () => {
    (await developer().post(`/v2/open/target/blobs/uploads/?${query}`)).expect(201);
    (await registry.admin.post("/v2/newcomer/app/blobs/uploads/")).expect(202);
  });
  expect(found.map(brief)).toEqual([
    ["repository.create", "developer", "open/target", "done"],
    ["blob.mount", "developer", "open/target", "done"],
    ["project.create", "admin", "newcomer", "done"],
    ["repository.create", "admin", "newcomer/app", "done"],
  ]);
  expect(found[1]?.details).toMatchObject({ from: "team/source" });
});

test("pulls: what was delivered, and by which tag it was asked for", async () => {
  const made = await pushImage(registry.admin, "open/pulled", "v1", [LAYER]);
  const at = "/v2/open/pulled";
  const blob = `${at}/blobs/${LAYER.digest}`;
  const found = await during(async () => {
    (await registry.anonymous.get(`${at}/manifests/v1`)).expect(200);
    (await registry.anonymous.get(blob)).expect(200);
    (await registry.anonymous.get(blob, { range: "bytes=1-3" })).expect(206);
    // None of these delivers anything.
    (await registry.anonymous.head(`${at}/manifests/v1`)).expect(200);
    (await registry.anonymous.head(blob)).expect(200);
    (await registry.anonymous.get(blob, { "if-none-match": LAYER.digest })).expect(304);
    (await registry.anonymous.get(blob, { range: "bytes=99999-" })).expect(416);
    const same = { "if-none-match": `"${made.digest}"` };
    (await registry.anonymous.get(`${at}/manifests/v1`, same)).expect(304);
    (await registry.anonymous.get(`${at}/manifests/v9`)).expect(404);
  });
  expect(found.map(brief)).toEqual([
    ["manifest.pull", "anonymous", "open/pulled", "done"],
    ["blob.pull", "anonymous", "open/pulled", "done"],
    ["blob.pull", "anonymous", "open/pulled", "done"],
  ]);
  expect(found[0]?.details).toMatchObject({ tags: ["v1"] });
});

test("denials, with the reason, before the answer", async () => {
  const outsider = registry.as(OUTSIDER);
  const found = await during(async () => {
    (await outsider.get("/v2/team/pushed/manifests/v1")).expect(403);
    (await outsider.post("/v2/ghost/app/blobs/uploads/")).expect(403);
    (await developer().delete("/v2/open/pulled/manifests/v1")).expect(403);
  });
  expect(found.map((entry) => [...brief(entry), entry.reason])).toEqual([
    ["repository:pull", "outsider", "team/pushed", "denied", "none"],
    ["repository:push", "outsider", "ghost/app", "denied", "none"],
    ["repository:delete", "developer", "open/pulled", "denied", "none"],
  ]);
  expect(found[0]?.details).toMatchObject({ tag: "v1" });
  expect(found[0]?.project).not.toBeNull();
  expect(found[1]?.project).toBeNull();
});

test("whoever shows nothing is asked to log in, and leaves no entry", async () => {
  const found = await during(async () => {
    (await registry.anonymous.get("/v2/")).expect(401);
    (await registry.anonymous.get("/v2/team/pushed/manifests/v1")).expect(401);
  });
  expect(found).toEqual([]);
});

test("what fails leaves no entry of having been done", async () => {
  const found = await during(async () => {
    const missing = image([piece("never pushed")]);
    (await putManifest(developer(), "team/failing", "v1", missing)).expect(404);
    const path = `/v2/team/failing/blobs/uploads/?digest=${digestOf(LAYER.bytes)}`;
    (await developer().post(path, { body: chunked("other bytes") })).expect(400);
  });
  expect(found).toEqual([]);
});

test("a flood of bad tokens cannot fill the log", async () => {
  const before = (await entries()).length;
  const headers = { authorization: "Bearer abc.def.ghi" };
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => registry.anonymous.get("/v2/", headers)),
  );
  for (const answer of answers) answer.expect(401);
  const found = (await entries()).slice(before);
  expect(found.length).toBeGreaterThanOrEqual(20);
  expect(found.length).toBeLessThanOrEqual(40);
  for (const entry of found) expect(brief(entry)).toEqual(["login", "anonymous", null, "denied"]);
});

test("the empty configuration of an image is a blob like any other", async () => {
  const found = await during(() => pushBlob(developer(), "team/pushed", EMPTY_CONFIG));
  expect(found.map(({ action }) => action)).toEqual(["blob.push"]);
  expect(found[0]?.details).toMatchObject({ size: 2 });
});
