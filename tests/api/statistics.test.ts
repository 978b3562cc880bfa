import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Browser } from "../support/browser.ts";
import { basic } from "../support/http-client.ts";
import { EMPTY_CONFIG, image, piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { account, must } from "./tenants.ts";

setDefaultTimeout(60_000);

const [DEVELOPER, OUTSIDER, AUDITOR] = ["developer", "outsider", "auditor"].map((name) =>
  account(name),
);
const LAYER = piece("a layer of some bytes");
const OTHER = piece("another layer, of more bytes than that");
const IMAGE = image([LAYER]);
const BIG = image([LAYER, OTHER]);
const DAY = 86_400_000;

let registry: TestRegistry;

function asker(of: { name: string; password: string } = ADMIN) {
  return (method: string, path: string, body?: unknown, more = {}) =>
    new Browser(registry.url).ask(method, path, body, { authorization: basic(of), ...more });
}

const admin = (method: string, path: string) => asker()(method, path);
const someone = (who: typeof DEVELOPER) => asker(who ?? ADMIN);
const size = (...pieces: readonly { bytes: Uint8Array }[]) =>
  pieces.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

/** Does what is to be counted, and stops and starts, which writes what was counted. */
async function traffic(): Promise<void> {
  const developer = registry.as(DEVELOPER ?? ADMIN);
  await pushImage(developer, "team/app", "v1", [LAYER]);
  await pushImage(developer, "team/app", "v2", [LAYER, OTHER]);
  await pushImage(developer, "open/tool", "v1", [LAYER]);
  for (const reference of ["v1", "v1", IMAGE.digest]) {
    (await developer.get(`/v2/team/app/manifests/${reference}`)).expect(200);
  }
  (await registry.anonymous.get("/v2/open/tool/manifests/v1")).expect(200);
  (await developer.get(`/v2/team/app/blobs/${OTHER.digest}`)).expect(200);
  const part = await developer.get(`/v2/team/app/blobs/${OTHER.digest}`, { range: "bytes=0-9" });
  part.expect(206);
  // None of these delivers anything.
  (await developer.head("/v2/team/app/manifests/v1")).expect(200);
  const known = { "if-none-match": `"${IMAGE.digest}"` };
  (await developer.get("/v2/team/app/manifests/v1", known)).expect(304);
  (await developer.get("/v2/team/app/manifests/v9")).expect(404);
  (await registry.as(OUTSIDER ?? ADMIN).get("/v2/team/app/manifests/v1")).expect(403);
  await registry.restart();
}

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [DEVELOPER, OUTSIDER, AUDITOR].map((each) => each ?? account("nobody")),
    projects: [{ name: "team" }, { name: "open", public: true }],
    bindings: [
      { to: "developer", role: "developer", on: "team" },
      { to: "developer", role: "developer", on: "open" },
      { to: "auditor", role: "auditor" },
    ],
    settings: { "secrets.key": "a key that nobody is shown, long enough" },
  });
  await traffic();
});

afterAll(() => registry.close());

const PULLED = 3 * size(IMAGE) + size(OTHER) + 10;
const PUSHED = size(IMAGE, BIG);

/** What the points of a curve come to. */
function total(points: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { at: _, ...figures } of points) {
    for (const [name, figure] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + figure;
  }
  return sums;
}

describe("statistics", () => {
  test("of a repository: what was delivered and stored, and no more than that", async () => {
    const usage = await must(admin, "GET", "/projects/team/repositories/app/statistics");
    expect(usage).toMatchObject({ pulls: 3, pushes: 2, ever: { pulls: 3, pushes: 2 } });
    expect(usage.ever.bytesOut).toBe(PULLED);
    const pushed = usage.ever.bytesIn - PUSHED;
    // What was there already was sent again.
    expect(pushed).toBe(2 * size(EMPTY_CONFIG, LAYER) + size(OTHER));
    expect(usage.lastPulledAt).toBeGreaterThan(0);
    expect(usage.days).toHaveLength(30);
    expect(total(usage.days)).toMatchObject({ pulls: 3, pushes: 2, bytesOut: PULLED });
    const before = usage.days.at(-2).at;
    const query = `from=${before - 2 * DAY}&to=${before}`;
    const past = await must(admin, "GET", `/projects/team/repositories/app/statistics?${query}`);
    expect(past).toMatchObject({ pulls: 0, pushes: 0, ever: { pulls: 3 } });
    expect(past.days).toHaveLength(2);
    expect((await admin("GET", "/projects/team/repositories/none/statistics")).status).toBe(404);
  });

  test("of a project and of the installation are the sums", async () => {
    const sums = async (path: string) => total((await must(admin, "GET", path)).items);
    expect(await sums("/projects/team/statistics/traffic")).toMatchObject({
      pulls: 3,
      pushes: 2,
      bytesOut: PULLED,
    });
    const open = await sums("/projects/open/statistics/traffic");
    expect(open).toMatchObject({ pulls: 1, pushes: 1, bytesOut: size(IMAGE) });
    const all = await sums("/statistics/traffic");
    expect(all).toMatchObject({ pulls: 4, pushes: 3, bytesOut: PULLED + size(IMAGE) });
    expect(all.logins).toBeGreaterThan(0);
    const hours = (await must(admin, "GET", "/statistics/traffic?step=hour")).items;
    expect(hours).toHaveLength(24);
    expect(total(hours)).toEqual(all);
    for (const query of ["step=week", "from=-1", "from=5&to=4", "step=hour&from=0", "from=x"]) {
      expect([query, (await admin("GET", `/statistics/traffic?${query}`)).status]).toEqual([
        query,
        400,
      ]);
    }
  });

  test("rank repositories, page by page", async () => {
    const page = await must(admin, "GET", "/statistics/repositories?limit=1");
    expect(page.items).toMatchObject([{ repository: "team/app", project: "team", pulls: 3 }]);
    const more = await must(admin, "GET", `/statistics/repositories?limit=1&cursor=${page.next}`);
    expect(more).toMatchObject({ items: [{ repository: "open/tool", pulls: 1 }], next: null });
    const pushed = await must(admin, "GET", "/statistics/repositories?sort=-pushes");
    expect(pushed.items.map(({ pushes }: { pushes: number }) => pushes)).toEqual([2, 1]);
    const odd = Buffer.from("1team/app").toString("base64url");
    expect((await admin("GET", `/statistics/repositories?cursor=${odd}`)).status).toBe(400);
    expect((await admin("GET", "/statistics/repositories?sort=-name")).status).toBe(400);
  });

  test("say how much there is, once and as if nothing were shared, and as of when", async () => {
    const { at, storage, counts, uploadsOpen, today } = await must(
      admin,
      "GET",
      "/statistics/overview",
    );
    expect(at).toBeGreaterThan(Date.now() - DAY);
    expect(storage.used).toBe(storage.total - storage.free);
    expect(storage.stored).toBe(size(EMPTY_CONFIG, LAYER, OTHER));
    expect(storage.logical).toBe(3 * size(EMPTY_CONFIG, LAYER) + size(OTHER));
    expect(counts).toEqual({
      ...{ projects: 2, repositories: 2, tags: 3, manifests: 3, blobs: 3 },
      ...{ users: 4, robots: 0, groups: 0 },
    });
    expect(uploadsOpen).toBe(0);
    const days = (await must(admin, "GET", "/statistics/traffic")).items;
    expect(today).toMatchObject({ pulls: days.at(-1).pulls, bytesIn: days.at(-1).bytesIn });
  });

  test("tell how this node answers, by class of request", async () => {
    const { since, node, items } = await must(admin, "GET", "/statistics/routes");
    expect([typeof since, typeof node]).toEqual(["number", "string"]);
    const own = items.find(({ route }: { route: string }) => route === "api-statistics");
    expect(own.requests).toBeGreaterThan(5);
    expect(own).toMatchObject({ errors: 0 });
    expect(own.p50Ms).toBeLessThanOrEqual(own.p99Ms);
    const slowness = items.map(({ p99Ms }: { p99Ms: number }) => p99Ms);
    expect(slowness).toEqual(slowness.toSorted((a: number, b: number) => b - a));
  });
});

describe("who sees statistics (A28)", () => {
  const ofInstallation = ["overview", "traffic", "repositories", "routes"];

  test("those of the installation take a right in the installation", async () => {
    for (const what of ofInstallation) {
      const path = `/statistics/${what}`;
      for (const who of [DEVELOPER, OUTSIDER]) {
        expect([path, (await someone(who)("GET", path)).status]).toEqual([path, 403]);
      }
      expect([path, (await someone(AUDITOR)("GET", path)).status]).toEqual([path, 200]);
      expect((await new Browser(registry.url).ask("GET", path)).status).toBe(401);
    }
  });

  test("those of a project or repository take a right there, and name no other's", async () => {
    const paths = ["/statistics/traffic", "/repositories/app/statistics"];
    for (const path of paths) {
      const real = await someone(OUTSIDER)("GET", `/projects/team${path}`);
      const ghost = await someone(OUTSIDER)("GET", `/projects/ghost${path}`);
      expect([real.status, ghost.status]).toEqual([403, 403]);
      expect(JSON.stringify(real.json)).not.toContain("pulls");
      const own = await someone(DEVELOPER)("GET", `/projects/team${path}`);
      expect([own.status, JSON.stringify(own.json).includes("tool")]).toEqual([200, false]);
    }
    // A public project can be read by everybody, and so can what is said of it.
    const anybody = await new Browser(registry.url).ask(
      "GET",
      "/projects/open/repositories/tool/statistics",
    );
    expect([anybody.status, anybody.json.pulls]).toEqual([200, 1]);
  });
});

describe("what is said of the system", () => {
  test("is how it runs and where each setting comes from, without secrets", async () => {
    const { json } = await someone(AUDITOR)("GET", "/system");
    const text = JSON.stringify(json);
    expect(json).toMatchObject({ version: "0.0.0-source", storage: { kind: "folder" } });
    expect(json.runtime).toContain("Bun 1.4.5");
    expect(json.urls).toEqual([registry.url]);
    expect(json.storage.free).toBeGreaterThan(0);
    expect(json.engine).toBe(registry.database.url === "" ? "sqlite" : "postgres");
    const settings = new Map(
      json.configuration.map(({ key, value }: { key: string; value: string }) => [key, value]),
    );
    expect(settings.get("server.listen")).toBe('["127.0.0.1:0"]');
    expect(settings.get("secrets.key")).not.toContain("nobody is shown");
    expect(text).not.toContain("nobody is shown");
    expect(text).not.toContain(ADMIN.password);
    const password = registry.database.url === "" ? "" : new URL(registry.database.url).password;
    if (password !== "") expect(text).not.toContain(password);
    for (const who of [DEVELOPER, OUTSIDER]) {
      expect((await someone(who)("GET", "/system")).status).toBe(403);
    }
  });

  test("is how each part is", async () => {
    const { health } = await must(admin, "GET", "/system");
    const parts = health.map(({ part }: { part: string }) => part);
    expect(parts).toEqual(["serving", "database", "storage", "jobs", "events", "disk", "clock"]);
    for (const { part, ok, why } of health) expect([part, ok, why]).toEqual([part, true, null]);
  });

  test("warns in the language of whoever asks", async () => {
    const chinese = await asker()("GET", "/system", undefined, { "accept-language": "zh-CN" });
    expect(chinese.status).toBe(200);
    const english = await admin("GET", "/system");
    expect(chinese.json.warnings).toHaveLength(english.json.warnings.length);
    for (const warning of chinese.json.warnings) expect(warning).toMatch(/[\u4e00-\u9fff]/);
  });
});
