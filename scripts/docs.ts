/**
 * Writes the reference pages and the client's types that are generated from the code; with `--check`, says instead which
 * of them differ from what the code says, and which links between pages lead nowhere, and fails.
 */
import { exists, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { jsonSchema } from "../src/commands/apply/file/schema.ts";
import { configReference } from "../src/config/reference.ts";
import { cliReference } from "./lib/docs/cli.ts";
import { errorReference } from "./lib/docs/errors.ts";
import { brokenLinks } from "./lib/docs/links.ts";
import { metricsReference } from "./lib/docs/metrics.ts";
import { apiDocument, openApiReference } from "./lib/docs/openapi.ts";
import { operationTypes, operationWays } from "./lib/docs/operation-types.ts";
import { restReference } from "./lib/docs/rest.ts";

const ROOT = join(import.meta.dir, "..");

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/reference/apply.schema.json": () => `${JSON.stringify(jsonSchema(), null, 2)}\n`,
  "docs/reference/cli.md": () => cliReference("en"),
  "docs/reference/cli.zh-CN.md": () => cliReference("zh"),
  "docs/reference/configuration.md": () => configReference("en"),
  "docs/reference/configuration.zh-CN.md": () => configReference("zh"),
  "docs/reference/errors.md": () => errorReference("en"),
  "docs/reference/errors.zh-CN.md": () => errorReference("zh"),
  "docs/reference/metrics.md": metricsReference,
  "docs/reference/openapi.json": openApiReference,
  "docs/reference/rest.md": () => restReference("en"),
  "docs/reference/rest.zh-CN.md": () => restReference("zh"),
  "src/client/api/shapes.gen.ts": async () => operationTypes(await apiDocument()),
  "src/client/api/ways.gen.ts": async () => operationWays(await apiDocument()),
};

/** Folders that are not the repository's own: installed, built, or somebody's data. */
const FOREIGN = /(?:^|\/)(?:node_modules|dist|data|\.[^/]+)\//;

/** Every page of the repository by its path. */
async function markdown(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for await (const path of new Bun.Glob("**/*.md").scan({ cwd: ROOT })) {
    if (!FOREIGN.test(path)) pages.set(path, await Bun.file(join(ROOT, path)).text());
  }
  return pages;
}

async function drift(isCheck: boolean): Promise<string[]> {
  const drifted: string[] = [];
  for (const [path, make] of Object.entries(PAGES)) {
    const file = Bun.file(join(ROOT, path));
    const text = await make();
    if ((await file.exists()) && (await file.text()) === text) continue;
    drifted.push(path);
    if (isCheck) continue;
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await Bun.write(file, text);
  }
  return drifted;
}

const isCheck = process.argv.includes("--check");
const drifted = await drift(isCheck);
if (drifted.length > 0)
  console.log(`${isCheck ? "out of date" : "written"}: ${drifted.join(", ")}`);
else console.log(`${Object.keys(PAGES).length} reference pages are up to date`);
const broken = await brokenLinks(await markdown(), (path) => exists(join(ROOT, path)));
for (const line of broken) console.error(line);
if (isCheck && drifted.length > 0) console.error("run `bun run docs` and commit what it writes");
if (broken.length > 0 || (isCheck && drifted.length > 0)) process.exitCode = 1;
