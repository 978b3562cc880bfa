import { Command, CommanderError, Option } from "commander";
import { complaintOf, misuse } from "./complaint.ts";
import { type ConnectionFlags, connect, type RemoteContext } from "./connection.ts";
import { type OutputForm, Remote } from "./remote.ts";
import type { Words } from "./words.ts";

export interface VerbOption {
  /** As the option parser reads it: `--name <text>`. */
  readonly flags: string;
  readonly words: Words;
  readonly choices?: readonly string[];
  readonly isNeeded?: boolean;
}

/** One thing that can be asked of a server. `O` is what its own options give. */
export interface Verb<O> {
  /** `create <name>`. */
  readonly usage: string;
  readonly words: Words;
  /** A command line as people write it. */
  readonly example: string;
  readonly options?: readonly VerbOption[];
  /** Throws `RestProblem`, `RestFault` or `Complaint`. */
  readonly run: (remote: Remote, args: readonly string[], options: O) => Promise<void>;
}

const HEADINGS = {
  connection: { en: "Server and credential:", zh: "服务与凭据：" },
  example: { en: "Example:", zh: "示例：" },
} as const;

const CONNECTION: readonly VerbOption[] = [
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
  {
    flags: "--output <form>",
    words: { en: "how to print", zh: "输出格式" },
    choices: ["table", "json", "yaml"],
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

function nameOf({ flags }: VerbOption): string {
  return flags.split(" ", 1)[0] ?? "";
}

interface Printing {
  readonly json?: boolean;
  readonly output?: OutputForm;
}

/** Throws `Complaint` for two forms at once. */
function formOf({ json, output }: Printing, isOwn: boolean): OutputForm {
  if (isOwn) return json === true ? "json" : "table";
  if (json !== true) return output ?? "table";
  if (output === undefined || output === "json") return "json";
  throw misuse("give either --json or --output", "--json 与 --output 只能二选一");
}

/** Hangs a verb into its group. */
export function addVerb<O extends object>(
  parent: Command,
  context: RemoteContext,
  { usage, words, example, options = [], run }: Verb<O>,
): void {
  const { language } = context;
  const command = parent.command(usage).summary(words[language]);
  // A line that begins with a space is left as it is.
  command.description(`${words[language]}\n\n${HEADINGS.example[language]}\n  ${example}`);
  for (const each of options) command.addOption(optionOf(each, language));
  // A verb that writes a file has an `--output` of its own, and a form of its own with it.
  const own = new Set(options.map(nameOf));
  for (const each of CONNECTION.filter((every) => !own.has(nameOf(every)))) {
    command.addOption(optionOf(each, language).helpGroup(HEADINGS.connection[language]));
  }
  command.action(async () => {
    const flags = command.opts<O & ConnectionFlags & Printing>();
    try {
      const connection = await connect(flags, context);
      await run(
        new Remote(connection, context, formOf(flags, own.has("--output"))),
        command.args,
        flags,
      );
    } catch (error) {
      const complaint = error instanceof CommanderError ? undefined : complaintOf(error);
      if (complaint === undefined) throw error;
      const { exit, words: said } = complaint;
      command.error(said[language], { exitCode: exit, code: "remote.refused" });
    }
  });
}
