import { Command } from "commander";
import { openApp, routeClasses } from "./app.ts";
import { benchCommand } from "./commands/bench/command.ts";
import { configCommand, languageOf } from "./commands/config.ts";
import { healthCommand } from "./commands/health.ts";
import { type ServeContext, serveCommand } from "./commands/serve.ts";
import { buildInfo } from "./config/build-info.ts";
import { ConfigError } from "./config/problems.ts";
import { Failure } from "./kernel/errors/catalogue.ts";
import { ListenError } from "./platform/listen/listen-error.ts";

const language = languageOf(process.env);

const context: ServeContext = {
  env: process.env,
  language,
  terminal: process.stdout.isTTY === true,
  out: (text) => void process.stdout.write(text),
  routeClasses,
  open: openApp,
  stopAsked: () =>
    new Promise((resolve) => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
    }),
};

/** What a person at the terminal is told of an error that ends the program. */
function tell(error: unknown): string {
  if (error instanceof ConfigError) return error.words(language);
  if (error instanceof Failure) return `${error.words(language)}\n${error.help(language)}`;
  if (error instanceof ListenError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const program = new Command("entrepot")
  .description(language === "zh" ? "容器镜像仓库平台" : "A container registry platform.")
  .version(`${buildInfo.version} (${buildInfo.commit})`)
  .addCommand(serveCommand(context))
  .addCommand(healthCommand(context))
  .addCommand(configCommand(context))
  .addCommand(benchCommand());

try {
  await program.parseAsync(process.argv);
  process.exit();
} catch (error) {
  process.stderr.write(`${tell(error)}\n`);
  process.exit(1);
}
