import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/problems.ts";
import type { Config } from "../config/schema.ts";
import type { Restored, RestoreStep } from "../features/backup/restore/restore.ts";
import { FINDING_WORDS } from "../features/backup/verify/findings.ts";
import { Failure } from "../kernel/errors/catalogue.ts";
import { addConfigOptions, type CommandContext, readConfig } from "./config.ts";
import { printable } from "./remote/printable.ts";

export interface RestoreContext extends CommandContext {
  restoreBackup(
    config: Config,
    chosen: { readonly from: string; readonly snapshot: string | undefined },
    tell: (step: RestoreStep) => void,
  ): Promise<Restored>;
}

/** Exit codes: restored, but something is missing in the backup; nothing was restored. */
const FINDINGS = 1;
const CANNOT = 2;

const words = {
  description: {
    en: "restore a backup into an empty data folder or database, with no server running (exit code 1: restored, but content is missing in the backup; 2: not restored)",
    zh: "将备份恢复到空的数据目录或数据库，须先停止服务（退出码 1：已恢复，但备份缺少部分内容；2：未恢复）",
  },
  from: { en: "the folder of the backups", zh: "备份目录" },
  snapshot: { en: "the id of one (default: the newest)", zh: "备份 ID（默认：最新）" },
} as const;

/** Why nothing was restored, for a person. */
export function whyNot(error: unknown, language: "en" | "zh"): string {
  if (error instanceof ConfigError) return error.words(language);
  if (error instanceof Failure) return `${error.words(language)}\n${error.help(language)}`;
  return error instanceof Error ? error.message : String(error);
}

function tell({ snapshot, findings, count, isSealed }: Restored, language: "en" | "zh"): string {
  const { id, takenAt, content } = snapshot;
  const when = new Date(takenAt).toISOString();
  const lines = [
    {
      en: `restored ${id}: the state of ${when}, ${content.blobs} blobs`,
      zh: `已恢复 ${id}：${when} 的数据，${content.blobs} 个 blob`,
    }[language],
  ];
  if (isSealed) {
    lines.push(
      {
        en: "WARNING: it has secrets that no key here opens. Put the key of that installation in place before the server starts: `secrets.key`, or the file `secret-key` in the data folder.",
        zh: "警告：其中的机密无法用此处的密钥解密。启动服务前，请放入原安装的密钥：`secrets.key`，或数据目录中的 `secret-key` 文件。",
      }[language],
    );
  }
  for (const { kind, what, detail } of findings) {
    const more = detail === "" ? "" : ` (${printable(detail)})`;
    lines.push(`  ${FINDING_WORDS[kind][language]}: ${printable(what)}${more}`);
  }
  const left = count - findings.length;
  if (left > 0) lines.push({ en: `  and ${left} more`, zh: `  另有 ${left} 处` }[language]);
  return `${lines.join("\n")}\n`;
}

/** `entrepot restore`. */
export function restoreCommand(context: RestoreContext): Command {
  const { language } = context;
  const command = addConfigOptions(new Command("restore"), language)
    .description(words.description[language])
    .requiredOption("--from <folder>", words.from[language])
    .option("--snapshot <id>", words.snapshot[language]);
  command.action(async (options: { from: string; snapshot?: string }) => {
    let restored: Restored;
    try {
      const { config } = readConfig(command, context.env);
      const chosen = { from: options.from, snapshot: options.snapshot };
      restored = await context.restoreBackup(config, chosen, (step) => {
        if (step.step === "table" || step.done % 1_000 !== 0) return;
        context.out(`${step.done}/${step.total}\n`);
      });
    } catch (error) {
      return command.error(whyNot(error, language), { exitCode: CANNOT, code: "backup.cannot" });
    }
    context.out(tell(restored, language));
    if (restored.count > 0) throw new CommanderError(FINDINGS, "backup.findings", "");
  });
  return command;
}
