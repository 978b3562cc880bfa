import { CommanderError } from "commander";
import { openApp, routeClasses } from "./app.ts";
import { languageOf } from "./commands/config.ts";
import type { ServeContext } from "./commands/serve.ts";
import { ConfigError } from "./config/problems.ts";
import { Failure } from "./kernel/errors/catalogue.ts";
import { ListenError } from "./platform/listen/listen-error.ts";
import { makeProgram } from "./program.ts";

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

try {
  await makeProgram(context).parseAsync(process.argv);
  process.exit();
} catch (error) {
  // The option parser has written its own words by now; `--help` and `--version` come here too.
  if (error instanceof CommanderError) process.exit(error.exitCode);
  process.stderr.write(`${tell(error)}\n`);
  process.exit(1);
}
