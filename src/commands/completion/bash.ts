import { argumentValues, branches, optionValues, quoted, REPOSITORIES, walk } from "./posix.ts";
import type { TreeNode } from "./tree.ts";

/** Sets `found` for a key. */
function found(entries: readonly (readonly [string, string])[]): string {
  return branches(entries.map(([key, value]) => [key, `found=${quoted(value)}`]));
}

/** The script for bash; it works from 3.2 on. */
export function bashScript(nodes: readonly TreeNode[]): string {
  const commands = nodes
    .filter((node) => node.commands.length > 0)
    .map(({ at, commands }): [string, string] => [at, commands.map(({ name }) => name).join(" ")]);
  const options = nodes.map(({ at, options }): [string, string] => [
    at,
    options.flatMap(({ names }) => names).join(" "),
  ]);
  return `# Completion of entrepot for bash: source <(entrepot completion bash)
_entrepot_repositories() {
  ${REPOSITORIES}
}

_entrepot() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" found="" each
${walk(nodes, { words: "COMP_WORDS", first: 1, end: "COMP_CWORD" })}
  [[ $cur == "=" ]] && cur=""
  if [[ -n $after ]]; then
    case "$at $after" in
${found(optionValues(nodes))}
    esac
  elif [[ $cur == -* ]]; then
    case "$at" in
${found(options)}
    esac
  else
    ((place == 0)) && case "$at" in
${found(commands)}
    esac
    [[ -z $found ]] && case "$at $place" in
${found(argumentValues(nodes))}
    esac
  fi
  COMPREPLY=()
  while IFS= read -r each; do
    [[ -n $each && $each == "$cur"* ]] && COMPREPLY+=("$each")
  done < <(case "$found" in
    @file) compgen -f -- "$cur" ;;
    @repository) _entrepot_repositories "$cur" ;;
    *) tr ' ' '\\n' <<<"$found" ;;
  esac)
}

complete -o bashdefault -F _entrepot entrepot
`;
}
