import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EMPTY_CONFIG, image, pattern, piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { type CliOptions, entrepot } from "./cli.ts";
import { atTerminal } from "./terminal.ts";

setDefaultTimeout(60_000);

let from: TestRegistry;
let to: TestRegistry;
let folder = "";
const hostOf = ({ url }: TestRegistry) => new URL(url).host;

beforeAll(async () => {
  const projects = [{ name: "team" }];
  from = await startRegistry({ projects });
  to = await startRegistry({ projects });
  folder = await mkdtemp(join(tmpdir(), "copy-"));
  const auth = btoa(`${ADMIN.name}:${ADMIN.password}`);
  const auths = Object.fromEntries([from, to].map((each) => [hostOf(each), { auth }]));
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
  await pushImage(from.admin, "team/app", "v1", [piece("small"), piece(pattern(1_500_000))]);
});
afterAll(async () => {
  await from.close();
  await to.close();
  await rm(folder, { recursive: true });
});

const copy = (line: string, options: CliOptions = {}) =>
  entrepot(`copy ${line}`.split(" "), { env: { DOCKER_CONFIG: folder }, ...options });

test("copy logs in to both ends by docker's store, and tells of each blob a line", async () => {
  const { code, out, err } = await copy(`${hostOf(from)}/team/app:v1 ${hostOf(to)}/team/app`);
  expect(code).toBe(0);
  expect(out).toMatch(/^Target +\S+\/team\/app:v1\nDigest +sha256:/);
  expect(out).toMatch(/\nSent +1\.5 MB\n/);
  expect(err.match(/^sha256:\w{12} {2}copied {2}\S+ k?M?B$/gm)).toHaveLength(3);
  expect((await to.admin.get("/v2/team/app/manifests/v1")).status).toBe(200);
});

test("copy tells programs the figures alone", async () => {
  const { out, err } = await copy(`${hostOf(from)}/team/app:v1 ${hostOf(to)}/team/json:v2 --json`);
  expect(err).toBe("");
  expect(JSON.parse(out)).toMatchObject({
    target: `${hostOf(to)}/team/json:v2`,
    blobs: { copied: 3, mounted: 0, existing: 0 },
    bytes: 1_500_007,
  });
});

/** A registry of one image, whose layer comes by halves: the second when it is let go. */
function slowly(letGo: Promise<void>) {
  const layer = piece(pattern(400_000, 3));
  const made = image([layer]);
  const answers: Readonly<
    Record<string, () => string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>>
  > = {
    "/v2/": () => "",
    "/v2/team/app/manifests/v1": () => made.bytes,
    [`/v2/team/app/blobs/${EMPTY_CONFIG.digest}`]: () => EMPTY_CONFIG.bytes,
    [`/v2/team/app/blobs/${layer.digest}`]: () =>
      new ReadableStream({
        async start(controller) {
          controller.enqueue(layer.bytes.slice(0, 200_000));
          await letGo;
          controller.enqueue(layer.bytes.slice(200_000));
          controller.close();
        },
      }),
  };
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const body = answers[new URL(request.url).pathname];
      if (body === undefined) return new Response("", { status: 404 });
      return new Response(body(), { headers: { "content-type": made.mediaType } });
    },
  });
}

test("copy draws bars at a terminal and takes them away at the end", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = slowly(promise);
  try {
    const argv = ["copy", `127.0.0.1:${server.port}/team/app:v1`, `${hostOf(to)}/team/bars`];
    const there = atTerminal(argv, { DOCKER_CONFIG: folder });
    await there.shows("[====================>                   ]  200 kB / 400 kB");
    await there.shows("total");
    resolve();
    expect(await there.ended).toBe(0);
    // Up over the bars, and everything below is cleared before the figures come.
    const left = there.seen.slice(there.seen.lastIndexOf("\u001b[J"));
    expect(left).toContain("Digest");
    expect(left).not.toContain("[=");
    expect(there.seen).toContain("copied  400 kB\r\n");
    expect(there.seen).toMatch(/\u001b\[1mTarget\u001b\[0m/);
    there.close();
  } finally {
    await server.stop(true);
  }
});

test("copy says by its exit code which end would not", async () => {
  const target = `${hostOf(to)}/team/none`;
  expect((await copy(`${hostOf(from)}/team/app:none ${target}`)).code).toBe(4);
  const nowhere = "127.0.0.1:1/team/app:v1";
  expect((await copy(`${nowhere} ${target}`)).code).toBe(5);
  const away = await copy(`${hostOf(from)}/team/app:v1 ${nowhere}`);
  expect([away.code, away.err]).toEqual([5, expect.stringMatching(/^the target: /)]);
  const nobody = await copy(`${hostOf(from)}/team/app:v1 ${target}`, { env: {} });
  expect([nobody.code, nobody.err]).toEqual([3, expect.stringMatching(/^the source: it refuses/)]);
  const chinese = await copy(`${hostOf(from)}/team/app:v1 ${target}`, { env: {}, language: "zh" });
  expect(chinese.err).toStartWith("源：被拒绝");
  expect((await copy(`${hostOf(from)}/team/app:v1 ${target} --jobs 0`)).code).toBe(2);
  expect((await copy(`${hostOf(from)}/Team/app:v1 ${target}`)).code).toBe(2);
});
