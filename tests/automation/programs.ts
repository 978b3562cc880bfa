import { join } from "node:path";
import { as } from "../cli/cli.ts";
import { ADMIN, type TestRegistry } from "../support/registry.ts";

export const ROOT = join(import.meta.dir, "../..");

/** A program that `verify:clients` has looked for, by the variable it tells it in. */
export function program(variable: string): string {
  const path = process.env[variable] ?? "";
  if (path === "")
    throw new Error(`${variable} names no program: run \`verify:clients automation\``);
  return path;
}

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs a program of others as somebody who automates the registry. */
export async function runAgainst(
  registry: TestRegistry,
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = Bun.spawn([...argv], {
    cwd,
    env: {
      HOME: registry.folder,
      LC_ALL: "C.UTF-8",
      PATH: process.env.PATH ?? "",
      ...as(registry.url, ADMIN),
      ...env,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, output: out + err };
}
