import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { program, ROOT, runAgainst } from "./programs.ts";

const SLOW = 180_000;

let registry: TestRegistry;
let folder = "";
beforeAll(async () => {
  const people = ["ada", "bea", "cleo"];
  registry = await startRegistry({
    accounts: people.map((name) => ({ name, password: `${name} has one`, administrator: false })),
  });
  folder = join(registry.folder, "terraform");
  await mkdir(join(folder, "bin"), { recursive: true });
  await cp(join(ROOT, "examples/terraform/apply/main.tf"), join(folder, "main.tf"));
  await cp(join(ROOT, "examples/apply/team.yaml"), join(folder, "team.yaml"));
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, "src/main.ts")}' "$@"\n`;
  await writeFile(join(folder, "bin/entrepot"), shim, { mode: 0o755 });
});
afterAll(() => registry.close());

function terraform(...argv: string[]) {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
    TF_VAR_file: join(folder, "team.yaml"),
    CHECKPOINT_DISABLE: "1",
  };
  return runAgainst(
    registry,
    [program("ENTREPOT_TEST_TERRAFORM"), ...argv, "-no-color"],
    folder,
    env,
  );
}

test(
  "terraform_data applies the file, and again only once the file has changed",
  async () => {
    expect((await terraform("init")).code).toBe(0);
    const first = await terraform("apply", "-auto-approve", "-input=false");
    expect(first.output).toContain("done      + projects: team");
    expect(first.code).toBe(0);
    expect((await registry.admin.get("/api/v1/projects/team")).status).toBe(200);
    // 0: nothing to do; 2 would be a difference.
    expect((await terraform("plan", "-detailed-exitcode", "-input=false")).code).toBe(0);
    const text = await Bun.file(join(folder, "team.yaml")).text();
    await Bun.write(join(folder, "team.yaml"), text.replace("Images of the team", "Ours"));
    expect((await terraform("plan", "-detailed-exitcode", "-input=false")).code).toBe(2);
    const second = await terraform("apply", "-auto-approve", "-input=false");
    expect(second.output).toContain("description: Images of the team → Ours");
    expect(second.code).toBe(0);
  },
  SLOW,
);

test("the other example is written as the program itself would write it", async () => {
  const where = join(ROOT, "examples/terraform");
  const argv = [program("ENTREPOT_TEST_TERRAFORM"), "fmt", "-check", "-recursive", "-no-color"];
  expect(await runAgainst(registry, argv, where)).toMatchObject({ code: 0, output: "" });
});
