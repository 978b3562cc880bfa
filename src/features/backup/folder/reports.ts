import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isSnapshotId } from "../rules.ts";
import { markdownOf, type Report, reportSchema } from "../verify/report.ts";
import { writeWhole } from "./snapshots.ts";

const NAME = /^\d{13}\.json$/;

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "ENOENT";
}

/** What is in a folder, in order; nothing where there is none. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The reports of restore drills: `reports/<snapshot>/<time>.json`, and as Markdown beside it. */
export class Reports {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = join(folder, "reports");
  }

  async keep(report: Report): Promise<void> {
    const folder = join(this.#root, report.snapshot.id);
    const name = String(report.finishedAt).padStart(13, "0");
    await writeWhole(folder, `${name}.en.md`, markdownOf(report, "en"));
    await writeWhole(folder, `${name}.zh.md`, markdownOf(report, "zh"));
    await writeWhole(folder, `${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  }

  /** The last one of all; undefined where there is none that can be read. */
  async newest(): Promise<Report | undefined> {
    let found: { id: string; name: string } | undefined;
    for (const id of await namesIn(this.#root)) {
      if (!isSnapshotId(id)) continue;
      const name = (await namesIn(join(this.#root, id))).filter((each) => NAME.test(each)).at(-1);
      if (name !== undefined && (found === undefined || name > found.name)) found = { id, name };
    }
    return found === undefined ? undefined : await this.last(found.id);
  }

  /** The last one about a snapshot; undefined where there is none that can be read. */
  async last(id: string): Promise<Report | undefined> {
    if (!isSnapshotId(id)) return undefined;
    const folder = join(this.#root, id);
    const name = (await namesIn(folder)).filter((each) => NAME.test(each)).at(-1);
    if (name === undefined) return undefined;
    try {
      const text = await readFile(join(folder, name), "utf8");
      return reportSchema.safeParse(JSON.parse(text)).data;
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
