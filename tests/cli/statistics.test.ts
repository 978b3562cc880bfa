import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, entrepot } from "./cli.ts";

setDefaultTimeout(60_000);

const ADA = { name: "ada", password: "ada has a long password" };

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [{ ...ADA, administrator: false }],
    projects: [{ name: "team" }],
  });
  await pushImage(registry.admin, "team/web/api", "v1", [piece("a layer")]);
  (await registry.admin.get("/v2/team/web/api/manifests/v1")).expect(200);
  // Which writes what was counted.
  await registry.restart();
});

afterAll(() => registry.close());

const admin = (line: string) => entrepot(line.split(" "), { env: as(registry.url, ADMIN) });

describe("statistics", () => {
  test("overview tells how much there is", async () => {
    const { out } = await admin("statistics overview");
    expect(out).toMatch(/Stored bytes +9\n/);
    expect(out).toMatch(/There are +.*repositories 1, tags 1,/);
    expect(JSON.parse((await admin("statistics overview --json")).out).counts.tags).toBe(1);
  });

  test.each(["", " team", " team/web/api"])("traffic%s is a line for each day", async (name) => {
    const { out } = await admin(`statistics traffic${name} --from 2d`);
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.filter((line) => /Z +1 +1 +\d+ +\d+$/.test(line))).toHaveLength(1);
  });

  test("traffic by the hour is the installation's alone", async () => {
    const { out } = await admin("statistics traffic --step hour");
    expect(out.trimEnd().split("\n")).toHaveLength(25);
    expect((await admin("statistics traffic team --step hour")).code).toBe(2);
    expect((await admin("statistics traffic none")).code).toBe(4);
    expect((await admin("statistics traffic team/none")).code).toBe(4);
    const refused = await entrepot(["statistics", "traffic"], { env: as(registry.url, ADA) });
    expect(refused.code).toBe(3);
  });

  test("repositories and routes are ranked", async () => {
    expect((await admin("statistics repositories --sort pushes")).out).toMatch(
      /\nteam\/web\/api +1 +1 /,
    );
    expect((await admin("statistics routes")).out).toMatch(/\napi-statistics +\d+ +0 /);
  });
});

describe("system", () => {
  test("show, health and settings tell what answers there", async () => {
    const shown = await admin("system show");
    expect(shown.out).toMatch(/Version +0\.0\.0-source/);
    expect(shown.out).toMatch(/Not well +-\n/);
    expect((await admin("system health")).out).toMatch(/\ndatabase +yes +-\n/);
    const settings = await admin("system settings");
    expect(settings.out).toMatch(/\nadmin\.password +\[redacted\] +test\n/);
    expect(settings.out).not.toContain(ADMIN.password);
  });
});
