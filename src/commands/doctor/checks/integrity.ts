import { z } from "zod";
import { askApi, jsonOf } from "../asking.ts";
import { broken, type Check, type Finding, fine, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";

const count = z.number().int().nonnegative();
const stateShape = z.object({
  open: z.object({ missing: count, wrong_size: count, corrupt: count, unreadable: count }),
});

function damaged(found: number): Finding {
  return broken(
    "integrity.damaged",
    {
      en: `${found} blobs or manifests are damaged and not served (503)`,
      zh: `有 ${found} 个 blob 或清单已损坏，拉取返回 503`,
    },
    {
      en: "`entrepot integrity findings` names them and where they are used: push those images again, which heals them.",
      zh: "`entrepot integrity findings` 列出它们及所在仓库：重新推送这些镜像即可修复。",
    },
    {
      en: "Look at the disk: what flips one bit flips more. What nobody can push is in a backup: bring the file back, then start a scrub.",
      zh: "请检查磁盘：坏了一处往往还会再坏。无法重新推送的内容可从备份取回文件，再启动一次校验。",
    },
  );
}

function unreadable(found: number): Finding {
  return warning(
    "integrity.unreadable",
    {
      en: `${found} blobs could not be read when they were checked`,
      zh: `有 ${found} 个 blob 在校验时无法读取`,
    },
    {
      en: "The storage failed, and the content may be whole: look at the disk and its log, then start a scrub.",
      zh: "存储发生故障，内容可能完好：请检查磁盘及其日志，再启动一次校验。",
    },
  );
}

/** Whether stored content was found damaged, for whoever may know of it. */
export const integrity: Check<Patient> = {
  id: "integrity",
  title: { en: "stored content", zh: "存储内容" },
  needs: ["credentials"],
  async run(patient) {
    const state = stateShape.safeParse(jsonOf(await askApi(patient, "GET", "/integrity")));
    if (!state.success) return [];
    const { open } = state.data;
    const found: Finding[] = [];
    const bad = open.missing + open.wrong_size + open.corrupt;
    if (bad > 0) found.push(damaged(bad));
    if (open.unreadable > 0) found.push(unreadable(open.unreadable));
    if (found.length > 0) return found;
    const words = { en: "no damaged content is known", zh: "没有已知的损坏内容" };
    return [fine("integrity.fine", words)];
  },
};
