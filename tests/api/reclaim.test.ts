import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { HttpClient } from "../support/http-client.ts";
import { index, piece, pushBlob, pushImage, putManifest, referrer } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

let registry: TestRegistry;
let admin: HttpClient;

beforeAll(async () => {
  registry = await startRegistry({ projects: [{ name: "team" }] });
  admin = registry.admin;
});

afterAll(() => registry.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function ask(method: "get" | "post", path: string, status = 200): Promise<any> {
  const answer = method === "get" ? await admin.get(path) : await admin.post(path);
  return JSON.parse(answer.expect(status).text);
}

function why(repository: string, digest: string, status = 200) {
  return ask("get", `/api/v1/projects/team/repositories/${repository}/kept/${digest}`, status);
}

const reason = (kind: string, more: object = {}) => ({
  kind,
  name: null,
  digest: null,
  until: null,
  ...more,
});

describe("reclaiming", () => {
  test("is paused, says by whom, and goes on; each once in the audit log", async () => {
    const paused = await ask("post", "/api/v1/reclaim/pause");
    expect(paused.paused).toEqual({ at: expect.any(Number), by: "admin" });
    expect((await ask("post", "/api/v1/reclaim/pause")).paused).toEqual(paused.paused);
    expect((await ask("post", "/api/v1/reclaim/run", 409)).code).toBe("reclaim.paused");
    expect((await ask("post", "/api/v1/reclaim/resume")).paused).toBeNull();
    expect((await ask("post", "/api/v1/reclaim/run")).isEnabled).toBe(true);
    const { items } = await ask("get", "/api/v1/audit?limit=200");
    const acts = items.map(({ action }: { action: string }) => action);
    expect(acts.filter((each: string) => each === "reclaim.pause")).toHaveLength(1);
    expect(acts.filter((each: string) => each === "reclaim.resume")).toHaveLength(1);
  });

  test("tells what waits, and when the next of it is due", async () => {
    const blob = piece("nobody names this");
    await pushBlob(admin, "team/waiting", blob);
    const { waiting, nextDue, today } = await ask("get", "/api/v1/reclaim");
    expect(Object.keys(waiting).sort()).toEqual(
      [
        ...["blobs", "bytes", "copies", "links", "trashed", "untagged"],
        ...["repositories", "repositoryManifests", "repositoryBytes"],
      ].toSorted(),
    );
    expect(nextDue).toEqual(expect.any(Number));
    expect(today).toEqual({ trashed: 0, manifests: 0, links: 0, blobs: 0, bytes: 0 });
  });
});

describe("why something is kept", () => {
  test("a tag, an index, a subject", async () => {
    const image = await pushImage(admin, "team/why", "1", [piece("why")]);
    const listing = index([image]);
    (await putManifest(admin, "team/why", "all", listing)).expect(201);
    const signature = referrer(image, "application/vnd.test.signature");
    (await putManifest(admin, "team/why", signature.digest, signature)).expect(201);
    expect((await why("why", image.digest)).reasons).toEqual([
      reason("tag", { name: "1" }),
      reason("index", { digest: listing.digest }),
    ]);
    expect((await why("why", signature.digest)).reasons).toEqual([
      reason("subject", { digest: image.digest }),
    ]);
  });

  test("the trash, a manifest in it, and the grace of what nobody names", async () => {
    const layer = piece("only here");
    const image = await pushImage(admin, "team/gone", "1", [layer]);
    expect(await why("gone", layer.digest)).toMatchObject({
      kind: "blob",
      reasons: [reason("manifest", { digest: image.digest })],
    });
    (await admin.delete(`/v2/team/gone/manifests/${image.digest}`)).expect(202);
    const until = expect.any(Number);
    expect(await why("gone", image.digest)).toMatchObject({
      kind: "manifest",
      reasons: [reason("trash", { until })],
    });
    expect((await why("gone", layer.digest)).reasons).toEqual([
      reason("trashed-manifest", { digest: image.digest, until }),
    ]);
    const lost = piece("named by nothing");
    await pushBlob(admin, "team/gone", lost);
    expect((await why("gone", lost.digest)).reasons).toEqual([reason("grace", { until })]);
  });

  test("a manifest without a tag, and what was never there", async () => {
    const image = await pushImage(admin, "team/bare", "1", [piece("bare")]);
    (await admin.delete("/v2/team/bare/manifests/1")).expect(202);
    expect((await why("bare", image.digest)).reasons).toEqual([reason("untagged")]);
    const ghost = `sha256:${"0".repeat(64)}`;
    expect((await why("bare", ghost, 404)).code).toBe("reclaim.unknown");
    expect((await why("nowhere", ghost, 404)).code).toBe("repository.unknown");
  });
});
