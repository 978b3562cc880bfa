import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { HttpClient } from "../support/http-client.ts";
import {
  descriptor,
  EMPTY_CONFIG,
  image,
  piece,
  pushBlob,
  putManifest,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { gzip, LAYER, plain, pushFiles, settled, zstd } from "./layered.ts";
import { account } from "./tenants.ts";

setDefaultTimeout(60_000);

let registry: TestRegistry;
let admin: HttpClient;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [account("ada"), account("cyd")],
    projects: [{ name: "team" }, { name: "other" }],
    bindings: [{ to: "ada", role: "developer", on: "team" }],
  });
  admin = registry.admin;
  await pushFiles(admin, "team/web", "1", LAYERS);
});

afterAll(() => registry.close());

const [base, middle, top] = [
  gzip([
    { name: "etc/", flag: "5", mode: 0o755 },
    { name: "etc/os-release", body: "NAME=base\n", mtime: 1_700_000_000, uid: 7, gid: 8 },
    { name: "etc/passwd", body: "root:x:0:0\n", mode: 0o600 },
    { name: "opt/old/a", body: "a" },
    { name: "opt/old/b", body: "b" },
    { name: "var/cache/x", body: "x" },
    { name: "bin", flag: "2", link: "usr/bin" },
  ]),
  zstd([
    { name: "etc/os-release", body: "NAME=middle\n" },
    { name: "opt/.wh.old" },
    { name: "var/cache/.wh..wh..opq" },
    { name: "var/cache/y", body: "yy" },
    { name: "usr/bin/tool", body: "\0binary\xff" },
  ]),
  plain([
    { name: "etc/hard", flag: "1", link: "etc/real" },
    { name: "etc/real", body: "real" },
    { name: "etc/.wh.passwd" },
  ]),
];
const LAYERS = [base, middle, top];

function at(name: string, reference: string, verb: string, query: Record<string, string> = {}) {
  const [project = "", ...rest] = name.split("/");
  const path = `/api/v1/projects/${project}/repositories/${encodeURIComponent(rest.join("/"))}`;
  return `${path}/artifacts/${reference}/${verb}?${new URLSearchParams(query)}`;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
function settledAt(path: string, client = admin): Promise<any> {
  return settled(client, path);
}

async function paths(query: Record<string, string>, reference = "1"): Promise<string[]> {
  const { items } = await settledAt(at("team/web", reference, "files", query));
  return items.map(({ path }: { path: string }) => path);
}

async function read(path: string, more: Record<string, string> = {}) {
  await settledAt(at("team/web", "1", "files"));
  return await admin.get(at("team/web", "1", "file", { path, ...more }));
}

describe("the files of an image", () => {
  test("are those that are left when its layers lie upon one another", async () => {
    expect(await paths({})).toEqual(["bin", "etc", "opt", "usr", "var"]);
    expect(await paths({ path: "/etc" })).toEqual(["etc/hard", "etc/os-release", "etc/real"]);
    expect(await paths({ path: "opt/" })).toEqual([]);
    expect(await paths({ path: "/var/cache" })).toEqual(["var/cache/y"]);
    expect(await paths({ path: "./usr//bin" })).toEqual(["usr/bin/tool"]);
  });

  test("tell what their entries say, and which layer they come from", async () => {
    const { items } = await settledAt(
      at("team/web", "1", "files", { layer: base.digest, path: "etc" }),
    );
    expect(items).toEqual([
      {
        path: "etc/os-release",
        name: "os-release",
        type: "file",
        size: 10,
        mode: "0644",
        uid: 7,
        gid: 8,
        modifiedAt: 1_700_000_000_000,
        target: null,
        layer: base.digest,
        layerIndex: 0,
      },
      expect.objectContaining({ path: "etc/passwd", mode: "0600" }),
    ]);
    const merged = (await settledAt(at("team/web", "1", "files", { path: "etc" }))).items;
    expect(merged).toMatchObject([
      { name: "hard", type: "hardlink", target: "etc/real", size: 4, layerIndex: 2 },
      { name: "os-release", layer: middle.digest, layerIndex: 1 },
      { name: "real", layer: top.digest },
    ]);
    const root = (await settledAt(at("team/web", "1", "files"))).items;
    expect(root[0]).toMatchObject({ name: "bin", type: "symlink", target: "usr/bin" });
  });

  test("of one layer alone show what it takes away", async () => {
    const { items } = await settledAt(
      at("team/web", "1", "files", { layer: middle.digest, path: "opt" }),
    );
    expect(items).toMatchObject([{ path: "opt/old", type: "removed" }]);
  });

  test("are found by a part of their path, in a directory and all below", async () => {
    expect(await paths({ search: "OS-rel" })).toEqual(["etc/os-release"]);
    expect(await paths({ search: "passwd" })).toEqual([]);
    expect(await paths({ search: "passwd", layer: base.digest })).toEqual(["etc/passwd"]);
    expect(await paths({ search: "o", path: "usr" })).toEqual(["usr/bin/tool"]);
  });

  test("come in pages of every size, each once", async () => {
    const whole = await paths({ search: "e" });
    expect(whole.length).toBeGreaterThan(4);
    for (const limit of ["1", "2", "3"]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const query: Record<string, string> = { search: "e", limit };
        if (cursor !== null) query.cursor = cursor;
        const page = await settledAt(at("team/web", "1", "files", query));
        seen.push(...page.items.map(({ path }: { path: string }) => path));
        cursor = page.next;
      } while (cursor !== null);
      expect([limit, seen]).toEqual([limit, whole]);
    }
  });

  test.each(["nowhere", "etc/os-release", "opt/old", "../etc", "bin"])(
    "%s is no directory there",
    async (path) => {
      await settledAt(at("team/web", "1", "files"));
      const answer = await admin.get(at("team/web", "1", "files", { path }));
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, "file.unknown"]);
    },
  );

  test("of another artifact's layer are not to be had through this one (A27)", async () => {
    const alone = gzip([{ name: "secret", body: "s" }]);
    await pushFiles(admin, "other/x", "1", [alone]);
    for (const verb of ["files", "file"]) {
      const asked = at("team/web", "1", verb, { layer: alone.digest, path: "secret" });
      const answer = await admin.get(asked);
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, "blob.unknown"]);
    }
  });

  test("need the right to pull, and who has it not does not learn what is there", async () => {
    for (const verb of ["files", "file"]) {
      const query = { path: "/etc/os-release" };
      const cyd = registry.as(account("cyd"));
      const here = JSON.parse((await cyd.get(at("team/web", "1", verb, query))).text);
      const ghost = JSON.parse((await cyd.get(at("team/none", "1", verb, query))).text);
      expect([here.status, here.code, ghost.code]).toEqual([403, "access.denied", "access.denied"]);
      expect((await registry.anonymous.get(at("team/web", "1", verb, query))).status).toBe(401);
    }
    const { items } = await settledAt(at("team/web", "1", "files"), registry.as(account("ada")));
    expect(items.length).toBe(5);
  });
});

describe("a file of an image", () => {
  test("is shown as text, as the upper layer has it", async () => {
    const answer = await read("/etc/os-release");
    expect(answer.text).toBe("NAME=middle\n");
    expect(answer.header("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.header("x-content-type-options")).toBe("nosniff");
    expect((await read("/etc/os-release", { layer: base.digest })).text).toBe("NAME=base\n");
    expect((await read("/etc/hard")).text).toBe("real");
  });

  test("is downloaded as it is", async () => {
    const answer = await read("usr/bin/tool", { download: "true" });
    expect(answer.status).toBe(200);
    expect(answer.header("content-type")).toBe("application/octet-stream");
    expect(answer.header("content-disposition")).toBe("attachment; filename*=UTF-8''tool");
    expect(answer.body).toEqual(new Uint8Array(Buffer.from("\0binary\xff")));
  });

  test.each([
    ["usr/bin/tool", 415, "file.binary"],
    ["bin", 409, "file.no_bytes"],
    ["etc", 409, "file.no_bytes"],
    ["etc/passwd", 404, "file.unknown"],
    ["bin/tool", 404, "file.unknown"],
    ["/", 404, "file.unknown"],
    ["../../etc/passwd", 404, "file.unknown"],
  ])("%s is refused with its reason", async (path, status, code) => {
    const answer = await read(path);
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
  });

  test("is in the log like every other content that leaves (A67)", async () => {
    const answer = await read("/etc/real");
    expect(answer.status).toBe(200);
    for (;;) {
      const { text } = await admin.get("/api/v1/audit?limit=50&action=blob.pull");
      const { items } = JSON.parse(text);
      if (items.some((each: { object: { id: string } }) => each.object.id === top.digest)) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

test("a layer that cannot be analysed says why, and spoils no other", async () => {
  const junk = piece("this is no archive, whatever is said of it: ".repeat(20));
  await pushFiles(admin, "team/web", "junk", [base, junk]);
  const page = await settledAt(at("team/web", "junk", "files"));
  expect(page).toMatchObject({ state: "failed", failure: "damaged", items: [] });
  const answer = await admin.get(at("team/web", "junk", "file", { path: "etc/passwd" }));
  expect([answer.status, JSON.parse(answer.text).code]).toEqual([422, "insight.failed"]);
  const alone = at("team/web", "junk", "files", { layer: base.digest, path: "etc" });
  expect((await settledAt(alone)).items.length).toBe(2);
});

test("layers that no artifact's repository has are not read through its manifest (A28)", async () => {
  await registry.restart({ "manifests.require_references": false });
  admin = registry.admin;
  const secret = gzip([{ name: "secret", body: "s" }]);
  await pushFiles(admin, "other/hidden", "1", [secret]);
  await settledAt(at("other/hidden", "1", "files"));
  await pushBlob(admin, "team/web", EMPTY_CONFIG);
  const made = image([secret], { layers: [descriptor(secret, LAYER)] });
  (await putManifest(admin, "team/web", "thief", made)).expect(201);
  const page = await settledAt(at("team/web", "thief", "files"));
  expect(page).toMatchObject({ state: "failed", failure: "missing", items: [] });
});
