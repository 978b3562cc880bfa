import { Command, CommanderError } from "commander";
import { buildInfo } from "../config/build-info.ts";
import type { Config } from "../config/schema.ts";
import type { FsckFinding, FsckKind, FsckReport } from "../features/integrity/fsck/finding.ts";
import { openTelemetry } from "../platform/telemetry/open.ts";
import type { Logger } from "../platform/telemetry/telemetry.ts";
import { addConfigOptions, type CommandContext, readConfig } from "./config.ts";
import { printable } from "./remote/printable.ts";
import { whyNot } from "./why-not.ts";

export interface FsckContext extends CommandContext {
  runFsck(
    config: Config,
    options: {
      readonly hash: boolean;
      readonly repair: boolean;
      readonly logger: Logger;
      readonly onFinding: (finding: FsckFinding) => void;
    },
  ): Promise<FsckReport>;
}

/** Exit codes: something is wrong and stays so; it cannot be told; all that was wrong was repaired. */
const FOUND = 1;
const CANNOT = 2;
const REPAIRED = 7;

const words = {
  fsck: {
    en: "compare storage and database (exit code 1: something is wrong, 2: cannot tell, 7: all repaired)",
    zh: "比较存储与数据库（退出码 1：存在问题，2：无法判断，7：已全部修复）",
  },
  hash: { en: "read and hash every byte", zh: "读取并校验每个字节" },
  repair: {
    en: "repair what is found; the server must be stopped",
    zh: "修复发现的问题；须先停止服务",
  },
  json: { en: "print a JSON object a line", zh: "每行输出一个 JSON 对象" },
  done: { en: "repaired", zh: "已修复" },
} as const;

const KINDS: Readonly<Record<FsckKind, { readonly en: string; readonly zh: string }>> = {
  missing_file: { en: "missing file", zh: "文件缺失" },
  wrong_size: { en: "wrong size", zh: "大小不符" },
  corrupt_file: { en: "corrupt file", zh: "文件损坏" },
  unreadable_file: { en: "unreadable file", zh: "文件无法读取" },
  orphan_file: { en: "orphan file", zh: "孤立文件" },
  stray_file: { en: "stray file", zh: "无关文件" },
  dangling_link: { en: "link without blob", zh: "链接无对应 blob" },
  unlinked_blob: { en: "blob without link", zh: "blob 无链接" },
  dangling_tag: { en: "dangling tag", zh: "悬空标签" },
  dangling_edge: { en: "dangling edge", zh: "悬空引用" },
  corrupt_manifest: { en: "corrupt manifest", zh: "manifest 损坏" },
};

function line(finding: FsckFinding, language: "en" | "zh"): string {
  const { kind, what, repository, detail, isRepaired } = finding;
  const parts = [
    KINDS[kind][language],
    repository,
    what,
    detail,
    isRepaired ? words.done[language] : null,
  ];
  return `${parts.flatMap((part) => (part === null ? [] : [printable(part)])).join("\t")}\n`;
}

function summary({ counts, found, left }: FsckReport, language: "en" | "zh"): string {
  const { files, blobs, manifests, quarantined } = counts;
  return {
    en: `${files} files, ${blobs} blobs (${quarantined} quarantined), ${manifests} manifests: ${found} found, ${found - left} repaired\n`,
    zh: `${files} 个文件，${blobs} 个 blob（${quarantined} 个已隔离），${manifests} 个 manifest：发现 ${found} 处，修复 ${found - left} 处\n`,
  }[language];
}

interface Options {
  readonly hash?: boolean;
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** `entrepot fsck`. */
export function fsckCommand(context: FsckContext): Command {
  const { language, out } = context;
  const command = addConfigOptions(new Command("fsck"), language)
    .description(words.fsck[language])
    .option("--hash", words.hash[language])
    .option("--repair", words.repair[language])
    .option("--json", words.json[language]);
  return command.action(async ({ hash = false, repair = false, json = false }: Options) => {
    const { logger } = openTelemetry({
      level: "silent",
      format: "text",
      access: false,
      routes: [],
      build: buildInfo,
    });
    const onFinding = (finding: FsckFinding) =>
      out(json ? `${JSON.stringify(finding)}\n` : line(finding, language));
    let report: FsckReport;
    try {
      const { config } = readConfig(command, context.env);
      report = await context.runFsck(config, { hash, repair, logger, onFinding });
    } catch (error) {
      return command.error(whyNot(error, language), { exitCode: CANNOT, code: "fsck.cannot" });
    }
    out(json ? `${JSON.stringify(report)}\n` : summary(report, language));
    // What there is to say has been said.
    if (report.left > 0) throw new CommanderError(FOUND, "fsck.found", "");
    if (report.found > 0) throw new CommanderError(REPAIRED, "fsck.repaired", "");
  });
}
