import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { until } from "./artifacts.ts";
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
  expect((await admin("rm team/web/api:stable")).err).toBe(
    "deleted team/web/api:stable; back by: entrepot rollback team/web/api:stable\n",
  );
  expect((await admin("rm team/web/api:stable")).code).toBe(4);
  expect((await admin("inspect team/web/api:2.0")).code).toBe(0);
  expect((await admin(`rm team/web/api@${second}`)).code).toBe(0);
  expect((await admin("inspect team/web/api:2.0")).code).toBe(4);
});

describe("rm asks whoever sits at a terminal", () => {
  const asked: string[] = [];
  const says = (answer: string) => ({
    answer: (question: string) => {
      asked.push(question);
      return answer;
    },
  });

  test("and takes only a yes", async () => {
    await pushImage(registry.admin, "team/asked", "1", [piece("asked")]);
    expect(await admin("rm team/asked:1", says("no"))).toMatchObject({ code: 1 });
    expect((await admin("rm team/asked:1", says(""))).err).toContain("nothing was deleted");
    expect((await admin("tags team/asked")).out).toContain("1");
    expect((await admin("rm team/asked:1", says(" Y "))).code).toBe(0);
    expect(asked[0]).toBe("Delete team/asked:1? [y/N] ");
    expect(await admin("rm team/asked:1 --yes", says("no"))).toMatchObject({ code: 4 });
    expect(asked).toHaveLength(3);
  });
});

test("rollback lets a tag be what it was, and brings back a deleted one", async () => {
  const pushed: string[] = [];
  for (const content of ["a", "b", "c"]) {
    const image = await pushImage(registry.admin, "team/back", "v", [piece(content)]);
    pushed.push(image.digest);
  }
  const [a = "", b = "", c = ""] = pushed;
  const now = async () => JSON.parse((await admin("tags team/back --json")).out).items[0]?.digest;
  expect((await admin("rollback team/back:v")).out).toContain(b);
  expect(await now()).toBe(b);
  // Once more undoes it.
  expect((await admin("rollback team/back:v")).out).toContain(c);
  const short = a.slice("sha256:".length, "sha256:".length + 8);
  expect((await admin(`rollback team/back:v --to ${short} --json`)).out).toContain(a);
  expect(await now()).toBe(a);
  await admin("rm team/back:v");
  expect(await now()).toBeUndefined();
  expect((await admin("rollback team/back:v")).out).toContain(a);
  expect((await admin(`rollback team/back:v --to ${first}`)).code).toBe(4);
  await admin(`rm team/back@${c} team/back@${b}`);
  expect((await admin(`rollback team/back:v --to ${c}`)).err).toContain("not there any more");
  expect((await admin("rollback team/back:v")).code).toBe(4);
  for (const odd of ["team/back:none", "team/none:v"]) {
    expect((await admin(`rollback ${odd}`)).code).toBe(4);
  }
  expect((await admin(`rollback team/back@${a}`)).code).toBe(2);
  expect((await admin("rollback team/back:v --to xyz")).code).toBe(2);
  expect((await admin("rollback team/back:v --to abc")).code).toBe(2);
});

test("search finds what one may see, by names that other verbs take", async () => {
  const search = async (line: string) => {
    const isFound = ({ out }: { readonly out: string }) => out.includes("sought");
    return await until(() => admin(`search ${line}`), isFound);
  };
  const image = await pushImage(registry.admin, "team/sought", "v1", [piece("sought")]);
  const { out } = await search("sought");
  expect(out).toMatch(/^KIND +NAME +FOUND IN +AS +WHEN\n/);
  expect(out).toMatch(/\nrepository +team\/sought +name +/);
  const found = await search(`${image.digest} --kind artifact --json`);
  expect(JSON.parse(found.out).items).toMatchObject([
    { kind: "artifact", repository: "team/sought", digest: image.digest },
  ]);
  expect((await search(image.digest)).out).toContain(`team/sought@${image.digest}`);
  expect((await search("sought v1 --kind tag")).out).toContain("team/sought:v1");
  expect((await admin("search team --limit 1 --json")).out.match(/"kind"/g)).toHaveLength(1);
  const nobody = await entrepot(["search", "sought"], { env: as(registry.url, ADA) });
  expect(nobody).toMatchObject({ code: 0, out: "", err: "none\n" });
  expect((await admin("search x --kind nothing")).code).toBe(2);
});

test("stars are given, listed and taken away", async () => {
  await pushImage(registry.admin, "team/starred", "1", [piece("starred")]);
  expect((await admin("star team/starred alpine")).err).toBe(
    "starred team/starred\nstarred alpine\n",
  );
  expect((await admin("stars")).out).toMatch(/^REPOSITORY +STARRED\n(?:.*\n)*team\/starred /);
  expect(JSON.parse((await admin("stars --json")).out).items).toHaveLength(2);
  expect((await admin("unstar team/starred")).code).toBe(0);
  expect((await admin("stars")).out).not.toContain("team/starred");
  expect((await admin("star team/none")).code).toBe(4);
});

test("a name may begin with its server", async () => {
  const { host } = new URL(registry.url);
  const env = { ENTREPOT_USER: ADMIN.name, ENTREPOT_PASSWORD: ADMIN.password };
  await pushImage(registry.admin, "team/named", "1", [piece("named")]);
  for (const line of [
    `ls ${host}`,
    `ls ${host}/team`,
    `tags ${host}/team/named`,
    `inspect ${host}/team/named:1`,
    `diff ${host}/team/named:1 :1`,
    `history ${host}/team/named:1`,
    `tag ${host}/team/named:1 2`,
    `rm ${host}/team/named:2`,
    `rollback ${host}/team/named:2`,
    `star ${host}/team/named`,
    `unstar ${host}/team/named`,
  ]) {
    expect([line, (await entrepot(line.split(" "), { env })).code]).toEqual([line, 0]);
  }
  const two = `diff ${host}/team/named:1 127.0.0.1:1/team/named:1`;
  expect((await entrepot(two.split(" "), { env })).code).toBe(2);
});
