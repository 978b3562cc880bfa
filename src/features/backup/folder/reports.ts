import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isSnapshotId } from "../rules.ts";
import { markdownOf, type Report, reportSchema } from "../verify/report.ts";
import { writeWhole } from "./snapshots.ts";

const NAME = /^\d{13}\.json$/;

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "code") === "ENOENT";
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

  /** The last one about a snapshot; undefined where there is none that can be read. */
  async last(id: string): Promise<Report | undefined> {
    if (!isSnapshotId(id)) return undefined;
    const folder = join(this.#root, id);
    try {
      const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
      const name = names.at(-1);
      if (name === undefined) return undefined;
      const text = await readFile(join(folder, name), "utf8");
      return reportSchema.safeParse(JSON.parse(text)).data;
    } catch (error) {
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
