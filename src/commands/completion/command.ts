import type { Command } from "commander";
import type { RemoteContext } from "../remote/connection.ts";
import { addAction } from "../remote/verb.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { treeOf } from "./tree.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;

function isShell(text: string): text is Shell {
  return Object.hasOwn(SCRIPTS, text);
}

/** Hangs in `entrepot completion`; what it prints is made from the whole program. */
export function addCompletion(program: Command, context: RemoteContext): void {
  addAction(program, context, {
    usage: "completion <shell>",
    choices: [Object.keys(SCRIPTS)],
    words: {
      en: "print what makes a shell complete commands, options and names",
      zh: "输出用于 shell 自动补全命令、选项与名称的脚本",
    },
    example: [
      "source <(entrepot completion bash)",
      "source <(entrepot completion zsh)",
      "entrepot completion fish | source",
    ],
    async run([shell = ""]) {
      if (isShell(shell)) await context.streams.out([SCRIPTS[shell](treeOf(program))]);
    },
  });
}
