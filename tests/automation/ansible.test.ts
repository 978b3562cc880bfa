import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { as, entrepot } from "../cli/cli.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { program, ROOT, runAgainst } from "./programs.ts";

const SLOW = 180_000;

let registry: TestRegistry;
let token = "";
beforeAll(async () => {
  registry = await startRegistry();
  const made = await entrepot(["token", "create", "ansible", "--json"], {
    env: as(registry.url, ADMIN),
  });
  token = JSON.parse(made.out).secret;
});
afterAll(() => registry.close());

/** Runs the example's playbook; gives the figures of its recap. */
async function play(...more: string[]): Promise<Record<string, number>> {
  const argv = [program("ENTREPOT_TEST_ANSIBLE"), "playbook.yml", ...more];
  const env = { ENTREPOT_TOKEN: token, ANSIBLE_NOCOLOR: "1", ANSIBLE_LOCALHOST_WARNING: "false" };
  const { code, output } = await runAgainst(registry, argv, join(ROOT, "examples/ansible"), env);
  const recap = /^localhost\s+: (.*)$/m.exec(output)?.[1] ?? "";
  if (code !== 0) throw new Error(output);
  return Object.fromEntries(
    [...recap.matchAll(/(\w+)=(\d+)/g)].map(([, name = "", figure]) => [name, Number(figure)]),
  );
}

test(
  "the playbook makes what it says, and the second time it changes nothing",
  async () => {
    expect(await play()).toMatchObject({ changed: 3, failed: 0, unreachable: 0 });
    expect(await play()).toMatchObject({ changed: 0, failed: 0, unreachable: 0 });
    const admin = { env: as(registry.url, ADMIN) };
    const { out } = await entrepot(["project", "members", "team"], admin);
    expect(out).toMatch(/\ngroup:team-developers +developer/);
    expect(out).toMatch(/\nauthenticated +guest/);
    await entrepot(["project", "update", "team", "--description", "another", "--public"], admin);
    expect(await play("--check")).toMatchObject({ changed: 0, failed: 0 });
    expect(await play()).toMatchObject({ changed: 1, failed: 0 });
    expect(await play()).toMatchObject({ changed: 0, failed: 0 });
    expect((await registry.admin.get("/api/v1/projects/team")).json).toMatchObject({
      description: "Images of the team",
      public: false,
    });
  },
  SLOW,
);
