import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, entrepot } from "./cli.ts";

setDefaultTimeout(60_000);

let registry: TestRegistry;
let digest = "";

beforeAll(async () => {
  registry = await startRegistry({ projects: [{ name: "team" }, { name: "other" }] });
  const layer = piece("a layer of both");
  ({ digest } = await pushImage(registry.admin, "team/web/api", "v1", [layer, piece("my own")]));
  await pushImage(registry.admin, "other/app", "v1", [layer]);
});

afterAll(() => registry.close());

const space = (line: string) =>
  entrepot(["space", ...line.split(" ")], { env: as(registry.url, ADMIN) });

test("of a project, a repository, a tag and a digest", async () => {
  for (const what of ["team", "team/web/api", "team/web/api:v1", `team/web/api@${digest}`]) {
    const told = JSON.parse((await space(`${what} --json`)).out);
    expect(told).toMatchObject({ within: "installation", manifests: 1, freed: { bytes: 6 } });
    const own = JSON.parse((await space(`${what} --within project --json`)).out);
    expect(own.freed.bytes).toBe(own.unique);
  }
});

test("people are told sizes, and what is not there is unknown", async () => {
  expect((await space("team")).out).toMatch(/Deleting it frees +6 B/);
  for (const what of ["none", "team/none", "team/web/api:v9"]) {
    expect((await space(what)).code).toBe(4);
  }
  expect((await space("team --within world")).code).toBe(2);
});
