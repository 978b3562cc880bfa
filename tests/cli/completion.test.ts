import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { treeOf, valuedOf } from "../../src/commands/completion/tree.ts";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, entrepot, programFor } from "./cli.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");

let folder = "";
let registry: TestRegistry;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "completion-"));
  registry = await startRegistry({ accounts: [], projects: [{ name: "team" }] });
  for (const name of ["team/web/api", "team/web/page", "team/batch"]) {
    await pushImage(registry.admin, name, "1.0", [piece(name)]);
  }
  const program = join(folder, "entrepot");
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  await chmod(program, 0o755);
  const { out } = await entrepot(["completion", "bash"]);
  await writeFile(join(folder, "script"), out);
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

/** What bash offers in the place of the last word. */
async function offered(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const line = ["entrepot", ...words].map((word) => `'${word}'`).join(" ");
  const script = `source ./script; COMP_WORDS=(${line}); COMP_CWORD=${words.length}
_entrepot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const PATH = `${folder}:${process.env.PATH}`;
  const child = Bun.spawn(["bash", "--norc", "-c", script], {
    cwd: folder,
    env: { HOME: folder, PATH, ...env },
    stderr: "pipe",
  });
  expect(await child.stderr.text()).toBe("");
  return (await child.stdout.text()).split("\n").filter((each) => each !== "");
}

describe("in bash", () => {
  test.each([
    [["pro"], ["project", "provider"]],
    [["project", "cr"], ["create"]],
    [["ls", "--so"], ["--sort"]],
    [["ls", "--sort", "na"], ["name"]],
    [["ls", "--name", "web", "--output", "y"], ["yaml"]],
    [["ls", "--output", "=", "j"], ["json"]],
    [
      ["--server", "http://project", "ls", "-o", ""],
      ["table", "json", "yaml"],
    ],
    [
      ["api", "P"],
      ["POST", "PUT", "PATCH"],
    ],
    [["api", "GET", ""], []],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["apply", "-f", "scr"], ["script"]],
    [["tag", "team/web:1", ""], []],
    [["nothing", ""], []],
  ])("%j", async (words, expected) => {
    expect(await offered(words)).toEqual(expected);
  });

  test("every command is offered, and every option of each", async () => {
    const nodes = treeOf(programFor());
    const lines = nodes.flatMap(({ at, commands, options }) => {
      const words = at === "" ? [] : at.split(" ");
      const names = options.flatMap((option) => option.names);
      return [
        { words: [...words, ""], expected: commands.map(({ name }) => name) },
        { words: [...words, "-"], expected: names },
      ].filter(({ expected }) => expected.length > 0);
    });
    expect(lines.length).toBeGreaterThan(100);
    const script = lines
      .map(({ words }) => {
        const line = ["entrepot", ...words].map((word) => `'${word}'`).join(" ");
        return `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _entrepot; echo "\${COMPREPLY[*]}"`;
      })
      .join("\n");
    const child = Bun.spawn(["bash", "--norc", "-c", `source ./script\n${script}`], {
      cwd: folder,
    });
    const said = (await child.stdout.text()).trimEnd().split("\n");
    expect(said).toEqual(lines.map(({ expected }) => expected.join(" ")));
  });

  test("names of repositories come from the server", async () => {
    const env = as(registry.url, ADMIN);
    expect(await offered(["tags", "team/web"], env)).toEqual(["team/web/api", "team/web/page"]);
    expect(await offered(["rm", "team/batch", "team/b"], env)).toEqual(["team/batch"]);
    expect(await offered(["tags", "team"], as("http://127.0.0.1:1", ADMIN))).toEqual([]);
  });

  test("what a server of bad will calls a repository never gets to the command line", async () => {
    const odd = "$(touch pwned) `touch pwned` ; touch pwned";
    const items = ["team/fine", odd, `team/${odd}`, "team/x\u001b[2J"].map((name) => ({ name }));
    const server = Bun.serve({
      port: 0,
      fetch: () => Response.json({ items, next: null }),
    });
    try {
      const env = { ENTREPOT_SERVER: server.url.href };
      expect(await offered(["tags", ""], env)).toEqual(["team/fine"]);
      expect(await readdir(folder)).not.toContain("pwned");
    } finally {
      await server.stop(true);
    }
  });
});

test("an option that takes a word takes one wherever it is", () => {
  const valued = valuedOf(treeOf(programFor()));
  expect(valued).toContain("--server");
  expect(valued).not.toContain("--json");
});

test.each(["bash", "zsh", "fish"])("%s gets a script in the reader's language", async (shell) => {
  const chinese = await entrepot(["completion", shell], { language: "zh" });
  const english = await entrepot(["completion", shell]);
  expect(english.code).toBe(0);
  expect(english.out).toContain("'project'");
  expect(chinese.out.includes("输出")).toBe(shell !== "bash");
});

test("there are three shells", async () => {
  expect((await entrepot(["completion", "ksh"])).code).toBe(2);
  expect((await entrepot(["completion"])).code).toBe(2);
});
