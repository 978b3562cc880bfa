import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Command } from "commander";
import { EXIT } from "../../src/commands/remote/complaint.ts";
import { programFor } from "./cli.ts";

const ROOT = join(import.meta.dir, "../..");
const PAGES = ["README*.md", "docs/*.md", "deploy/*.md", "examples/**/*.md"];
const paths = PAGES.flatMap((page) => [...new Bun.Glob(page).scanSync(ROOT)]).sort();

/** The command lines of a page's shell blocks; what is piped into and substituted, too. */
async function linesOf(path: string): Promise<string[]> {
  const text = await Bun.file(join(ROOT, path)).text();
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block);
  return blocks
    .join("\n")
    .replaceAll("\\\n", " ")
    .split(/\n|[|;&()]/)
    .map((line) => line.replace(/(?:^| )#.*/, "").trim())
    .map((line) => /^(?:(?:if|do|exec|-r) )?(?:.*xargs -r )?(entrepot .*)/.exec(line)?.[1] ?? "")
    .filter((line) => line !== "");
}

/** The command that a line is for; what is left of the line is its own. */
function commandOf(line: string): { readonly command: Command; readonly rest: string[] } {
  let command = programFor();
  const rest = line.split(/\s+/).slice(1);
  for (;;) {
    const below = command.commands.find((each) => each.name() === rest[0]);
    if (below === undefined) return { command, rest };
    command = below;
    rest.shift();
  }
}

/** What is wrong with a line; undefined for nothing. */
function fault(line: string): string | undefined {
  const { command, rest } = commandOf(line);
  if (command.commands.length > 0 && !rest.some((word) => /^-(?:h|V|-help|-version)$/.test(word))) {
    return `no such command: ${line}`;
  }
  const known = ["--help", ...command.options.flatMap(({ long, short }) => [long, short])];
  const odd = rest.find(
    (word) => /^(?:--[a-z]|-[a-z]$)/i.test(word) && !known.includes(word.split("=")[0]),
  );
  return odd === undefined ? undefined : `no ${odd} of: ${line}`;
}

describe("what the documents tell people to type", () => {
  test.each(paths)("%s", async (path) => {
    expect((await linesOf(path)).map(fault).filter((each) => each !== undefined)).toEqual([]);
  });

  test("is read out of them", async () => {
    const counts = await Promise.all(paths.map(async (path) => (await linesOf(path)).length));
    expect(counts.reduce((all, count) => all + count, 0)).toBeGreaterThan(100);
    expect(fault("entrepot ls --nothing")).toBeDefined();
    expect(fault("entrepot lsit")).toBeDefined();
  });

  test.each(["docs/cli.md", "docs/cli.zh-CN.md"])("%s has every exit code", async (path) => {
    const text = await Bun.file(join(ROOT, path)).text();
    for (const code of [0, ...Object.values(EXIT)]) expect(text).toContain(`\n| ${code} | `);
  });
});
