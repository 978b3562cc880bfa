import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { attempt } from "./run.ts";

const made = new Set<string>();

/** A new empty folder for this run; `dropFolder` takes it away again. */
export function tempFolder(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `entrepot-${name}-`));
  made.add(path);
  return path;
}

/** Mount points below a path, the deepest first, as /proc/self/mounts names them. */
function mountsBelow(path: string): string[] {
  let table: string;
  try {
    table = readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return []; // not Linux: none of the programs that mount run there
  }
  return table
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replaceAll("\\040", " "))
    .filter((point) => point === path || point.startsWith(path + sep))
    .sort((a, b) => b.length - a.length);
}

/** Removes a folder that `tempFolder` made, unmounting first what container tools left mounted. */
export async function dropFolder(path: string): Promise<void> {
  if (!made.has(path)) throw new Error(`${path} was not made by this run`);
  for (const point of mountsBelow(path)) await attempt(["umount", "-l", point]);
  // Removing through a mount would remove what is mounted: leave the folder rather than that.
  if (mountsBelow(path).length > 0) throw new Error(`${path} still has something mounted`);
  rmSync(path, { recursive: true, force: true });
  made.delete(path);
}
