import { writeFile } from "node:fs/promises";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { parseSize } from "../config/units.ts";
import { markdownOf, type Report } from "../features/backup/verify/report.ts";
import type { Language } from "../kernel/errors/catalogue.ts";
import type { CommandContext } from "./config.ts";
import { whyNot } from "./restore.ts";

export interface BackupContext extends CommandContext {
  verifyBackup(
    chosen: {
      readonly from: string;
      readonly snapshot: string | undefined;
      readonly scratch: string | undefined;
      readonly bytesPerSecond: number | undefined;
    },
    progress: (done: number, total: number) => void,
  ): Promise<Report>;
}

/** Exit codes: something is wrong with it; it cannot be told. */
const FINDINGS = 1;
const CANNOT = 2;

const words = {
  backup: { en: "make, list and verify backups", zh: "创建、列出和校验备份" },
  verify: {
    en: "restore a backup into a scratch database, read and hash all of its content, and print the report; needs no server (exit code 1: findings, 2: cannot tell)",
    zh: "将备份恢复到临时数据库，读取并校验全部内容，输出报告；无需服务运行（退出码 1：发现问题，2：无法判断）",
  },
  from: { en: "the folder of the backups", zh: "备份目录" },
  snapshot: { en: "the id of one (default: the newest)", zh: "备份 ID（默认：最新）" },
  scratch: {
    en: "where the scratch database is made (default: the system's folder for such)",
    zh: "临时数据库所在目录（默认：系统临时目录）",
  },
  rate: {
    en: "read at most so much a second, such as 32MiB (default: as fast as it goes)",
    zh: "每秒最多读取的字节数，例如 32MiB（默认：不限）",
  },
  json: { en: "print JSON", zh: "以 JSON 输出" },
  report: {
    en: "write the report into this file as well (Markdown)",
    zh: "同时将报告写入此文件（Markdown）",
  },
} as const;

interface Options {
  readonly from: string;
  readonly snapshot?: string;
  readonly scratch?: string;
  readonly rate?: number;
  readonly json?: boolean;
  readonly report?: string;
}

function sizeIn(language: Language): (typed: string) => number {
  return (typed) => {
    const bytes = parseSize(typed);
    if (bytes !== undefined && bytes > 0) return bytes;
    throw new InvalidArgumentError(
      language === "zh" ? "请给出如 32MiB 的大小" : "give a size such as 32MiB",
    );
  };
}

/** `entrepot backup verify`, the group in which the verbs that ask a server are as well. */
export function backupCommand(context: BackupContext): Command {
  const { language } = context;
  const parent = new Command("backup").description(words.backup[language]);
  const command = parent
    .command("verify")
    .description(words.verify[language])
    .requiredOption("--from <folder>", words.from[language])
    .option("--snapshot <id>", words.snapshot[language])
    .option("--scratch <folder>", words.scratch[language])
    .option("--rate <size>", words.rate[language], sizeIn(language))
    .option("--report <file>", words.report[language])
    .option("--json", words.json[language]);
  command.action(async ({ from, snapshot, scratch, rate, json, report: file }: Options) => {
    let report: Report;
    try {
      report = await context.verifyBackup(
        { from, snapshot, scratch, bytesPerSecond: rate },
        () => {},
      );
      if (file !== undefined) await writeFile(file, markdownOf(report, language));
    } catch (error) {
      return command.error(whyNot(error, language), { exitCode: CANNOT, code: "backup.cannot" });
    }
    context.out(
      json === true ? `${JSON.stringify(report, null, 2)}\n` : markdownOf(report, language),
    );
    if (report.verdict === "failed") throw new CommanderError(FINDINGS, "backup.findings", "");
  });
  return parent;
}
