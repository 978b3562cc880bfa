import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Image } from "../support/images.ts";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { lookedInto, packed, pushChart, pushPlatforms, pushSystem } from "./artifacts.ts";
import { as, type CliOptions, entrepot } from "./cli.ts";
import { atTerminal } from "./terminal.ts";

setDefaultTimeout(60_000);

const base = packed([
  { name: "etc/", flag: "5", mode: 0o755 },
  { name: "etc/os-release", body: "NAME=\u001b[31mbase\n", mtime: 1_700_000_000, uid: 7, gid: 8 },
  { name: "etc/passwd", body: "root:x:0:0\n", mode: 0o600 },
  { name: "bin", flag: "2", link: "usr/bin" },
]);
const top = packed([
  { name: "etc/os-release", body: "NAME=another\n", uid: 7, gid: 8 },
  { name: "srv/new", body: "n" },
]);
const config = (env: string, history: readonly string[]) => ({
  os: "linux",
  architecture: "amd64",
  created: "2026-02-03T04:05:06Z",
  config: {
    Entrypoint: ["/app", "two words"],
    Env: [env, "HOSTILE=\u001b[2J"],
    Labels: { "org.example.team": "web" },
    ExposedPorts: { "8080/tcp": {} },
  },
  history: history.map((created_by) => ({ created_by })),
});

let registry: TestRegistry;
let first: Image;
let second: Image;
beforeAll(async () => {
  registry = await startRegistry({ accounts: [], projects: [{ name: "team" }, { name: "other" }] });
  const { admin } = registry;
  first = await pushSystem(admin, "team/web/api", "1.0", [base], config("A=1", ["ADD base"]));
  const parts = ["ADD base", "RUN make"];
  second = await pushSystem(admin, "team/web/api", "2.0", [base, top], config("A=2", parts));
  await pushPlatforms(admin, "team/web/api", "all", { amd64: first, arm64: second });
  await pushChart(admin, "team/chart", "1.2.3");
  await pushSystem(admin, "other/api", "1.0", [top], config("A=1", ["ADD top"]));
  await pushImage(admin, "team/odd", "1", [piece("no archive")]);
  for (const tag of ["1.0", "2.0", "all"]) await lookedInto(admin, "team/web/api", tag);
  await lookedInto(admin, "team/chart", "1.2.3");
});
afterAll(() => registry.close());

const admin = (line: string, options: CliOptions = {}) =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), ...options });

describe("inspect", () => {
  test("shows config and layers of an image, and nothing that a terminal obeys", async () => {
    const { out } = await admin("inspect team/web/api:2.0");
    expect(out).toMatch(/^Total size +1\.\d+ kB\n/m);
    expect(out).toContain("\nConfig:\nPlatform     linux/amd64\n");
    expect(out).toContain('\nEntrypoint   /app "two words"\n');
    expect(out).toContain("\nEnvironment  A=2, HOSTILE=\\u001b[2J\n");
    expect(out).not.toContain("Stop signal");
    expect(out).toMatch(/\nLayers:\nSIZE +SHARED WITH +DIGEST +MADE BY\n/);
    expect(out).toContain(`${base.digest}  ADD base\n`);
    expect(out).not.toContain("\u001b");
    const chinese = await admin("inspect team/web/api:2.0", { language: "zh" });
    expect(chinese.out).toContain("\n配置：\n平台");
    const json = JSON.parse((await admin("inspect team/web/api:2.0 --json")).out);
    expect(json.insight.layers).toHaveLength(2);
  });

  test("shows the platforms of an index, the metadata of a chart and its README", async () => {
    const { out } = await admin("inspect team/web/api:all");
    expect(out).toMatch(/\nPlatforms and parts:\nPLATFORM +SIZE +HERE +DIGEST\n/);
    expect(out).toMatch(new RegExp(`\nlinux/arm64 +\\S+ k?B +yes +${second.digest}\n`));
    const chart = await admin("inspect team/chart:1.2.3");
    expect(chart.out).toContain("\nChart:\nName         chart\nVersion      1.2.3\n");
    expect(chart.out).toContain("\nMaintainers  Ada <ada@example.org>\nDepends on   db 1.x\n");
    expect(chart.err).toBe("it has a README: --readme prints it\n");
    const readme = await admin("inspect team/chart:1.2.3 --readme");
    expect(readme.out).toBe("# The chart\n\\u001b[2J\n");
    expect((await admin("inspect team/web/api:1.0 --readme")).out).toBe("");
  });
});

describe("diff", () => {
  test("tells sizes, config and layers", async () => {
    const { out, err, code } = await admin("diff team/web/api:1.0 :2.0");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(new RegExp(`^SIDE +SIZE +DIGEST\nFrom +\\d+ B +${first.digest}\n`));
    expect(out).toMatch(/\nConfig:\nSETTING +FROM +TO\nenv\.A +1 +2\n/);
    expect(out).toMatch(new RegExp(`\nLayers:\n.*\nsame +\\d+ B +${base.digest} +ADD base\n`));
    expect(out).toMatch(new RegExp(`\nadded +\\d+ B +${top.digest} +RUN make\n$`));
    const json = JSON.parse((await admin(`diff team/web/api:1.0 @${second.digest} -o json`)).out);
    expect(json).toMatchObject({
      state: "ready",
      layers: [{ status: "same" }, { status: "added" }],
    });
    const same = await admin("diff team/web/api:1.0 team/web/api:1.0");
    expect(same.err).toBe("the two are the same\n");
    expect((await admin("diff team/web/api:1.0 other/api:1.0")).out).toContain("removed");
    expect((await admin("diff team/web/api:1.0 :none")).code).toBe(4);
    expect((await admin("diff team/web/api:1.0 :2.0 --below /etc")).code).toBe(2);
  });

  test("tells files", async () => {
    const { out } = await admin("diff team/web/api:1.0 team/web/api:2.0 --files");
    expect(out).toMatch(/\nchanged +\/etc\/os-release +15 B -> 13 B\n/);
    expect(out).toMatch(/\nadded +\/srv\/new +1 B\n/);
    const below = await admin("diff team/web/api:1.0 :2.0 --files --below /etc --json");
    expect(JSON.parse(below.out).items).toMatchObject([{ path: "etc/os-release" }]);
  });
});

describe("files and cat", () => {
  test("list a directory, or what is found, and print a file", async () => {
    const { out } = await admin("files team/web/api:1.0");
    expect(out).toMatch(/^TYPE +MODE +OWNER +SIZE +MODIFIED +LAYER +PATH\n/);
    expect(out).toMatch(/\ndirectory +0755 +0:0 +- +\S+ +0 +\/etc\n/);
    expect(out).toMatch(/\nsymlink .* \/bin -> usr\/bin\n/);
    const etc = await admin("files team/web/api:2.0 /etc");
    expect(etc.out).toMatch(/\nfile +0644 +7:8 +13 B +\S+ +1 +\/etc\/os-release\n/);
    const found = JSON.parse((await admin("files team/web/api:2.0 --search PASS --json")).out);
    expect(found.items).toMatchObject([{ path: "etc/passwd", mode: "0600" }]);
    const one = await admin(`files team/web/api:2.0 / --layer ${top.digest} --limit 1 --json`);
    expect(JSON.parse(one.out).items).toHaveLength(1);
    expect((await admin("cat team/web/api:2.0 /etc/os-release")).out).toBe("NAME=another\n");
    const below = await admin(`cat team/web/api:2.0 /etc/os-release --layer ${base.digest}`);
    expect(below.out).toBe("NAME=\u001b[31mbase\n");
    expect((await admin("cat team/web/api:2.0 /etc")).code).toBe(1);
    expect((await admin("cat team/web/api:2.0 /etc/none")).code).toBe(4);
    expect((await admin("files team/web/api:2.0 /none")).code).toBe(4);
  });

  test("wait for layers that nobody asked for yet, and tell why some cannot be listed", async () => {
    const waited = await admin("cat other/api:1.0 /srv/new");
    expect(waited).toMatchObject({ code: 0, out: "n" });
    const odd = await admin("files team/odd:1");
    expect(odd.code).toBe(1);
    expect(odd.err).toContain("damaged");
    expect((await admin("cat team/odd:1 /x")).code).not.toBe(0);
  });

  test("a terminal obeys nothing of a file", async () => {
    const argv = ["cat", "team/web/api:1.0", "/etc/os-release"];
    const seen = atTerminal(argv, as(registry.url, ADMIN));
    expect(await seen.ended).toBe(0);
    expect(seen.seen).toContain("NAME=\\u001b[31mbase\r\n");
    seen.close();
  });
});
