import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { runAdopt } from "./adopt.ts";
import { adoptCommand } from "./commands/adopt.ts";
import { addApply } from "./commands/apply/command.ts";
import { addExport } from "./commands/apply/export-command.ts";
import { auditCommand } from "./commands/audit.ts";
import { benchCommand } from "./commands/bench/command.ts";
import { addCompletion } from "./commands/completion/command.ts";
import { configCommand } from "./commands/config.ts";
import { addDoctor } from "./commands/doctor/command.ts";
import { fsckCommand } from "./commands/fsck.ts";
import { healthCommand } from "./commands/health.ts";
import { addRemoteCommands } from "./commands/remote/commands.ts";
import { EXIT } from "./commands/remote/complaint.ts";
import { processStreams, type Streams } from "./commands/remote/streams.ts";
import { type ServeContext, serveCommand } from "./commands/serve.ts";
import { buildInfo } from "./config/build-info.ts";
import type { Config } from "./config/schema.ts";
import { type AuditLog, openAuditLog } from "./features/audit/offline.ts";
import { runFsck } from "./fsck.ts";
import { failure } from "./kernel/errors/catalogue.ts";
import { keyringOf } from "./keys.ts";

export interface ProgramContext extends ServeContext {
  /** What the verbs that ask a server read and write; left out: the process's own. */
  readonly streams?: Streams;
}

/** The option parser's own words. */
const CHINESE: Readonly<Record<string, string>> = {
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "Commands:": "命令：",
};

const DESCRIPTION = {
  en: `A container registry platform.

Exit codes:
  0  done
  1  failed
  2  the command line is not understood
  3  the server refuses: log in, or ask for the right
  4  there is no such thing
  5  no server answers
  6  what is there differs from the files (apply --dry-run, apply --check)
  7  something was found, and all of it repaired (fsck --repair)`,
  zh: `容器镜像仓库平台

退出码：
  0  完成
  1  失败
  2  命令行有误
  3  服务拒绝：请登录或申请权限
  4  对象不存在
  5  服务无应答
  6  现状与文件不一致（apply --dry-run、apply --check）
  7  发现问题且已全部修复（fsck --repair）`,
} as const;

/** The option parser's refusals have an exit code of their own, apart from "it failed". */
function ended(error: CommanderError): never {
  const isMisuse = error.code.startsWith("commander.") && error.exitCode !== 0;
  throw isMisuse ? new CommanderError(EXIT.usage, error.code, error.message) : error;
}

/** Settles for a command and those below it what the option parser decides for each by itself. */
function settle(command: Command, language: "en" | "zh"): void {
  // Without this the option parser ends the process; only `main.ts` may.
  command.exitOverride(ended);
  if (language === "zh") {
    command.helpOption("-h, --help", "显示帮助");
    command.configureHelp({ styleTitle: (title) => CHINESE[title] ?? title });
    if (command.commands.length > 0) command.helpCommand("help [command]", "显示命令的帮助");
  }
  for (const each of command.commands) settle(each, language);
}

/** The audit log of a configuration, to be read beside the server. */
async function openLog(config: Config): Promise<AuditLog> {
  const database = config.database?.reveal();
  const path = join(config.data, "entrepot.sqlite");
  // Looked for first: asking for the keys of an empty folder would make one.
  if (database === undefined && !existsSync(path)) throw failure("audit.no_database", { path });
  return await openAuditLog({ database, data: config.data, keyring: await keyringOf(config) });
}

/** Every verb. Ends by throwing: a `CommanderError` once the option parser has told why. */
export function makeProgram(context: ProgramContext): Command {
  const { language, env, streams = processStreams } = context;
  const program = new Command("entrepot")
    .description(DESCRIPTION[language])
    .version(
      `${buildInfo.version} (${buildInfo.commit})`,
      "-V, --version",
      language === "zh" ? "显示版本" : "print the version",
    )
    .addCommand(serveCommand(context))
    .addCommand(healthCommand(context))
    .addCommand(configCommand(context))
    .addCommand(fsckCommand({ ...context, runFsck }))
    .addCommand(adoptCommand({ ...context, runAdopt }));
  const audit = auditCommand({ ...context, openAuditLog: openLog });
  addRemoteCommands(program, audit, { env, language, streams });
  addApply(program, { env, language, streams });
  addExport(program, { env, language, streams });
  addDoctor(program, { env, language, streams });
  program.addCommand(benchCommand());
  addCompletion(program, { env, language, streams });
  settle(program, language);
  return program;
}
