import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { DAY } from "../../src/kernel/clock.ts";
import type { Database } from "../../src/platform/database/port.ts";
import { Browser } from "../support/browser.ts";
import { openFresh } from "../support/database.ts";
import { basic } from "../support/http-client.ts";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { insertRows, updateRows } from "../support/rows.ts";
import { account, measureStorage, must } from "./tenants.ts";

setDefaultTimeout(60_000);

const PEOPLE = ["developer", "narrow", "manager", "outsider", "auditor"].map((name) =>
  account(name),
);
const [SHARED, OWN, MORE] = ["shared by all", "of one alone", "and some more of it"].map(piece);
const TODAY = Date.now() - (Date.now() % DAY);

let registry: TestRegistry;
let db: Database;

const as = (name: string) => {
  const who = name === ADMIN.name ? ADMIN : account(name);
  return (method: string, path: string, body?: unknown) =>
    new Browser(registry.url).ask(method, path, body, { authorization: basic(who) });
};
const admin = as(ADMIN.name);

beforeAll(async () => {
  registry = await startRegistry({
    accounts: PEOPLE,
    projects: [{ name: "team" }, { name: "other" }],
    bindings: [
      { to: "developer", role: "developer", on: "team" },
      { to: "developer", role: "developer", on: "other" },
      { to: "narrow", role: "developer", on: "team", repositories: "app" },
      { to: "manager", role: "maintainer", on: "team" },
      { to: "auditor", role: "auditor" },
    ],
    settings: { "secrets.key": "a key that nobody is shown, long enough" },
  });
  db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
});

afterAll(async () => {
  await db.close();
  await registry.close();
});

test("before the first night there is nothing to tell, and no date", async () => {
  const none = { items: [], next: null, measuredAt: null, since: null };
  expect(await must(admin, "GET", "/lens/projects")).toEqual(none);
  expect(await must(admin, "GET", "/lens/repositories?project=team")).toEqual(none);
  const growth = await must(admin, "GET", "/lens/growth");
  expect(growth).toEqual({ items: [], perDay: null, outlook: "too_few_days", fullAt: null });
});

test("what was measured is what is weighed now, for the installation and for a project", async () => {
  const developer = registry.as(account("developer"));
  for (const [name, layers] of [
    ["team/app", [SHARED, OWN]],
    ["team/tool", [SHARED, MORE]],
    ["other/app", [SHARED, MORE]],
  ] as const) {
    await pushImage(
      developer,
      name,
      "v1",
      layers.flatMap((each) => each ?? []),
    );
  }
  await registry.restart();
  await measureStorage(admin);
  const projects = (await must(admin, "GET", "/lens/projects")).items;
  expect(projects.map(({ name }: { name: string }) => name)).toEqual(["team", "other"]);
  for (const row of projects) {
    const { within, freed, ...space } = await must(admin, "GET", `/projects/${row.name}/space`);
    expect([within, row.unique - row.shared]).toEqual(["installation", freed.bytes]);
    expect(row).toMatchObject(space);
  }
  for (const [asker, target, within] of [
    [admin, "/lens/repositories", "installation"],
    [as("manager"), "/projects/team/lens/repositories", "project"],
  ] as const) {
    const { items } = await must(asker, "GET", target);
    expect(items).toHaveLength(within === "project" ? 2 : 3);
    for (const row of items) {
      const [project, name] = row.name.split("/");
      const target = `/projects/${project}/repositories/${name}/space?within=${within}`;
      const { within: _, freed: __, ...space } = await must(asker, "GET", target);
      expect(row).toMatchObject(space);
    }
  }
  const growth = await must(admin, "GET", "/lens/growth");
  const overview = await must(admin, "GET", "/statistics/overview");
  expect(growth.items).toMatchObject([{ unique: overview.storage.stored, at: TODAY }]);
});

test("repositories that may not be seen are in no list of a project, and who pulls is not for all (A27, A28)", async () => {
  const narrow = as("narrow");
  const seen = await must(narrow, "GET", "/projects/team/lens/repositories");
  expect(seen.items.map(({ name }: { name: string }) => name)).toEqual(["team/app"]);
  const paged = await must(as("manager"), "GET", "/projects/team/lens/repositories?limit=1");
  expect(paged.next).not.toBeNull();
  const lines = await must(narrow, "GET", "/projects/team/lens/usage?by=repository");
  expect(lines.items.map(({ repository }: { repository: string }) => repository)).toEqual([
    "team/app",
  ]);
  const { text } = await registry
    .as(account("narrow"))
    .get("/api/v1/projects/team/lens/usage/export?by=repository");
  expect(text).toContain("team/app");
  expect(text).not.toContain("team/tool");
  for (const more of ["", "/export"]) {
    const target = `/projects/team/lens/usage${more}?by=principal`;
    expect((await narrow("GET", target)).status).toBe(403);
    expect((await as("auditor")("GET", target)).status).toBe(200);
    expect((await as("outsider")("GET", target)).status).not.toBe(200);
    expect((await as("manager")("GET", `/lens/usage${more}`)).status).toBe(403);
  }
});

test("use is told by project, repository and account, and the same as CSV", async () => {
  const target = "/lens/usage?by=principal&period=day&project=team";
  const { items, next } = await must(admin, "GET", target);
  expect(next).toBeNull();
  expect(items).toMatchObject([
    {
      at: TODAY,
      project: "team",
      repository: null,
      principal: "developer",
      pushes: 2,
      stored: null,
    },
  ]);
  const projects = (await must(admin, "GET", "/lens/usage?by=project")).items;
  const measured = (await must(admin, "GET", "/lens/projects")).items;
  for (const { name, unique } of measured) {
    const line = projects.find(({ project }: { project: string }) => project === name);
    expect(line).toMatchObject({ stored: unique });
  }
  const csv = await registry.as(ADMIN).get("/api/v1/lens/usage/export?by=repository&period=month");
  expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const month = new Date(TODAY).toISOString().slice(0, 7);
  const rows = csv.text.trimEnd().split("\r\n").slice(1);
  expect(rows).toHaveLength(3);
  for (const row of rows)
    expect(row).toMatch(new RegExp(`^${month},(team|other),\\1/\\w+,,0,1,\\d+,\\d+,\\d+$`));
});

test("a disk that fills within two weeks has a date, and is not well", async () => {
  const GB = 1_000_000_000;
  const set = { capacity: 1_000 * GB, free: 120 * GB };
  await db.write(updateRows, { table: "lens_days", where: { day: TODAY }, set });
  for (let ago = 20; ago > 0; ago--) {
    const row = { ...set, free: set.free + ago * 10 * GB, stored: 1, logical: 1, measured_at: 1 };
    await db.write(insertRows, { table: "lens_days", rows: [{ ...row, day: TODAY - ago * DAY }] });
  }
  const { perDay, outlook, items, fullAt } = await must(admin, "GET", "/lens/growth");
  expect(items).toHaveLength(21);
  expect([outlook, perDay]).toEqual(["dated", 10 * GB]);
  // Nothing is kept free in tests.
  expect(fullAt).toBe(TODAY + 12 * DAY);
  const { health } = await must(admin, "GET", "/system");
  const disk = health.find(({ part }: { part: string }) => part === "disk");
  expect([disk.ok, JSON.stringify(disk.why)]).toEqual([
    false,
    expect.stringContaining("is full in"),
  ]);
  const { text } = await registry.as(ADMIN).get("/metrics");
  expect(text).toContain(`entrepot_storage_full_timestamp_seconds ${fullAt / 1_000}\n`);
  expect(text).toContain("entrepot_storage_growth_bytes_per_day 10000000000\n");
});
