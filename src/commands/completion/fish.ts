import { argumentValues, optionValues, REPOSITORIES, shared } from "./posix.ts";
import { type TreeNode, valuedOf } from "./tree.ts";

/** A word as fish reads it back. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

interface Described {
  readonly name: string;
  readonly words: string;
}

/** Prints names, each with its description behind a tab. */
function print(entries: readonly Described[]): string {
  const each = entries.map(({ name, words }) => `${quoted(name)} ${quoted(words)}`);
  return `printf '%s\\t%s\\n' ${each.join(" ")}`;
}

function looked(value: string): string {
  if (value === "@file") return "__fish_complete_path (commandline -ct)";
  if (value === "@repository") return "__entrepot_repositories (commandline -ct)";
  return `printf '%s\\n' ${value.split(" ").map(quoted).join(" ")}`;
}

function branches(entries: readonly (readonly [string, string])[]): string {
  return shared(entries)
    .map(
      ([keys, body]) => `            case ${keys.map(quoted).join(" ")}\n                ${body}`,
    )
    .join("\n");
}

/** The script for fish. */
export function fishScript(nodes: readonly TreeNode[]): string {
  const commands = nodes
    .filter((node) => node.commands.length > 0)
    .map(({ at, commands }): [string, string] => [at, print(commands)]);
  const options = nodes.map(({ at, options }): [string, string] => [
    at,
    print(options.flatMap(({ names, words }) => names.map((name) => ({ name, words })))),
  ]);
  const values = (entries: readonly (readonly [string, string])[]) =>
    branches(entries.map(([key, value]) => [key, looked(value)]));
  const known = nodes.filter(({ at }) => at !== "").map(({ at }) => quoted(at));
  return `# Completion of entrepot for fish: entrepot completion fish | source
function __entrepot_repositories
    ${REPOSITORIES.replace(/\n */, " ").replace('"$1"', '"$argv[1]"')}
end

function __entrepot_complete
    set -l at ''
    set -l after ''
    set -l place 0
    for word in (commandline -opc)[2..-1]
        if test -n "$after"
            set after ''
            continue
        end
        switch $word
            case ${valuedOf(nodes).map(quoted).join(" ")}
                set after $word
                continue
            case '-*'
                continue
        end
        switch (string trim "$at $word")
            case ${known.join(" ")}
                set at (string trim "$at $word")
                set place 0
            case '*'
                set place (math $place + 1)
        end
    end
    if test -n "$after"
        switch "$at $after"
${values(optionValues(nodes))}
        end
        return
    end
    if string match -q -- '-*' (commandline -ct)
        switch "$at"
${branches(options)}
        end
        return
    end
    if test $place -eq 0
        switch "$at"
${branches(commands)}
        end
    end
    switch "$at $place"
${values(argumentValues(nodes))}
    end
end

complete -c entrepot -f -a '(__entrepot_complete)'
`;
}
