import { argumentValues, branches, optionValues, quoted, REPOSITORIES, walk } from "./posix.ts";
import type { TreeNode } from "./tree.ts";

interface Described {
  readonly name: string;
  readonly words: string;
}

/** What `_describe` reads: a colon ends the name. */
function array(entries: readonly Described[]): string {
  const each = entries.map(({ name, words }) => quoted(`${name.replaceAll(":", "\\:")}:${words}`));
  return `list=(${each.join(" ")})`;
}

function found(entries: readonly (readonly [string, string])[]): string {
  return branches(entries.map(([key, value]) => [key, `found=${quoted(value)}`]));
}

/** The script for zsh: a file \`_entrepot\` on its \`fpath\`, or sourced. */
export function zshScript(nodes: readonly TreeNode[]): string {
  const commands = nodes
    .filter((node) => node.commands.length > 0)
    .map(({ at, commands }): [string, string] => [at, array(commands)]);
  const options = nodes.map(({ at, options }): [string, string] => [
    at,
    array(options.flatMap(({ names, words }) => names.map((name) => ({ name, words })))),
  ]);
  return `#compdef entrepot
# Completion of entrepot for zsh: source <(entrepot completion zsh)
_entrepot_repositories() {
  ${REPOSITORIES}
}

_entrepot() {
  local found=""
  local -a list
${walk(nodes, { words: "words", first: 2, end: "CURRENT" })}
  if [[ -n $after ]]; then
    case "$at $after" in
${found(optionValues(nodes))}
    esac
  elif [[ $PREFIX == -* ]]; then
    case "$at" in
${branches(options)}
    esac
  else
    ((place == 0)) && case "$at" in
${branches(commands)}
    esac
    (($#list == 0)) && case "$at $place" in
${found(argumentValues(nodes))}
    esac
  fi
  if (($#list > 0)); then
    _describe entrepot list
    return
  fi
  case "$found" in
  @file) _files ;;
  @repository) compadd -- \${(f)"$(_entrepot_repositories "$PREFIX")"} ;;
  ?*) compadd -- \${=found} ;;
  esac
}

if [[ \${funcstack[1]} == _entrepot ]]; then _entrepot "$@"; else compdef _entrepot entrepot; fi
`;
}
