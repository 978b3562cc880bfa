import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { freePort, type Running, start, until } from "../../scripts/lib/run.ts";
import { type FreshDatabase, freshDatabase, openFresh } from "../support/database.ts";
import { HttpClient } from "../support/http-client.ts";
import { piece } from "../support/images.ts";
import { ADMIN } from "../support/registry.ts";
import { updateRows } from "../support/rows.ts";
import { type Entry, header } from "../support/tar.ts";
import { gzip, plain, pushFiles, settled } from "./layered.ts";

setDefaultTimeout(180_000);

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const MEBIBYTE = 2 ** 20;

let fresh: FreshDatabase;
let server: Running;
let client: HttpClient;

/** Starts the whole program as a process of its own, on what is there. */
async function serve(): Promise<void> {
  const listen = `127.0.0.1:${await freePort()}`;
  server = start([process.execPath, MAIN, "serve", "--listen", listen], {
    cwd: fresh.folder,
    env: {
      ENTREPOT_DATA: fresh.folder,
      ENTREPOT_DATABASE: fresh.url === "" ? undefined : fresh.url,
      ENTREPOT_ADMIN_PASSWORD: ADMIN.password,
      ENTREPOT_LOG_ACCESS: "false",
    },
    logFile: join(fresh.folder, "server.log"),
  });
  client = new HttpClient(`http://${listen}`, ADMIN);
  await until("the server listens", async () => {
    const answer = await client.get("/healthz").catch(() => undefined);
    return answer?.status === 200 ? true : undefined;
  });
}

beforeEach(async () => {
  fresh = await freshDatabase();
  await serve();
  const made = await client.post("/api/v1/projects", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "team" }),
  });
  made.expect(201);
});

afterEach(async () => {
  await server.stop();
  await fresh.drop();
});

/** What the dead server had taken is waited for no longer. */
async function endLeases(): Promise<void> {
  const db = await openFresh(fresh, new URL("../support/writer.ts", import.meta.url));
  await db.write(updateRows, {
    table: "jobs",
    where: { state: "running" },
    set: { lease_until: 0 },
  });
  await db.close();
}

const files = (reference: string) =>
  `/api/v1/projects/team/repositories/web/artifacts/${reference}/files?path=`;

/** A layer of so many files that listing it takes a while. */
function long(name: string) {
  const entries: Entry[] = Array.from({ length: 40_000 }, (_, at) => ({ name: `${name}/${at}` }));
  return plain(entries);
}

test("a listing whose server was killed in the middle is finished by the next", async () => {
  await pushFiles(client, "team/web", "long", ["a", "b", "c", "d"].map(long));
  const { job } = JSON.parse((await client.get(files("long"))).text);
  const at = `/api/v1/jobs/${job}`;
  const look = async () => JSON.parse((await client.get(at)).text);
  await until("a part of it is done", async () => {
    const { state, progress } = await look();
    expect(state).toBeOneOf(["waiting", "running"]);
    return progress !== null && progress.done > 0 ? true : undefined;
  });
  server.signal("SIGKILL");
  await server.exited;
  await endLeases();
  await serve();
  const page = await settled(client, files("long"));
  expect(page).toMatchObject({ state: "ready", failure: null });
  expect(page.items.map(({ path }: { path: string }) => path)).toEqual(["a", "b", "c", "d"]);
  expect(await look()).toMatchObject({ state: "done", attempts: 2 });
});

test("a hostile layer ends as a limit, and the registry does not feel it", async () => {
  // One file of zeros: parts of a gzip stream one after the other are one stream (RFC 1952, 2.2).
  const parts = 60;
  const zeros = gzipSync(new Uint8Array(10 * MEBIBYTE));
  const first = gzipSync(header({ name: "zeros", size: parts * 10 * MEBIBYTE }));
  const bomb = piece(new Uint8Array(Buffer.concat([first, ...Array(parts).fill(zeros)])));
  const sound = gzip([{ name: "etc/os-release", body: "NAME=sound\n" }]);
  const made = await pushFiles(client, "team/web", "bomb", [sound, bomb]);
  const listing = settled(client, files("bomb"));
  await pushFiles(client, "team/web", "sound", [sound]);
  expect(await listing).toMatchObject({ state: "failed", failure: "limit.ratio", items: [] });
  expect((await settled(client, files("sound"))).items).toMatchObject([{ path: "etc" }]);
  for (const [path, bytes] of [
    ["manifests/bomb", made.bytes],
    [`blobs/${bomb.digest}`, bomb.bytes],
  ] as const) {
    const pulled = await client.get(`/v2/team/web/${path}`);
    expect([pulled.status, Buffer.compare(pulled.body, bytes)]).toEqual([200, 0]);
  }
  expect(server.running()).toBe(true);
});
