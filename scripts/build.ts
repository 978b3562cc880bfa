/**
 * `bun run build [--outfile PATH]`: makes the single executable `dist/entrepot`, with everything
 * inside and without reading anything from the folder that it is started in.
 */
import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { buildConsole } from "./console.ts";
import { attempt, run } from "./lib/run.ts";

const ROOT = join(import.meta.dir, "..");

/** The program, and the thread that it starts: a thread must be an entrypoint of its own. */
const ENTRYPOINTS = ["src/main.ts", "src/writer.ts"];

async function commit(): Promise<string> {
  const finished = await attempt(["git", "rev-parse", "--short=12", "HEAD"], { cwd: ROOT });
  return finished.code === 0 ? finished.stdout.trim() : "unknown";
}

const { values } = parseArgs({ options: { outfile: { type: "string" } } });
const outfile = resolve(values.outfile ?? join(ROOT, "dist/entrepot"));
const defines = {
  ENTREPOT_BUILD_VERSION: packageJson.version,
  ENTREPOT_BUILD_COMMIT: await commit(),
};

await mkdir(dirname(outfile), { recursive: true });
await run(
  [
    process.execPath,
    "build",
    "--compile",
    "--minify",
    "--sourcemap",
    // The limit of request heads can only be set before the program starts.
    "--compile-exec-argv=--max-http-header-size=65536",
    // Whoever can write to the working directory must not be able to configure the program.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    ...Object.entries(defines).map(([name, value]) => `--define=${name}=${JSON.stringify(value)}`),
    // The console goes along as one file, which the program finds among those inside it.
    "--loader=.bundle:file",
    // The thread is looked for where it would be without that file, which lies elsewhere.
    "--root=src",
    ...ENTRYPOINTS,
    await buildConsole(),
    `--outfile=${outfile}`,
  ],
  { cwd: ROOT, timeout: 600_000 },
);
const { size } = await stat(outfile);
console.log(
  `${outfile}: ${defines.ENTREPOT_BUILD_VERSION} (${defines.ENTREPOT_BUILD_COMMIT}), ${Math.round(size / 1e6)} MB`,
);
