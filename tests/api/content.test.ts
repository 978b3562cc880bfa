import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { HttpClient } from "../support/http-client.ts";
import {
  EMPTY_CONFIG,
  image,
  index,
  piece,
  pushBlob,
  pushImage,
  putManifest,
  referrer,
} from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { account } from "./tenants.ts";

const AT = "/api/v1/projects/team/repositories/web%2Fapi";

let registry: TestRegistry;
let admin: HttpClient;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: ["ada", "ben", "cyd", "pia"].map((name) => account(name)),
    projects: [{ name: "team" }, { name: "other" }, { name: "open", public: true }],
    bindings: [
      { to: "ada", role: "developer", on: "team" },
      { to: "ben", role: "guest", on: "team", repositories: "web/*" },
      { to: "pia", role: "developer", on: "team", tags: "dev-*" },
    ],
  });
  admin = registry.admin;
  await pushImage(admin, "team/web/api", "1", [piece("one")]);
  await pushImage(admin, "team/web/api", "2", [piece("one"), piece("two")]);
  await pushImage(admin, "team/db", "1", [piece("db")]);
  await pushImage(admin, "other/x", "1", [piece("one")]);
  await pushImage(admin, "open/demo", "1", [piece("demo")]);
});

afterAll(() => registry.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function read(client: HttpClient, path: string): Promise<any> {
  const answer = await client.get(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text);
}

function send(client: HttpClient, method: string, path: string, body?: unknown) {
  const headers = { "content-type": "application/json" };
  return client.send(
    method,
    path,
    body === undefined ? {} : { headers, body: JSON.stringify(body) },
  );
}

async function names(client: HttpClient, query = ""): Promise<string[]> {
  const { items } = await read(client, `/api/v1/repositories${query}`);
  return items.map(({ name }: { name: string }) => name);
}

describe("the list of repositories", () => {
  test("shows each reader what they may see, and nothing else (A28)", async () => {
    const all = ["open/demo", "other/x", "team/db", "team/web/api"];
    expect(await names(admin)).toEqual(all);
    expect(await names(registry.as(account("ada")))).toEqual([
      "open/demo",
      "team/db",
      "team/web/api",
    ]);
    expect(await names(registry.as(account("ben")))).toEqual(["open/demo", "team/web/api"]);
    expect(await names(registry.as(account("cyd")))).toEqual(["open/demo"]);
    expect(await names(registry.anonymous)).toEqual(["open/demo"]);
  });

  test("is filtered by project and by a part of the name", async () => {
    expect(await names(admin, "?project=team")).toEqual(["team/db", "team/web/api"]);
    expect(await names(admin, "?name=eb%2Fa")).toEqual(["team/web/api"]);
    expect(await names(admin, "?name=%25")).toEqual([]);
    expect(await names(registry.as(account("cyd")), "?project=team")).toEqual([]);
    expect(await names(registry.as(account("cyd")), "?project=nowhere")).toEqual([]);
  });

  test("goes by the last change too, in both directions, page after page", async () => {
    for (const sort of ["name", "-name", "updated", "-updated"]) {
      const whole = await names(admin, `?sort=${sort}`);
      expect(whole.length).toBe(4);
      const paged: string[] = [];
      let cursor = "";
      do {
        const page = await read(admin, `/api/v1/repositories?sort=${sort}&limit=1${cursor}`);
        paged.push(...page.items.map(({ name }: { name: string }) => name));
        cursor = page.next === null ? "" : `&cursor=${page.next}`;
      } while (cursor !== "");
      expect([sort, paged]).toEqual([sort, whole]);
    }
  });

  test("a project that went private is gone from it at once", async () => {
    expect(await names(registry.anonymous)).toEqual(["open/demo"]);
    await send(admin, "PATCH", "/api/v1/projects/open", { public: false });
    expect(await names(registry.anonymous)).toEqual([]);
    await send(admin, "PATCH", "/api/v1/projects/open", { public: true });
    expect(await names(registry.anonymous)).toEqual(["open/demo"]);
  });
});

describe("a repository", () => {
  test("tells its numbers", async () => {
    expect(await read(admin, AT)).toMatchObject({
      name: "team/web/api",
      project: "team",
      tags: 2,
      artifacts: 2,
      updatedAt: expect.any(Number),
    });
  });

  test("lists its tags in each order, filtered, page after page", async () => {
    for (let at = 0; at < 12; at++) {
      await pushImage(admin, "team/many", `v${at}`, [piece(`layer ${at}`)]);
    }
    const path = "/api/v1/projects/team/repositories/many/tags";
    for (const sort of ["name", "-name", "updated", "-updated"]) {
      const { items } = await read(admin, `${path}?sort=${sort}`);
      const whole = items.map(({ name }: { name: string }) => name);
      expect(whole.length).toBe(12);
      const paged: string[] = [];
      let cursor = "";
      do {
        const page = await read(admin, `${path}?sort=${sort}&limit=5${cursor}`);
        paged.push(...page.items.map(({ name }: { name: string }) => name));
        cursor = page.next === null ? "" : `&cursor=${page.next}`;
      } while (cursor !== "");
      expect([sort, paged]).toEqual([sort, whole]);
    }
    const found = await read(admin, `${path}?name=V1`);
    expect(found.items.map(({ name }: { name: string }) => name)).toEqual(["v1", "v10", "v11"]);
    expect((await read(admin, `${path}?name=_`)).items).toEqual([]);
  });

  test("a tag says who moved it; visitors are told no names of accounts (A40)", async () => {
    const { updatedBy } = await read(admin, `${AT}/tags/1`);
    expect(updatedBy).toMatchObject({ name: ADMIN.name, kind: "user" });
    const at = "/api/v1/projects/open/repositories/demo";
    expect((await read(registry.anonymous, `${at}/tags/1`)).updatedBy).toBeNull();
    expect((await read(registry.anonymous, `${at}/artifacts/1`)).pushedBy).toBeNull();
    expect((await read(registry.anonymous, `${at}/history`)).items[0].by).toBeNull();
  });
});

describe("a tag", () => {
  test("is set, goes back to where it was, and its history says so", async () => {
    const before = await read(admin, `${AT}/tags/2`);
    const first = await read(admin, `${AT}/tags/1`);
    expect((await send(admin, "PUT", `${AT}/tags/2`, { digest: first.digest })).status).toBe(200);
    expect((await read(admin, `${AT}/tags/2`)).digest).toBe(first.digest);
    // The same again moves nothing.
    expect((await send(admin, "PUT", `${AT}/tags/2`, { digest: first.digest })).status).toBe(200);
    expect((await send(admin, "PUT", `${AT}/tags/2`, { digest: before.digest })).status).toBe(200);
    const { items } = await read(admin, `${AT}/tags/2/history`);
    expect(items.map(({ from, to }: { from: string; to: string }) => [from, to])).toEqual([
      [first.digest, before.digest],
      [before.digest, first.digest],
      [null, before.digest],
    ]);
    expect(items[0]).toMatchObject({ tag: "2", fromIsHere: true, by: { name: ADMIN.name } });
  });

  test("is set only to what the repository holds (A27)", async () => {
    const { digest } = await read(admin, "/api/v1/projects/team/repositories/db/tags/1");
    const answer = await send(admin, "PUT", `${AT}/tags/new`, { digest });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, "manifest.unknown"]);
    const wrong = await send(admin, "PUT", `${AT}/tags/new`, { digest: "sha256:short" });
    expect(wrong.status).toBe(400);
  });

  test("patterns of roles count: who may move dev-* moves nothing else", async () => {
    const { digest } = await read(admin, `${AT}/tags/1`);
    const pia = registry.as(account("pia"));
    expect((await send(pia, "PUT", `${AT}/tags/dev-1`, { digest })).status).toBe(200);
    expect((await send(pia, "PUT", `${AT}/tags/prod`, { digest })).status).toBe(403);
  });

  test("is deleted alone: its manifest stays", async () => {
    const { digest } = await read(admin, `${AT}/tags/1`);
    await send(admin, "PUT", `${AT}/tags/gone`, { digest });
    expect((await send(admin, "DELETE", `${AT}/tags/gone`)).status).toBe(204);
    expect((await send(admin, "DELETE", `${AT}/tags/gone`)).status).toBe(404);
    expect((await read(admin, `${AT}/artifacts/${digest}`)).tags).not.toContain("gone");
    const { items } = await read(admin, `${AT}/tags/gone/history`);
    expect(items[0]).toMatchObject({ from: digest, to: null });
  });
});

describe("artifacts", () => {
  test("say what they are, who refers to them, and their exact bytes", async () => {
    const repository = "team/signed";
    const at = "/api/v1/projects/team/repositories/signed";
    const signed = await pushImage(admin, repository, "1", [piece("signed layer")]);
    const sbom = referrer(signed, "application/spdx+json");
    (await putManifest(admin, repository, sbom.digest, sbom)).expect(201);
    const both = index([signed], { annotations: { "<b>": "<script>alert(1)</script>" } });
    (await putManifest(admin, repository, "all", both)).expect(201);
    expect(await read(admin, `${at}/artifacts/all`)).toMatchObject({
      kind: "index",
      digest: both.digest,
      tags: ["all"],
      tagCount: 1,
      annotations: { "<b>": "<script>alert(1)</script>" },
      pushedBy: { name: ADMIN.name },
    });
    const { items } = await read(admin, `${at}/artifacts/1/referrers`);
    expect(items).toMatchObject([
      {
        digest: sbom.digest,
        kind: "sbom",
        subject: signed.digest,
        artifactType: "application/spdx+json",
      },
    ]);
    const old = image([piece("signed layer")], { artifactType: "application/vnd.of-old" });
    (await putManifest(admin, repository, old.digest, old)).expect(201);
    const notes = index([old]);
    const fallback = signed.digest.replace(":", "-");
    (await putManifest(admin, repository, fallback, notes)).expect(201);
    const all = await read(admin, `${at}/artifacts/1/referrers`);
    expect(all.items.map(({ digest }: { digest: string }) => digest).sort()).toEqual(
      [sbom.digest, old.digest].sort(),
    );
    (await admin.delete(`/v2/${repository}/manifests/${fallback}`)).expect(202);
    (await admin.delete(`/v2/${repository}/manifests/${notes.digest}`)).expect(202);
    (await admin.delete(`/v2/${repository}/manifests/${old.digest}`)).expect(202);
    const untagged = await read(admin, `${at}/artifacts?tagged=false`);
    expect(untagged.items.map(({ digest }: { digest: string }) => digest)).toEqual([sbom.digest]);
    const byType = await read(admin, `${at}/artifacts?type=application%2Fspdx%2Bjson`);
    expect(byType.items.length).toBe(1);
    const manifest = await admin.get(`${at}/artifacts/${both.digest}/manifest`);
    expect(Buffer.from(manifest.body).equals(both.bytes)).toBe(true);
    expect(manifest.headers.get("content-type")).toBe("application/json");
  });

  test("are deleted with their tags, by digest", async () => {
    const at = "/api/v1/projects/team/repositories/short";
    const { digest } = await pushImage(admin, "team/short", "a", [piece("short")]);
    await send(admin, "PUT", `${at}/tags/b`, { digest });
    expect((await send(admin, "DELETE", `${at}/artifacts/${digest}`)).status).toBe(204);
    expect((await admin.get(`${at}/artifacts/${digest}`)).status).toBe(404);
    expect((await read(admin, `${at}/tags`)).items).toEqual([]);
    expect((await read(admin, `${at}/history`)).items[0].fromIsHere).toBe(false);
  });
});

describe("blobs", () => {
  test("tell who uses them: of other repositories only those that the reader may see (A28)", async () => {
    const { digest } = piece("one");
    expect(await read(admin, `${AT}/blobs/${digest}`)).toMatchObject({
      size: 3,
      sharedWith: ["other/x"],
      sharedCount: 1,
    });
    const { usedBy, ...seen } = await read(registry.as(account("ada")), `${AT}/blobs/${digest}`);
    expect(seen).toMatchObject({ sharedWith: [], sharedCount: 0 });
    expect(usedBy.length).toBe(2);
  });

  test("are downloaded whole or in part, never as a page (A10), and that is written down", async () => {
    const blob = piece("x".repeat(70_000));
    await pushBlob(admin, "team/web/api", blob);
    const made = image([blob]);
    (await putManifest(admin, "team/web/api", "big", made)).expect(201);
    const path = `${AT}/blobs/${blob.digest}/content`;
    const whole = await admin.get(path);
    expect([whole.status, whole.body.byteLength]).toEqual([200, 70_000]);
    expect(whole.headers.get("content-disposition")).toBe("attachment");
    expect(whole.headers.get("content-type")).toBe("application/octet-stream");
    expect(whole.headers.get("x-content-type-options")).toBe("nosniff");
    const part = await admin.get(path, { range: "bytes=10-19" });
    expect([part.status, part.body.byteLength]).toEqual([206, 10]);
    expect(part.headers.get("content-range")).toBe("bytes 10-19/70000");
    expect((await admin.get(path, { range: "bytes=70000-" })).status).toBe(416);
    expect((await registry.as(account("cyd")).get(path)).status).toBe(403);
    expect((await registry.anonymous.get(path)).status).toBe(401);
    await registry.restart();
    admin = registry.admin;
    const { items } = await read(admin, `/api/v1/projects/team/audit?action=blob.pull`);
    expect(items).toContainEqual(
      expect.objectContaining({ object: { kind: "blob", id: blob.digest, name: "team/web/api" } }),
    );
    expect(EMPTY_CONFIG.digest).not.toBe(blob.digest);
  });
});
