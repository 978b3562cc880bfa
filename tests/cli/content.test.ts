import { afterAll, beforeAll, expect, test } from "bun:test";
import { parse } from "yaml";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, type CliOptions, entrepot } from "./cli.ts";

const ADA = { name: "ada", password: "ada has a long password" };

let registry: TestRegistry;
let first = "";
let second = "";

beforeAll(async () => {
  registry = await startRegistry({
    accounts: [{ ...ADA, administrator: false }],
    projects: [{ name: "team" }, { name: "library" }],
  });
  first = (await pushImage(registry.admin, "team/web/api", "1.0", [piece("one")])).digest;
  second = (await pushImage(registry.admin, "team/web/api", "2.0", [piece("two")])).digest;
  await pushImage(registry.admin, "library/alpine", "latest", [piece("alpine")]);
});

afterAll(() => registry.close());

const admin = (line: string, options: CliOptions = {}) =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), ...options });

test("ls lists what one may see, as table, JSON and YAML", async () => {
  const { out } = await admin("ls");
  expect(out).toMatch(/^REPOSITORY +TAGS +MANIFESTS +CHANGED\n/);
  expect(out).toMatch(/\nteam\/web\/api +2 +2 +\d{4}-/);
  expect((await admin("ls library")).out).not.toContain("team/");
  expect((await admin("ls --name web --sort -updated")).out).toContain("team/web/api");
  const json = JSON.parse((await admin("ls team --json")).out);
  expect(json.items).toMatchObject([{ name: "team/web/api", tags: 2 }]);
  expect(parse((await admin("ls team --output yaml")).out)).toEqual(json);
  expect((await admin("ls --json --output yaml")).code).toBe(2);
  const nobody = await entrepot(["ls"], { env: as(registry.url, ADA) });
  expect(nobody).toMatchObject({ code: 0, out: "", err: "none\n" });
});

test("tags lists the tags of a repository", async () => {
  const { out } = await admin("tags team/web/api --sort -name");
  expect(out.indexOf("2.0")).toBeLessThan(out.indexOf("1.0"));
  expect(out).toContain(first);
  expect((await admin("tags alpine")).out).toContain("latest");
  const { items } = JSON.parse((await admin("tags team/web/api --name 2. --json")).out);
  expect(items).toMatchObject([{ name: "2.0", digest: second, updatedBy: { name: "admin" } }]);
  expect((await admin("tags team/nothing")).code).toBe(4);
  expect((await admin("tags Team/Web")).code).toBe(2);
  expect((await entrepot(["tags", "team/web/api"], { env: as(registry.url, ADA) })).code).toBe(3);
});

test("inspect shows what a tag or a digest is", async () => {
  expect((await admin("inspect team/web/api:1.0")).out).toMatch(
    new RegExp(`Digest +${first}\n(?:.*\n)*Tags +1\\.0\n`),
  );
  expect(JSON.parse((await admin(`inspect team/web/api@${second} --json`)).out)).toMatchObject({
    digest: second,
    tags: ["2.0"],
  });
  expect((await admin("inspect alpine")).code).toBe(0);
  expect((await admin("inspect team/web/api:none")).code).toBe(4);
  expect((await admin("inspect team/web/api:a:b")).code).toBe(2);
});

test("tag moves a tag and back, history tells, rm takes away", async () => {
  expect((await admin("tag team/web/api:1.0 stable")).out).toContain(first);
  expect((await admin(`tag team/web/api@${second} stable`)).out).toContain(second);
  const told = await admin("history team/web/api:stable");
  expect(told.out).toMatch(new RegExp(`stable +${first} +${second} +admin`));
  const all = JSON.parse((await admin("history team/web/api --json")).out);
  expect(all.items[0]).toMatchObject({ tag: "stable", from: first, to: second });
  expect((await admin("rm team/web/api")).code).toBe(2);
  expect((await admin("rm team/web/api:stable")).err).toBe("deleted team/web/api:stable\n");
  expect((await admin("rm team/web/api:stable")).code).toBe(4);
  expect((await admin("inspect team/web/api:2.0")).code).toBe(0);
  expect((await admin(`rm team/web/api@${second}`)).code).toBe(0);
  expect((await admin("inspect team/web/api:2.0")).code).toBe(4);
});
