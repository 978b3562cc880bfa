import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { as, entrepot } from "../cli/cli.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { desired, PEOPLE, prunes } from "./desired.ts";

const ISSUER = "http://127.0.0.1:9";
const SLOW = 120_000;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({
    accounts: PEOPLE.map((name) => ({ name, password: `${name} has one`, administrator: false })),
    settings: { "outbound.allow": "127.0.0.1" },
  });
});
afterAll(() => registry.close());

const run = (line: string, input = "") =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), input });

/** Everything that no file of this test names. */
const OUTSIDE = `
projects:
  outside:
    description: not to be touched
    roles: {own: {permissions: [repository:pull]}}
    robots: {ci: {description: mine}}
    members: [{who: ada, role: own}, {who: robot+outside+ci, role: developer, tags: v*}]
    trustRules: [{name: build, robot: ci, issuer: "${ISSUER}", audience: a, subject: "job:1"}]
roles: {apart: {permissions: [user:read]}}
robots: {apart: {}}
groups: {apart: {members: [bea]}}
`;

/** The lists outside, as the server itself tells them. */
async function outside(): Promise<unknown[]> {
  const paths = [
    "projects/outside",
    ...["roles", "robots", "members", "trust-rules"].map((list) => `projects/outside/${list}`),
    "roles",
    "robots",
    "groups?name=apart",
  ];
  return await Promise.all(
    paths.map(async (path) => (await registry.admin.get(`/api/v1/${path}`)).json),
  );
}

test(
  "whatever is there and whatever is wanted, the second time nothing is left to do",
  async () => {
    expect((await run("apply -f - --yes", OUTSIDE)).code).toBe(0);
    const before = await outside();
    await fc.assert(
      fc.asyncProperty(desired(ISSUER), prunes, async (content, kinds) => {
        const file = stringify(content);
        const how = kinds.length === 0 ? "" : ` --prune ${kinds.join(" ")}`;
        const first = await run(`apply -f - --yes${how}`, file);
        expect({ code: first.code, failed: first.out.match(/FAILED.*\n.*/g) }).toEqual({
          code: 0,
          failed: null,
        });
        const second = await run(`apply -f - --yes${how}`, file);
        expect(second).toEqual({
          code: 0,
          out: "",
          err: "nothing to do: all is as the file says\n",
        });
        // Without its removals there is even less to do.
        expect((await run("apply -f - --dry-run", file)).code).toBe(0);
        expect(await outside()).toEqual(before);
      }),
      { numRuns: 25 },
    );
    const written = await run("export");
    const again = await run("apply -f - --check --prune", written.out);
    expect(again).toEqual({ code: 0, out: "", err: "nothing to do: all is as the file says\n" });
  },
  SLOW,
);
