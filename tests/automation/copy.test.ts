import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entrepot } from "../cli/cli.ts";
import { type Registry, startRegistry as start } from "../clients/harness.ts";
import { dockerRegistry } from "../clients/launchers.ts";
import { HttpClient } from "../support/http-client.ts";
import {
  EMPTY_CONFIG,
  index,
  pattern,
  piece,
  pushBlob,
  pushImage,
  putManifest,
  referrer,
} from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

setDefaultTimeout(120_000);

let own: TestRegistry;
let other: Registry;
let folder = "";
const host = () => new URL(own.url).host;

beforeAll(async () => {
  own = await startRegistry({ projects: [{ name: "team" }] });
  other = await start(dockerRegistry());
  folder = await mkdtemp(join(tmpdir(), "copies-"));
  const { username = "", password = "" } = other.credentials ?? {};
  const auths = {
    [host()]: { auth: btoa(`${ADMIN.name}:${ADMIN.password}`) },
    [other.host]: { auth: btoa(`${username}:${password}`) },
  };
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
});
afterAll(async () => {
  await own.close();
  await other.close();
  await rm(folder, { recursive: true });
});

async function copy(line: string) {
  const argv = ["copy", ...line.split(" "), "--referrers", "--json"];
  const { code, out, err } = await entrepot(argv, { env: { DOCKER_CONFIG: folder } });
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out);
}

test("an index with its images and a signature goes to docker-registry and back", async () => {
  const { admin } = own;
  const children = [
    await pushImage(admin, "team/app", "amd64", [piece("a"), piece(pattern(5_000_000))]),
    await pushImage(admin, "team/app", "arm64", [piece("b"), piece(pattern(2_000_000, 7))]),
  ];
  const all = index(children);
  (await putManifest(admin, "team/app", "v1", all)).expect(201);
  await pushBlob(admin, "team/app", EMPTY_CONFIG);
  const signature = referrer(all, "application/vnd.example.signature");
  (await putManifest(admin, "team/app", signature.digest, signature)).expect(201);

  const there = await copy(`${host()}/team/app:v1 ${other.host}/any/name`);
  expect(there).toMatchObject({ digest: all.digest, blobs: { mounted: 0 } });
  expect(there.bytes).toBeGreaterThan(7_000_000);
  const client = new HttpClient(other.url, {
    name: other.credentials?.username ?? "",
    password: other.credentials?.password ?? "",
  });
  const kept = (await client.get("/v2/any/name/manifests/v1", { accept: all.mediaType })).expect(
    200,
  );
  expect(kept.headers.get("docker-content-digest")).toBe(all.digest);

  const back = await copy(`${other.host}/any/name:v1 ${host()}/team/back:v2`);
  expect(back.digest).toBe(all.digest);
  const referrers = await admin.get(`/v2/team/back/referrers/${all.digest}`);
  expect(JSON.parse(referrers.text).manifests).toMatchObject([{ digest: signature.digest }]);
  // Once more there is nothing to send.
  expect(await copy(`${host()}/team/app:v1 ${other.host}/any/name`)).toMatchObject({ bytes: 0 });
});
