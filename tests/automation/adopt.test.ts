import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { runAdopt } from "../../src/adopt.ts";
import { adoptCommand } from "../../src/commands/adopt.ts";
import { OCI_INDEX } from "../../src/oci/media-types.ts";
import { type Registry, startRegistry as start } from "../clients/harness.ts";
import { dockerRegistry } from "../clients/launchers.ts";
import { filesIn } from "../integrity/bench.ts";
import { HttpClient } from "../support/http-client.ts";
import {
  digestOf,
  dockerImage,
  document,
  EMPTY_CONFIG,
  type Image,
  image,
  index,
  pattern,
  piece,
  pushBlob,
  putManifest,
  referrer,
} from "../support/images.ts";
import { startRegistry, storageOf, type TestRegistry } from "../support/registry.ts";

setDefaultTimeout(120_000);

let own: TestRegistry;
let other: Registry;
let source = "";

/** What the other registry was given: repository, tag if any, and the manifest. */
const given: { readonly repository: string; readonly tag: string | null; readonly image: Image }[] =
  [];

async function give(to: HttpClient, repository: string, tag: string | null, image: Image) {
  (await putManifest(to, repository, tag ?? image.digest, image)).expect(201);
  given.push({ repository, tag, image });
}

beforeAll(async () => {
  own = await startRegistry();
  other = await start(dockerRegistry());
  const { username = "", password = "" } = other.credentials ?? {};
  const to = new HttpClient(other.url, { name: username, password });
  const shared = piece(pattern(3_000_000, 3));
  const layers = [shared, piece("a small one")];
  for (const repository of ["team/app", "team/deep/er/path", "alpine"]) {
    for (const blob of [...layers, EMPTY_CONFIG]) await pushBlob(to, repository, blob);
    await give(to, repository, "v1", image(layers));
    await give(to, repository, "docker", dockerImage(layers));
  }
  const children = [image([shared]), image([piece("a small one")])];
  for (const child of children) await give(to, "team/app", null, child);
  await give(to, "team/app", "all", index(children));
  const [first] = children;
  if (first === undefined) throw new Error("no child");
  await give(to, "team/app", null, referrer(first, "application/vnd.test.signature"));
  // OCI lets an index leave its type to what it holds.
  const untyped = { schemaVersion: 2, manifests: JSON.parse(text(index(children))).manifests };
  await give(to, "team/app", "untyped", document(untyped, OCI_INDEX));
  source = join(other.folder, "data");
  await other.stop();
});

afterAll(async () => {
  await own.close();
  await other.close();
});

function text({ bytes }: Image): string {
  return new TextDecoder().decode(bytes);
}

/** Runs the verb, as a person at the terminal does. */
async function adopt(folder: string, data: string, ...more: string[]) {
  let out = "";
  let err = "";
  const command = adoptCommand({
    env: {},
    language: "en",
    out(words) {
      out += words;
    },
    runAdopt,
  });
  command.exitOverride();
  command.configureOutput({
    writeErr(words) {
      err += words;
    },
  });
  const { url } = own.database;
  const database = url === "" || data !== own.folder ? [] : ["--set", `database=${url}`];
  const free = ["--set", "storage.min_free_bytes=0", "--set", "storage.min_free_percent=0"];
  const args = ["adopt", folder, "--json", "--data", data, ...free, ...database, ...more];
  let code = 0;
  try {
    await new Command("entrepot").addCommand(command).parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode;
  }
  const lines = out.split("\n").filter((each) => each !== "");
  const told = lines.map((each) => JSON.parse(each));
  return { code, err, problems: told.slice(0, -1), counts: told.at(-1) };
}

const root = () => join(source, "docker/registry/v2");

async function inodesBelow(folder: string, names: readonly string[]): Promise<Set<number>> {
  const facts = await Promise.all(names.map((name) => stat(join(folder, name))));
  return new Set(facts.map(({ ino }) => ino));
}

describe("a folder filled by docker-registry", () => {
  test("is refused while the server has the data folder", async () => {
    const refused = await adopt(source, own.folder);
    expect(refused).toMatchObject({ code: 2, problems: [] });
    expect(refused.err).toContain("is in use by another process");
  });

  test("a dry run tells what there is and changes nothing", async () => {
    await own.stop();
    const told = await adopt(source, own.folder, "--dry-run");
    expect(told).toMatchObject({
      code: 0,
      problems: [],
      counts: { repositories: 3, manifests: given.length, tags: 8 },
    });
    expect(await filesIn(storageOf(own))).toEqual([]);
  });

  test("is taken over in place, and every digest and tag pulls", async () => {
    const before = (await readdir(root(), { recursive: true })).sort();
    const told = await adopt(source, own.folder);
    expect([told.err, told.problems, told.code]).toEqual(["", [], 0]);
    // Three blobs in all, each one file under two names.
    expect(told.counts).toMatchObject({
      repositories: 3,
      manifests: given.length,
      tags: 8,
      blobs: 3,
      copied: 0,
    });
    const files = await filesIn(storageOf(own));
    const mine = await inodesBelow(storageOf(own), files);
    const data = before.filter((name) => name.endsWith("/data"));
    const theirs = await inodesBelow(root(), data);
    expect([...mine].filter((inode) => !theirs.has(inode))).toEqual([]);
    expect((await readdir(root(), { recursive: true })).sort()).toEqual(before);

    await own.restart();
    const { admin } = own;
    for (const { repository, tag, image: wanted } of given) {
      for (const reference of tag === null ? [wanted.digest] : [tag, wanted.digest]) {
        const answer = await admin.get(`/v2/${repository}/manifests/${reference}`);
        expect(digestOf(answer.expect(200).body)).toBe(wanted.digest);
        expect(answer.header("content-type")).toBe(wanted.mediaType);
      }
      const { config, layers = [] } = JSON.parse(text(wanted));
      for (const { digest } of config === undefined ? [] : [config, ...layers]) {
        const blob = await admin.get(`/v2/${repository}/blobs/${digest}`);
        expect(digestOf(blob.expect(200).body)).toBe(digest);
      }
    }
    const [subject] = given.filter(
      ({ tag, repository }) => tag === null && repository === "team/app",
    );
    const referrers = await admin.get(`/v2/team/app/referrers/${subject?.image.digest}`);
    expect(JSON.parse(referrers.expect(200).text).manifests).toHaveLength(1);
  });

  test("a second run finds all of it here", async () => {
    await own.stop();
    const told = await adopt(source, own.folder);
    expect(told).toMatchObject({
      code: 0,
      problems: [],
      counts: { blobs: 0, manifests: 0, repositories: 3, tags: 8 },
    });
    await own.restart();
  });
});

describe("what is broken", () => {
  test("is told and left out, and the rest is taken over", async () => {
    const broken = join(other.folder, "broken");
    await cp(source, broken, { recursive: true });
    const v2 = join(broken, "docker/registry/v2");
    const dataOf = (digest: string) => {
      const hex = digest.slice("sha256:".length);
      return join(v2, "blobs/sha256", hex.slice(0, 2), hex, "data");
    };
    // A layer with another byte, a manifest that is gone, schema 1, a tag without a target.
    const small = digestOf(new TextEncoder().encode("a small one"));
    await writeFile(dataOf(small), "another one");
    const docker = given.find(({ tag, repository }) => tag === "docker" && repository === "alpine");
    if (docker === undefined) throw new Error("nothing given");
    const revisions = join(v2, "repositories/alpine/_manifests/revisions/sha256");
    const old = document({ schemaVersion: 1, name: "alpine", tag: "1", fsLayers: [], history: [] });
    const hex = old.digest.slice("sha256:".length);
    for (const [folder, file, words] of [
      [dataOf(old.digest).slice(0, -"/data".length), "data", old.bytes],
      [join(revisions, hex), "link", old.digest],
      [join(v2, "repositories/alpine/_manifests/tags/old/current"), "link", old.digest],
      [join(v2, "repositories/alpine/_manifests/tags/lost/current"), "link", "../../etc/passwd"],
    ] as const) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, file), words);
    }
    const data = join(other.folder, "fresh");
    const told = await adopt(broken, data);
    expect([told.err, told.code]).toEqual(["", 1]);
    const codes = told.problems.map(({ repository, what, code }) => [repository, what, code]);
    expect(codes).toContainEqual(["library/alpine", small, "upload.digest_mismatch"]);
    expect(codes).toContainEqual(["library/alpine", old.digest, "manifest.schema1"]);
    expect(codes).toContainEqual(["library/alpine", "lost", null]);
    const [whole] = given.filter(
      ({ repository, tag }) => repository === "team/app" && tag === null,
    );
    // An image of whole layers alone came along; those that name the broken one did not.
    expect(told.counts.manifests).toBeGreaterThan(0);
    expect(codes).not.toContainEqual(["team/app", whole?.image.digest, expect.anything()]);
    expect(codes).toContainEqual(["team/app", given[0]?.image.digest, "manifest.blob_unknown"]);
    // The broken copy was never made visible, and the source is as it was.
    expect(await Bun.file(dataOf(small)).text()).toBe("another one");
    const names = await filesIn(join(data, "storage"));
    expect(names.filter((name) => name.includes(small.slice(7)))).toEqual([]);
    await rm(data, { recursive: true });
  });

  test("a folder without a registry is none", async () => {
    const told = await adopt(join(other.folder, "nowhere"), join(other.folder, "fresh"));
    expect(told).toMatchObject({ code: 2, problems: [] });
    expect(told.err).toContain("holds no storage of a registry:2");
  });

  test("a file whose mode means something to us is copied, not shared", async () => {
    const shared = join(other.folder, "odd");
    await cp(source, shared, { recursive: true });
    const v2 = join(shared, "docker/registry/v2/blobs");
    const names = (await readdir(v2, { recursive: true })).filter((name) => name.endsWith("/data"));
    for (const name of names) await chmod(join(v2, name), 0o700);
    const data = join(other.folder, "copied");
    const told = await adopt(shared, data);
    expect([told.code, told.counts.copied]).toEqual([0, told.counts.blobs]);
    await rm(data, { recursive: true });
  });
});
