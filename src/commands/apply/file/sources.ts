import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Complaint, EXIT, misuse } from "../../remote/complaint.ts";
import type { Inputs } from "../../remote/connection.ts";

/** A text and what to call it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

const MOST_BYTES = 4 * 2 ** 20;

/** The YAML files of a folder (not of those below it), by name. */
async function filesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((each) => /\.ya?ml$/.test(each)).sort();
  if (names.length > 0) return names.map((each) => join(folder, each));
  throw misuse(`${folder} has no .yaml or .yml file`, `${folder} 中没有 .yaml 或 .yml 文件`);
}

async function pathsOf(given: string): Promise<string[]> {
  if (given === "-") return [given];
  try {
    const found = await stat(given);
    if (found.isDirectory()) return await filesIn(given);
    if (found.size <= MOST_BYTES) return [given];
  } catch (error) {
    if (error instanceof Complaint) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const words = { en: `cannot read ${given}: ${why}`, zh: `无法读取 ${given}：${why}` };
    throw new Complaint(EXIT.usage, words, error);
  }
  throw misuse(`${given} has more than 4 MiB`, `${given} 超过 4 MiB`);
}

/** The texts of files, folders and `-` (standard input), in the order given. Throws `Complaint`. */
export async function readSources(given: readonly string[], inputs: Inputs): Promise<Source[]> {
  const sources: Source[] = [];
  for (const each of given) {
    for (const path of await pathsOf(each)) {
      sources.push({ name: path === "-" ? "<stdin>" : path, text: await inputs.text(path) });
    }
  }
  return sources;
}
