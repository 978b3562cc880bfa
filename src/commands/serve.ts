import { Command } from "commander";
import { buildInfo } from "../config/build-info.ts";
import type { Config } from "../config/schema.ts";
import { configWarnings } from "../config/warnings.ts";
import type { FirstPasswordFile } from "../features/identity/first-password.ts";
import { openTelemetry } from "../platform/telemetry/open.ts";
import type { Telemetry } from "../platform/telemetry/telemetry.ts";
import { addConfigOptions, type CommandContext, readConfig } from "./config.ts";

/** A running registry, as far as this command cares. */
export interface Running {
  readonly urls: readonly string[];
  close(): Promise<void>;
}

/** What `open` tells while it works. */
export interface ServeHooks {
  /** Where each setting that was given comes from. */
  readonly origins: ReadonlyMap<string, string>;
  /** The first administrator was made with this random password, which is in `file` too. */
  onFirstPassword(password: string, file: FirstPasswordFile): Promise<void>;
}

export interface ServeContext extends CommandContext {
  /** Whether a person reads the output. */
  readonly terminal: boolean;
  readonly routeClasses: readonly string[];
  open(config: Config, telemetry: Telemetry, hooks: ServeHooks): Promise<Running>;
  /** Resolves when the process is asked to stop. */
  stopAsked(): Promise<string>;
}

const words = {
  description: { en: "serve the registry", zh: "启动仓库服务" },
  listening: { en: "listening on", zh: "监听于" },
  publicUrl: { en: "clients reach it at", zh: "客户端访问地址" },
  password: {
    en: "The first administrator is `admin`. This password is shown once and stored nowhere:",
    zh: "首位管理员为 `admin`。此密码仅显示一次且不会存储：",
  },
  passwordFile: {
    en: "The first administrator is `admin`; the password is in",
    zh: "首位管理员为 `admin`；密码保存在",
  },
} as const;

/** The first password goes to the terminal; where there is none it stays in its file. */
async function tellPassword(
  { out, terminal, language }: ServeContext,
  password: string,
  file: FirstPasswordFile,
): Promise<void> {
  if (!terminal) {
    out(`${words.passwordFile[language]} ${file.path}\n`);
    return;
  }
  out(`${words.password[language]}\n\n    ${password}\n\n`);
  await file.remove();
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
    const running = await context.open(config, telemetry, {
      origins,
      onFirstPassword: (password, file) => tellPassword(context, password, file),
    });
    for (const url of running.urls) context.out(`${words.listening[language]} ${url}\n`);
    const { publicUrl } = config.server;
    if (publicUrl !== "") context.out(`${words.publicUrl[language]} ${publicUrl}\n`);
    const signal = await stopAsked;
    logger.info({ signal }, "stopping");
    await running.close();
    logger.info({}, "stopped");
    telemetry.flush();
  });
}
