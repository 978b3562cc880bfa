import { z } from "zod";
import { snapshotSchema } from "../format.ts";
import { FINDING_WORDS, type FindingKind } from "./findings.ts";

const count = z.number().int().nonnegative();
const kinds = Object.keys(FINDING_WORDS) as [FindingKind, ...FindingKind[]];

/** The report of a restore drill: what was looked at, by what, and what came of it. */
export const reportSchema = z.object({
  snapshot: snapshotSchema.pick({ id: true, program: true, engine: true, takenAt: true }),
  /** What did the drill. */
  program: z.object({ version: z.string(), commit: z.string() }),
  startedAt: count,
  finishedAt: count,
  /** Files and rows of the snapshot, and content that was read and hashed to its end. */
  files: count,
  rows: count,
  blobs: count,
  bytes: count,
  manifests: count,
  tags: count,
  verdict: z.enum(["passed", "failed"]),
  /** All of them; the first are named. */
  count,
  findings: z.array(z.object({ kind: z.enum(kinds), what: z.string(), detail: z.string() })),
});

export type Report = z.infer<typeof reportSchema>;

type Language = "en" | "zh";

const iso = (at: number) => new Date(at).toISOString();

/** A text of somebody's own as it stands in a table: nothing in it is markup. */
export function cell(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, " ").replaceAll(/[\\`*_{}[\]<>()#+!|~&-]/g, "\\$&");
}

const WORDS = {
  title: { en: "Restore drill", zh: "恢复演练报告" },
  passed: { en: "PASSED", zh: "通过" },
  failed: { en: "FAILED", zh: "未通过" },
  verdict: { en: "Verdict", zh: "结论" },
  snapshot: { en: "Snapshot", zh: "快照" },
  taken: { en: "State of", zh: "数据时间" },
  by: { en: "Made by version", zh: "创建版本" },
  engine: { en: "Database", zh: "数据库" },
  drill: { en: "Drill", zh: "演练时间" },
  with: { en: "Verified by version", zh: "校验版本" },
  files: { en: "Files whose hash was checked", zh: "校验哈希的文件" },
  rows: { en: "Rows put into a database", zh: "载入数据库的行" },
  blobs: { en: "Blobs read and hashed", zh: "读取并计算摘要的 blob" },
  bytes: { en: "Bytes of them", zh: "其字节数" },
  manifests: { en: "Manifests checked", zh: "校验的清单" },
  tags: { en: "Tags checked", zh: "校验的标签" },
  findings: { en: "Findings", zh: "发现的问题" },
  none: { en: "None.", zh: "无。" },
  more: { en: "more", zh: "更多" },
} as const;

/** The report for people, to be filed. */
export function markdownOf(report: Report, language: Language): string {
  const words = (name: keyof typeof WORDS) => WORDS[name][language];
  const { snapshot, program } = report;
  const facts: readonly [keyof typeof WORDS, string][] = [
    ["verdict", `**${words(report.verdict)}**`],
    ["snapshot", cell(snapshot.id)],
    ["taken", iso(snapshot.takenAt)],
    ["by", cell(`${snapshot.program.version} (${snapshot.program.commit})`)],
    ["engine", snapshot.engine],
    ["drill", `${iso(report.startedAt)} – ${iso(report.finishedAt)}`],
    ["with", cell(`${program.version} (${program.commit})`)],
    ["files", String(report.files)],
    ["rows", String(report.rows)],
    ["blobs", String(report.blobs)],
    ["bytes", String(report.bytes)],
    ["manifests", String(report.manifests)],
    ["tags", String(report.tags)],
    ["findings", String(report.count)],
  ];
  const lines = [`# ${words("title")}`, "", "| | |", "|---|---|"];
  for (const [name, value] of facts) lines.push(`| ${words(name)} | ${value} |`);
  lines.push("", `## ${words("findings")}`, "");
  if (report.count === 0) lines.push(words("none"));
  for (const { kind, what, detail } of report.findings) {
    const more = detail === "" ? "" : ` (${cell(detail)})`;
    lines.push(`- ${FINDING_WORDS[kind][language]}: ${cell(what)}${more}`);
  }
  const left = report.count - report.findings.length;
  if (left > 0) lines.push(`- ${left} ${words("more")}`);
  return `${lines.join("\n")}\n`;
}
