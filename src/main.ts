import { ISOLATED_ROLE } from "./platform/isolation/port.ts";

// First of all, and with as little loaded as can be: this role has nothing to do with the rest.
if (process.argv[2] === ISOLATED_ROLE) {
  const { runAnalyst } = await import("./analyst.ts");
  process.exit(await runAnalyst(process.argv.slice(3)));
}

// A library of passkeys looks for it while it loads, and the bundler does not keep their order.
await import("reflect-metadata");
const { CommanderError } = await import("commander");
const { openApp, routeClasses } = await import("./app.ts");
const { languageOf } = await import("./commands/config.ts");
const { ConfigError } = await import("./config/problems.ts");
const { Failure } = await import("./kernel/errors/catalogue.ts");
const { ListenError } = await import("./platform/listen/listen-error.ts");
const { makeProgram } = await import("./program.ts");

const language = languageOf(process.env);

/** What a person at the terminal is told of an error that ends the program. */
function tell(error: unknown): string {
  if (error instanceof ConfigError) return error.words(language);
  if (error instanceof Failure) return `${error.words(language)}\n${error.help(language)}`;
  if (error instanceof ListenError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  const program = makeProgram({
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
  });
  await program.parseAsync(process.argv);
  process.exit();
} catch (error) {
  // The option parser has written its own words by now; `--help` and `--version` come here too.
  if (error instanceof CommanderError) process.exit(error.exitCode);
  process.stderr.write(`${tell(error)}\n`);
  process.exit(1);
}
