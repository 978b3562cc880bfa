import { join } from "node:path";
import { run } from "./run.ts";

const PROJECT = join(import.meta.dir, "..", "..");

/**
 * Builds the executable from the sources as they are now, into a folder that is not the project's,
 * so that nothing can be read from beside it. Answers its path.
 */
export async function buildExecutable(folder: string): Promise<string> {
  const path = join(folder, "entrepot");
  const build = [process.execPath, "scripts/build.ts", "--outfile", path];
  await run(build, { cwd: PROJECT, timeout: 600_000 });
  return path;
}
