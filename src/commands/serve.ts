import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { buildInfo } from "../config/build-info.ts";
import type { Config } from "../config/schema.ts";
import { configWarnings } from "../config/warnings.ts";
import { openTelemetry } from "../platform/telemetry/open.ts";
import type { Telemetry } from "../platform/telemetry/telemetry.ts";
import { addConfigOptions, type CommandContext, readConfig } from "./config.ts";

/** A running registry, as far as this command cares. */
export interface Running {
  readonly urls: readonly string[];
  readonly firstPassword: string | undefined;
  close(): Promise<void>;
}

export interface ServeContext extends CommandContext {
  /** Whether a person reads the output. */
  readonly terminal: boolean;
  readonly routeClasses: readonly string[];
  open(config: Config, telemetry: Telemetry): Promise<Running>;
  /** Resolves when the process is asked to stop. */
  stopAsked(): Promise<string>;
}

const words = {
  description: { en: "serve the registry", zh: "启动仓库服务" },
  listening: { en: "listening on", zh: "监听于" },
  password: {
    en: "The first administrator is `admin`. This password is shown once and stored nowhere:",
    zh: "首位管理员为 `admin`。此密码仅显示一次且不会存储：",
  },
  passwordFile: {
    en: "The first administrator is `admin`; the password is in",
    zh: "首位管理员为 `admin`；密码保存在",
  },
} as const;

/** The first password goes to the terminal, or where there is none to a file for the owner alone. */
async function tellPassword(
  { out, terminal, language }: ServeContext,
  folder: string,
  password: string,
): Promise<void> {
  if (terminal) {
    out(`${words.password[language]}\n\n    ${password}\n\n`);
    return;
  }
  const file = join(folder, "first-password");
  await writeFile(file, `${password}\n`, { mode: 0o600, flag: "wx" });
  out(`${words.passwordFile[language]} ${file}\n`);
}

/** `entrepot serve`. */
export function serveCommand(context: ServeContext): Command {
  const { language } = context;
  const command = addConfigOptions(new Command("serve"), language);
  return command.description(words.description[language]).action(async () => {
    const { config, origins } = readConfig(command, context.env);
    const telemetry = openTelemetry({
      level: config.log.level,
      format: config.log.format,
      access: config.log.access,
      routes: context.routeClasses,
      build: buildInfo,
    });
    const { logger } = telemetry;
    for (const warning of configWarnings(config, origins)) {
      logger.warn({ code: warning.code, key: warning.key }, warning[language]);
    }
    const stopAsked = context.stopAsked();
    const running = await context.open(config, telemetry);
    if (running.firstPassword !== undefined) {
      await tellPassword(context, config.data, running.firstPassword);
    }
    for (const url of running.urls) context.out(`${words.listening[language]} ${url}\n`);
    const signal = await stopAsked;
    logger.info({ signal }, "stopping");
    await running.close();
    logger.info({}, "stopped");
    telemetry.flush();
  });
}
