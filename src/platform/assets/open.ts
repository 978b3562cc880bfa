import { join } from "node:path";
import { type Asset, readBundle } from "./bundle.ts";

/** The build puts it there when the program runs from its sources. */
const FROM_SOURCES = join(import.meta.dir, "../../../dist/console.bundle");

/**
 * The files of the console: from inside the executable, or else from where the build left them.
 * None when it was not built: the registry does without.
 */
export async function openConsoleAssets(): Promise<readonly Asset[]> {
  for (const file of Bun.embeddedFiles) {
    // The build puts a hash between the name and its ending.
    if ("name" in file && /^console-\w+\.bundle$/.test(String(file.name))) {
      return readBundle(await file.text());
    }
  }
  const file = Bun.file(FROM_SOURCES);
  return (await file.exists()) ? readBundle(await file.text()) : [];
}
