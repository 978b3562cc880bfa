import { Command, Option } from "commander";
import { stringify } from "yaml";
import type { Environment } from "../config/env-source.ts";
import { configFlags, flagName, parseSet } from "../config/flags.ts";
import { configKeys } from "../config/keys.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problems.ts";
import { redact } from "../config/redact.ts";
import { configWarnings } from "../config/warnings.ts";
import type { Given } from "../config/yaml-source.ts";

/** What a command may use of the process; `main.ts` gives the real one. */
export interface CommandContext {
  readonly env: Environment;
  /** Writes text to standard output as it is. */
  out(text: string): void;
  /** The language of the person at the terminal. */
  readonly language: "en" | "zh";
}

/** The language that the usual variables ask for (POSIX: LC_ALL, then LC_MESSAGES, then LANG). */
export function languageOf(env: Environment): "en" | "zh" {
  const asked = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find(
    (each) => each !== undefined && each !== "",
  );
  return asked?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
}

/** Gives a command `--config`, `--set` and the flag of each key that has one. */
export function addConfigOptions(command: Command, language: "en" | "zh"): Command {
  const words = {
    config: { en: "the YAML file (or ENTREPOT_CONFIG)", zh: "YAML 文件（或 ENTREPOT_CONFIG）" },
    set: { en: "set any key", zh: "设置任意键" },
  };
  command.addOption(new Option("--config <file>", words.config[language]));
  for (const flag of configFlags) command.addOption(new Option(flag.usage, flag[language]));
  return command.addOption(new Option("--set <key=value...>", words.set[language]));
}

/** What the flags of `addConfigOptions` gave, as overrides of the configuration. */
function overridesOf(command: Command): Given[] {
  const given: Given[] = [];
  for (const flag of configFlags) {
    const name = flagName(flag);
    const option = command.options.find((each) => each.long === name);
    const word = option?.attributeName();
    // A default of the option parser (`--no-…` has one) is not something that a person gave.
    if (word === undefined || command.getOptionValueSource(word) !== "cli") continue;
    given.push({ name: flag.key, value: flag.sets ?? command.getOptionValue(word), origin: name });
  }
  for (const text of (command.opts().set ?? []) as string[]) {
    const set = parseSet(text);
    if (set === undefined) {
      throw new ConfigError([
        {
          key: "",
          origin: "--set",
          en: `write \`key=value\`, not ${text}`,
          zh: `请写成 \`key=value\`，而不是 ${text}`,
        },
      ]);
    }
    given.push(set);
  }
  return given;
}

/** Reads the configuration for a command that got `addConfigOptions`. Throws `ConfigError`. */
export function readConfig(command: Command, env: Environment): LoadedConfig {
  const file = (command.opts().config as string | undefined) ?? env.ENTREPOT_CONFIG;
  const isNamed = file !== undefined && file !== "";
  return loadConfig({ overrides: overridesOf(command), env, ...(isNamed ? { file } : {}) });
}

/** `entrepot config check` and `entrepot config show`. */
export function configCommand(context: CommandContext): Command {
  const { language } = context;
  const words = {
    config: { en: "look at the configuration", zh: "查看配置" },
    check: { en: "say what is wrong or insecure", zh: "指出错误或不安全之处" },
    show: { en: "print what counts, without secrets", zh: "显示生效的配置（不含机密）" },
    json: { en: "print JSON", zh: "以 JSON 输出" },
    fine: { en: "the configuration is usable", zh: "配置可用" },
    warning: { en: "warning", zh: "警告" },
  };
  const parent = new Command("config").description(words.config[language]);

  const check = addConfigOptions(parent.command("check"), language);
  check.description(words.check[language]).action(() => {
    const { config, origins } = readConfig(check, context.env);
    for (const each of configWarnings(config, origins)) {
      context.out(`${words.warning[language]} ${each.code} (${each.key}): ${each[language]}\n`);
    }
    context.out(`${words.fine[language]}\n`);
  });

  const show = addConfigOptions(parent.command("show"), language).option(
    "--json",
    words.json[language],
  );
  show.description(words.show[language]).action(() => {
    const loaded = readConfig(show, context.env);
    context.out(show.opts().json === true ? asJson(loaded) : asYaml(loaded));
  });
  return parent;
}

function asJson({ config, origins }: LoadedConfig): string {
  const sources = Object.fromEntries(
    configKeys.map((key) => [key.name, origins.get(key.name) ?? "default"]),
  );
  return `${JSON.stringify({ config: redact(config), sources }, null, 2)}\n`;
}

function asYaml({ config, origins }: LoadedConfig): string {
  const sources = [...origins].map(([name, origin]) => `# ${name}: ${origin}\n`);
  return `${stringify(redact(config))}${sources.join("")}`;
}
