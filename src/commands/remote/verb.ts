import { Command, CommanderError, Option } from "commander";
import { splitPlace, splitServer } from "../../client/image-name.ts";
import { complaintOf } from "./complaint.ts";
import { type ConnectionFlags, connect, type RemoteContext } from "./connection.ts";
import { FORMATS, formatOf, type OutputFlags } from "./output.ts";
import { Remote } from "./remote.ts";
import type { Words } from "./words.ts";

export interface VerbOption {
  /** As the option parser reads it: `--name <text>`, `--name <text...>` for several. */
  readonly flags: string;
  readonly words: Words;
  readonly choices?: readonly string[];
  readonly isNeeded?: boolean;
}

/** One thing that can be done. `O` is what its own options give. */
export interface Action<O> {
  /** `create <name>`. */
  readonly usage: string;
  /** What its arguments can be, in their order, where that is known. */
  readonly choices?: readonly (readonly string[])[];
  readonly words: Words;
  /** A command line as people write it, or several. */
  readonly example: string | readonly string[];
  readonly options?: readonly VerbOption[];
  /** Throws `RestProblem`, `RestFault`, `Complaint` and the like. */
  readonly run: (args: readonly string[], options: O) => Promise<void>;
}

/** One thing that can be asked of a server. */
export interface Verb<O> extends Omit<Action<O>, "run"> {
  /** How many of the arguments, from the first on, may begin with the server that is asked. */
  readonly names?: number;
  /** Whether such an argument may be the server alone. */
  readonly isPlace?: boolean;
  /** It looks for a kept login by itself, or wants none. */
  readonly isGiven?: boolean;
  /** The arguments come without the server. */
  readonly run: (remote: Remote, args: readonly string[], options: O) => Promise<void>;
}

const HEADINGS = {
  connection: { en: "Server and credential:", zh: "服务与凭据：" },
  output: { en: "Output:", zh: "输出：" },
  example: { en: "Example:", zh: "示例：" },
} as const;

export const CONNECTION: readonly VerbOption[] = [
  {
    flags: "--server <url>",
    words: {
      en: "the server (or ENTREPOT_SERVER; else http://127.0.0.1:5000)",
      zh: "服务地址（或 ENTREPOT_SERVER；默认 http://127.0.0.1:5000）",
    },
  },
  {
    flags: "--token-file <file>",
    words: {
      en: "a token in a file, `-` for standard input (or ENTREPOT_TOKEN)",
      zh: "存放令牌的文件，`-` 表示标准输入（或 ENTREPOT_TOKEN）",
    },
  },
  {
    flags: "--user <name>",
    words: { en: "log in by name (or ENTREPOT_USER)", zh: "用户名（或 ENTREPOT_USER）" },
  },
  {
    flags: "--password-stdin",
    words: {
      en: "its password, from standard input (or ENTREPOT_PASSWORD)",
      zh: "从标准输入读取密码（或 ENTREPOT_PASSWORD）",
    },
  },
  {
    flags: "--ca-file <file>",
    words: {
      en: "certificates (PEM) to trust besides the system's",
      zh: "除系统证书外还信任的证书（PEM）",
    },
  },
];

export const OUTPUT: readonly VerbOption[] = [
  {
    flags: "-o, --output <format>",
    words: { en: "how it is printed; else table", zh: "输出格式；默认 table" },
    choices: FORMATS,
  },
  { flags: "--json", words: { en: "the same as --output json", zh: "等同于 --output json" } },
];

function optionOf({ flags, words, choices, isNeeded }: VerbOption, language: "en" | "zh"): Option {
  const option = new Option(flags, words[language]);
  if (choices !== undefined) option.choices(choices);
  if (isNeeded === true) option.makeOptionMandatory();
  return option;
}

/** A command that only holds others. */
export function group(name: string, words: Words, { language }: RemoteContext): Command {
  return new Command(name).description(words[language]);
}

/** Options of a command that stand under a heading of their own. */
export interface OptionGroup {
  readonly heading: keyof typeof HEADINGS;
  readonly options: readonly VerbOption[];
}

/** Hangs a command into its group, whatever it does; its complaints get their exit codes here. */
export function addAction<O extends object>(
  parent: Command,
  { language }: RemoteContext,
  { usage, choices = [], words, example, options = [], run }: Action<O>,
  groups: readonly OptionGroup[] = [],
): Command {
  const command = parent.command(usage).summary(words[language]);
  const examples = typeof example === "string" ? [example] : example;
  // A line that begins with a space is left as it is.
  const shown = examples.map((each) => `  ${each}`).join("\n");
  command.description(`${words[language]}\n\n${HEADINGS.example[language]}\n${shown}`);
  choices.forEach((each, at) => void command.registeredArguments[at]?.choices(each));
  for (const each of options) command.addOption(optionOf(each, language));
  for (const { heading, options: more } of groups) {
    for (const each of more) {
      command.addOption(optionOf(each, language).helpGroup(HEADINGS[heading][language]));
    }
  }
  return command.action(async () => {
    try {
      await run(command.args, command.opts<O>());
    } catch (error) {
      const complaint = error instanceof CommanderError ? undefined : complaintOf(error);
      if (complaint === undefined) throw error;
      const { exit, words: said } = complaint;
      command.error(said[language], { exitCode: exit, code: "remote.refused" });
    }
  });
}

/** Hangs a verb into its group. */
export function addVerb<O extends object>(
  parent: Command,
  context: RemoteContext,
  { names = 0, isPlace = false, isGiven = false, run, ...rest }: Verb<O>,
): void {
  const splitName = isPlace ? splitPlace : splitServer;
  const action: Action<O & ConnectionFlags & OutputFlags> = {
    ...rest,
    async run(args, flags) {
      const split = args.map((arg, at) =>
        at < names ? splitName(arg) : { server: undefined, rest: arg },
      );
      const named = split.map(({ server }) => server);
      const connection = await connect(flags, context, { named, isGiven });
      const remote = new Remote(connection, context, formatOf(flags));
      await run(
        remote,
        split.map((each) => each.rest),
        flags,
      );
    },
  };
  addAction(parent, context, action, [
    { heading: "connection", options: CONNECTION },
    { heading: "output", options: OUTPUT },
  ]);
}
