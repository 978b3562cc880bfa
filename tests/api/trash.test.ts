import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { HttpClient } from "../support/http-client.ts";
import { index, piece, pushImage, putManifest, referrer } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { account } from "./tenants.ts";

const PROJECT = "/api/v1/projects/team";

let registry: TestRegistry;
let admin: HttpClient;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: ["mia", "dev"].map((name) => account(name)),
    projects: [{ name: "team" }],
    bindings: [
      { to: "mia", role: "maintainer", on: "team" },
      { to: "dev", role: "developer", on: "team" },
    ],
  });
  admin = registry.admin;
});

afterAll(() => registry.close());

/** A name that nothing has yet, and where REST has it. */
function fresh(): { readonly name: string; readonly at: string } {
  count += 1;
  return { name: `team/trash-${count}`, at: `${PROJECT}/repositories/trash-${count}` };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function items(path: string, client: HttpClient = admin): Promise<any[]> {
  return JSON.parse((await client.get(path)).expect(200).text).items;
}

async function trashed(name: string) {
  const found = await items(`${PROJECT}/deleted-repositories`);
  return found.filter((each) => each.name === name);
}

function pull(name: string, reference: string) {
  return admin.get(`/v2/${name}/manifests/${reference}`);
}

describe("a repository", () => {
  test("is out of sight at once, and comes back with everything", async () => {
    const { name, at } = fresh();
    const layer = piece(`of ${name}`);
    const { digest } = await pushImage(admin, name, "1", [layer]);
    await pushImage(admin, name, "2", [layer, piece("more")]);
    (await admin.delete(at)).expect(204);
    for (const path of [`/v2/${name}/tags/list`, `/v2/${name}/blobs/${layer.digest}`, at]) {
      (await admin.get(path)).expect(404);
    }
    (await pull(name, "1")).expect(404);
    const [gone] = await trashed(name);
    expect(gone).toMatchObject({ name, isNameFree: true, deletedBy: { name: "admin" } });
    expect(gone).toMatchObject({ goingSince: null, tags: 2, artifacts: 2 });
    expect(gone.keptUntil).toBe(gone.deletedAt + 7 * 24 * 3_600_000);
    (await admin.post(`${PROJECT}/deleted-repositories/${gone.id}/restore`)).expect(204);
    for (const reference of ["1", "2", digest]) (await pull(name, reference)).expect(200);
    (await admin.get(`/v2/${name}/blobs/${layer.digest}`)).expect(200);
    expect(await trashed(name)).toEqual([]);
  });

  test("waits while a new one has its name, and both keep what is theirs", async () => {
    const { name, at } = fresh();
    const { digest: old } = await pushImage(admin, name, "1", [piece("old")]);
    (await admin.delete(at)).expect(204);
    const { digest: young } = await pushImage(admin, name, "1", [piece("young")]);
    const [gone] = await trashed(name);
    expect(gone.isNameFree).toBe(false);
    const restore = `${PROJECT}/deleted-repositories/${gone.id}/restore`;
    const refused = (await admin.post(restore)).expect(409);
    expect(JSON.parse(refused.text).code).toBe("repository.exists");
    (await pull(name, old)).expect(404);
    (await admin.delete(at)).expect(204);
    (await admin.post(restore)).expect(204);
    (await pull(name, old)).expect(200);
    (await pull(name, young)).expect(404);
    expect((await trashed(name)).length).toBe(1);
  });

  test("that was taken out of the trash for good is not had back", async () => {
    const { name, at } = fresh();
    await pushImage(admin, name, "1", [piece("gone")]);
    (await admin.delete(at)).expect(204);
    const [{ id }] = await trashed(name);
    const one = `${PROJECT}/deleted-repositories/${id}`;
    (await admin.delete(one)).expect(204);
    for (const { goingSince } of await trashed(name)) expect(goingSince).toBeNumber();
    const refused = (await admin.post(`${one}/restore`)).expect(404);
    expect(JSON.parse(refused.text).code).toBe("trash.unknown");
  });

  test("with its project: a project comes back with those that went with it", async () => {
    const to = async (method: string, path: string, body?: unknown) => {
      const headers = { "content-type": "application/json" };
      const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
      return JSON.parse((await admin.send(method, `/api/v1${path}`, sent)).text);
    };
    await to("POST", "/projects", { name: "brief" });
    await pushImage(admin, "brief/kept", "1", [piece("kept")]);
    await pushImage(admin, "brief/before", "1", [piece("before")]);
    (await admin.delete("/api/v1/projects/brief/repositories/before")).expect(204);
    const { id } = await to("DELETE", "/projects/brief");
    await to("POST", `/deleted-projects/${id}/restore`);
    (await pull("brief/kept", "1")).expect(200);
    (await pull("brief/before", "1")).expect(404);
    const left = await items("/api/v1/projects/brief/deleted-repositories");
    expect(left.map(({ name }) => name)).toEqual(["brief/before"]);
    await to("DELETE", "/projects/brief");
    (await admin.delete(`/api/v1/deleted-projects/${id}`)).expect(204);
    const gone = await admin.post(`/api/v1/deleted-projects/${id}/restore`);
    expect(JSON.parse(gone.expect(404).text).code).toBe("project.unknown");
  });
});

describe("a manifest", () => {
  test("comes back with the tags that went with it and are not set anew", async () => {
    const { name, at } = fresh();
    const layer = piece("shared");
    const { digest } = await pushImage(admin, name, "1", [layer]);
    for (const tag of ["stable", "latest"]) {
      const sent = {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ digest }),
      };
      (await admin.send("PUT", `${at}/tags/${tag}`, sent)).expect(200);
    }
    (await admin.delete(`/v2/${name}/manifests/${digest}`)).expect(202);
    const { digest: other } = await pushImage(admin, name, "latest", [piece("other")]);
    const [gone] = await items(`${at}/deleted-artifacts`);
    expect(gone).toMatchObject({ digest, kind: "other", tags: ["1", "latest", "stable"] });
    const answer = await admin.post(`${at}/deleted-artifacts/${digest}/restore`);
    expect(JSON.parse(answer.expect(200).text)).toEqual({ tags: ["1", "stable"] });
    for (const reference of [digest, "1", "stable"]) {
      expect((await pull(name, reference)).expect(200).headers.get("docker-content-digest")).toBe(
        digest,
      );
    }
    expect((await pull(name, "latest")).headers.get("docker-content-digest")).toBe(other);
    (await admin.post(`${at}/deleted-artifacts/${digest}/restore`)).expect(404);
  });

  test("brings back the blobs that were deleted while it lay there", async () => {
    const { name, at } = fresh();
    const layer = piece(`layer of ${name}`);
    const { digest } = await pushImage(admin, name, "1", [layer]);
    (await admin.delete(`/v2/${name}/manifests/${digest}`)).expect(202);
    (await admin.delete(`/v2/${name}/blobs/${layer.digest}`)).expect(202);
    (await admin.get(`/v2/${name}/blobs/${layer.digest}`)).expect(404);
    (await admin.post(`${at}/deleted-artifacts/${digest}/restore`)).expect(200);
    (await admin.get(`/v2/${name}/blobs/${layer.digest}`)).expect(200);
  });

  test("holds again what an index and a subject hold", async () => {
    const { name, at } = fresh();
    const child = await pushImage(admin, name, "child", [piece("child")]);
    const parent = index([child]);
    (await putManifest(admin, name, "all", parent)).expect(201);
    const signature = referrer(child, "application/x.signature");
    (await putManifest(admin, name, signature.digest, signature)).expect(201);
    (await admin.delete(`/v2/${name}/manifests/${parent.digest}`)).expect(202);
    (await admin.post(`${at}/deleted-artifacts/${parent.digest}/restore`)).expect(200);
    (await pull(name, "all")).expect(200);
    (await pull(name, child.digest)).expect(200);
  });

  test("is had back by who maintains, and let go by who administers", async () => {
    const { name, at } = fresh();
    const { digest } = await pushImage(admin, name, "1", [piece("rights")]);
    (await admin.delete(`/v2/${name}/manifests/${digest}`)).expect(202);
    const [mia, dev] = [registry.as(account("mia")), registry.as(account("dev"))];
    (await dev.get(`${at}/deleted-artifacts`)).expect(403);
    expect((await items(`${at}/deleted-artifacts`, mia)).length).toBe(1);
    (await mia.delete(`${at}/deleted-artifacts/${digest}`)).expect(403);
    (await admin.delete(`${at}/deleted-artifacts/${digest}`)).expect(204);
  });
});

describe("a tag", () => {
  test("is set again to what it named last, taken out of the trash where it is there", async () => {
    const { name, at } = fresh();
    const { digest } = await pushImage(admin, name, "1", [piece("tagged")]);
    await pushImage(admin, name, "2", [piece("tagged"), piece("more")]);
    (await admin.delete(`${at}/tags/1`)).expect(204);
    expect(await items(`${at}/deleted-tags`)).toMatchObject([
      { tag: "1", digest, isInTrash: false },
    ]);
    (await admin.delete(`/v2/${name}/manifests/${digest}`)).expect(202);
    expect(await items(`${at}/deleted-tags`)).toMatchObject([{ tag: "1", isInTrash: true }]);
    (await admin.post(`${at}/deleted-tags/1/restore`)).expect(204);
    expect((await pull(name, "1")).headers.get("docker-content-digest")).toBe(digest);
    expect(await items(`${at}/deleted-tags`)).toEqual([]);
    expect(await items(`${at}/deleted-artifacts`)).toEqual([]);
    const taken = (await admin.post(`${at}/deleted-tags/1/restore`)).expect(409);
    expect(JSON.parse(taken.text).code).toBe("trash.tag_taken");
    const never = (await admin.post(`${at}/deleted-tags/never/restore`)).expect(404);
    expect(JSON.parse(never.text).code).toBe("trash.unknown");
  });

  test("that was deleted often is listed once, by its last time", async () => {
    const { name, at } = fresh();
    for (const text of ["a", "b", "c"]) {
      await pushImage(admin, name, "again", [piece(text)]);
      (await admin.delete(`${at}/tags/again`)).expect(204);
    }
    const last = await pushImage(admin, name, "else", [piece("c")]);
    expect(await items(`${at}/deleted-tags`)).toMatchObject([
      { tag: "again", digest: last.digest },
    ]);
  });
});
