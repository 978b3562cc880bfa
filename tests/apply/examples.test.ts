import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { as, entrepot } from "../cli/cli.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";

const ROOT = join(import.meta.dir, "../..");
const SLOW = 60_000;

let registry: TestRegistry;
beforeAll(async () => {
  const people = ["ada", "bea", "cleo"];
  registry = await startRegistry({
    accounts: people.map((name) => ({ name, password: `${name} has one`, administrator: false })),
  });
});
afterAll(() => registry.close());

test("the example of a team is applied, and then nothing is left to do", async () => {
  const env = as(registry.url, ADMIN);
  const argv = ["apply", "--file", join(ROOT, "examples/apply"), "--yes"];
  const first = await entrepot(argv, { env });
  expect({ code: first.code, failed: /FAILED/.test(first.out) }).toEqual({
    code: 0,
    failed: false,
  });
  expect((await entrepot(argv, { env })).err).toStartWith("nothing to do");
});

test("its schema is the one that editors are told", async () => {
  const text = await readFile(join(ROOT, "examples/apply/team.yaml"), "utf8");
  const [, path = ""] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? [];
  const schema = await Bun.file(join(ROOT, "examples/apply", path)).json();
  expect(Object.keys(schema.properties ?? schema.anyOf[0].properties)).toContain("projects");
});

test(
  "the jobs of the example of a pipeline do what they say",
  async () => {
    const text = await readFile(join(ROOT, "examples/git/pipeline.yml"), "utf8");
    const { stages: _, ...jobs } = parse(text) as Record<string, { script: string[] }>;
    const folder = join(registry.folder, "repository");
    await mkdir(join(folder, "registry"), { recursive: true });
    await mkdir(join(folder, "bin"));
    await cp(join(ROOT, "examples/apply/team.yaml"), join(folder, "registry/team.yaml"));
    const program = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, "src/main.ts")}' "$@"\n`;
    await writeFile(join(folder, "bin/entrepot"), program, { mode: 0o755 });
    const job = async (name: string) => {
      const script = jobs[name]?.script ?? [];
      expect(script.length).toBeGreaterThan(0);
      const path = `${join(folder, "bin")}:${process.env.PATH ?? ""}`;
      const env = { ...as(registry.url, ADMIN), PATH: path };
      const child = Bun.spawn(["sh", "-e", "-c", script.join("\n")], {
        cwd: folder,
        env,
        stderr: "ignore",
      });
      return { out: await new Response(child.stdout).text(), code: await child.exited };
    };
    const change = (from: string, to: string) =>
      readFile(join(folder, "registry/team.yaml"), "utf8").then((before) =>
        writeFile(join(folder, "registry/team.yaml"), before.replace(from, to)),
      );
    await change("Images of the team", "Our images");
    expect(await job("difference")).toMatchObject({
      code: 0,
      out: expect.stringContaining("Our images"),
    });
    expect((await job("drift")).code).toBe(6);
    expect((await job("apply")).code).toBe(0);
    expect(await job("drift")).toEqual({ code: 0, out: "" });
    await change("role: project-administrator", "role: 7");
    expect((await job("difference")).code).toBe(1);
  },
  SLOW,
);
