import type { Argument, Command, Option } from "commander";

/** What can stand in a place of the command line. */
export type Value =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "file" }
  /** The name of a repository, which the server knows. */
  | { readonly kind: "repository" }
  | { readonly kind: "text" };

export interface TreeOption {
  /** `--output`, `-o`. */
  readonly names: readonly string[];
  readonly words: string;
  /** Undefined for one that takes none. */
  readonly value: Value | undefined;
}

/** A command: what may follow it. */
export interface TreeNode {
  /** The names from the program's own on, which is left out: `project create`. */
  readonly at: string;
  readonly commands: readonly { readonly name: string; readonly words: string }[];
  readonly options: readonly TreeOption[];
  /** In their order. */
  readonly args: readonly Value[];
  /** Whether the last one goes for all that follow. */
  readonly isLong: boolean;
}

/** What placeholders stand for; those of arguments and of options are of one language. */
const FILES = new Set(["file", "folder", "folders", "path"]);
const REPOSITORIES = new Set(["repository", "reference", "source", "target", "from", "to"]);

function kindOf(choices: readonly string[] | undefined, name: string): Value["kind"] {
  if (choices !== undefined) return "choices";
  if (FILES.has(name)) return "file";
  return REPOSITORIES.has(name) ? "repository" : "text";
}

function valueFor(choices: readonly string[] | undefined, name: string): Value {
  const kind = kindOf(choices, name);
  return kind === "choices" ? { kind, choices: choices ?? [] } : { kind };
}

/** A description's first sentence fits beside a name. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function optionOf({
  short,
  long,
  description,
  argChoices,
  flags,
  required,
  optional,
}: Option): TreeOption {
  const names = [long, short].filter((name) => name !== undefined && name !== null);
  const isValued = required || optional;
  const placeholder = /[<[]([^>\].]+)/.exec(flags)?.[1] ?? "";
  const value = isValued ? valueFor(argChoices, placeholder) : undefined;
  return { names, words: firstLine(description), value };
}

function argumentOf(argument: Argument): Value {
  const kind = kindOf(argument.argChoices, argument.name());
  // A path of an argument is one of the API, or inside of an image.
  return kind === "file" ? { kind: "text" } : valueFor(argument.argChoices, argument.name());
}

/** Every command of a program, from the program itself on. */
export function treeOf(command: Command, above = "", isRoot = true): TreeNode[] {
  const at = isRoot ? "" : `${above} ${command.name()}`.trim();
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  const node: TreeNode = {
    at,
    commands: below.map((each) => ({
      name: each.name(),
      words: firstLine(each.summary() || each.description()),
    })),
    options: help.visibleOptions(command).map(optionOf),
    args: command.registeredArguments.map(argumentOf),
    isLong: command.registeredArguments.at(-1)?.variadic === true,
  };
  return [node, ...below.flatMap((each) => treeOf(each, at, false))];
}

/** The options that take the word which follows them, wherever they are. */
export function valuedOf(nodes: readonly TreeNode[]): string[] {
  const all = nodes.flatMap(({ options }) => options);
  const names = all.filter(({ value }) => value !== undefined).flatMap((each) => each.names);
  const bare = new Set(
    all.filter(({ value }) => value === undefined).flatMap((each) => each.names),
  );
  return [...new Set(names)].filter((name) => !bare.has(name)).sort();
}
