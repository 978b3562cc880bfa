import { type TreeNode, type Value, valuedOf } from "./tree.ts";

/** A word as the shells of this family read it back. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What a shell is told of a place: words, or a sign for what it looks up by itself. */
export function valueText(value: Value): string {
  return value.kind === "choices" ? value.choices.join(" ") : `@${value.kind}`;
}

/** Entries of one body share it. */
export function shared(
  entries: readonly (readonly [key: string, body: string])[],
): [keys: string[], body: string][] {
  const byBody = new Map<string, string[]>();
  for (const [key, body] of entries) byBody.set(body, [...(byBody.get(body) ?? []), key]);
  return [...byBody].map(([body, keys]) => [keys, body]);
}

/** `case … in` branches. */
export function branches(entries: readonly (readonly [string, string])[]): string {
  return shared(entries)
    .map(([keys, body]) => `    ${keys.map(quoted).join("|")}) ${body} ;;`)
    .join("\n");
}

/** A command with one of its options → what follows the option. */
export function optionValues(nodes: readonly TreeNode[]): [string, string][] {
  return nodes.flatMap(({ at, options }) =>
    options.flatMap(({ names, value }) =>
      value === undefined || value.kind === "text"
        ? []
        : names.map((name): [string, string] => [`${at} ${name}`, valueText(value)]),
    ),
  );
}

/** More arguments than anybody gives. */
const MANY = 20;

/** A command with a place after it, from 0 on → what stands there. */
export function argumentValues(nodes: readonly TreeNode[]): [string, string][] {
  return nodes.flatMap(({ at, args, isLong }) =>
    args.flatMap((value, place) => {
      if (value.kind === "text") return [];
      const count = isLong && place === args.length - 1 ? MANY : 1;
      return Array.from({ length: count }, (_, more): [string, string] => [
        `${at} ${place + more}`,
        valueText(value),
      ]);
    }),
  );
}

/**
 * Names of repositories, from the server; nothing where that does not work. What a server of bad
 * will says instead of a name never gets to a command line.
 */
export const REPOSITORIES = `entrepot ls --name "$1" --limit 50 --output yaml </dev/null 2>/dev/null |
    sed -n 's/^ *\\(- \\)\\{0,1\\}name: \\([a-z0-9][a-z0-9._/-]*\\)$/\\2/p'`;

/** Goes over the words before the one that is completed: which command, what is awaited. */
export function walk(nodes: readonly TreeNode[], { words, first, end }: Words): string {
  const commands = nodes.filter(({ at }) => at !== "").map(({ at }) => quoted(at));
  return `  local at="" after="" word
  local -i place=0 i
  for ((i = ${first}; i < ${end}; i++)); do
    word="\${${words}[i]}"
    [[ $word == "=" ]] && continue
    if [[ -n $after ]]; then after=""; continue; fi
    case "$word" in
    ${valuedOf(nodes).map(quoted).join("|")}) after="$word"; continue ;;
    -*) continue ;;
    esac
    case "\${at:+$at }$word" in
    ${commands.join("|")}) at="\${at:+$at }$word"; place=0 ;;
    *) place+=1 ;;
    esac
  done`;
}

/** How a shell names the words of the command line. */
export interface Words {
  readonly words: string;
  /** The place of the first word after the program. */
  readonly first: number;
  /** The place of the word that is completed. */
  readonly end: string;
}
