import { Command } from "commander";
import { benchCommand } from "./commands/bench/command.ts";
import { configCommand } from "./commands/config.ts";
import { healthCommand } from "./commands/health.ts";
import { type ServeContext, serveCommand } from "./commands/serve.ts";
import { buildInfo } from "./config/build-info.ts";

/** The option parser's own words. */
const CHINESE: Readonly<Record<string, string>> = {
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "Commands:": "命令：",
};

/** Settles for a command and those below it what the option parser decides for each by itself. */
function settle(command: Command, language: "en" | "zh"): void {
  // Without this the option parser ends the process; only `main.ts` may.
  command.exitOverride();
  if (language === "zh") {
    command.helpOption("-h, --help", "显示帮助");
    command.configureHelp({ styleTitle: (title) => CHINESE[title] ?? title });
    if (command.commands.length > 0) command.helpCommand("help [command]", "显示命令的帮助");
  }
  for (const each of command.commands) settle(each, language);
}

/** Every verb. Ends by throwing: a `CommanderError` once the option parser has told why. */
export function makeProgram(context: ServeContext): Command {
  const { language } = context;
  const program = new Command("entrepot")
    .description(language === "zh" ? "容器镜像仓库平台" : "A container registry platform.")
    .version(
      `${buildInfo.version} (${buildInfo.commit})`,
      "-V, --version",
      language === "zh" ? "显示版本" : "print the version",
    )
    .addCommand(serveCommand(context))
    .addCommand(healthCommand(context))
    .addCommand(configCommand(context))
    .addCommand(benchCommand());
  settle(program, language);
  return program;
}
