import type { Command } from "commander";
import { Complaint, EXIT } from "../remote/complaint.ts";
import type { RemoteContext } from "../remote/connection.ts";
import { printable, yamlText } from "../remote/printable.ts";
import { addVerb } from "../remote/verb.ts";
import { Exporter } from "./export.ts";

interface Flags {
  readonly project?: readonly string[];
}

/** Hangs `entrepot export` into the program. */
export function addExport(program: Command, context: RemoteContext): void {
  addVerb<Flags>(program, context, {
    usage: "export",
    words: {
      en: "write what is there as a file for `apply`; secrets are never in it",
      zh: "将现状写成 `apply` 可用的文件；不含任何机密",
    },
    example: "entrepot export --project team > team.yaml",
    options: [
      {
        flags: "--project <name...>",
        words: {
          en: "only these projects; else all, and what belongs to the installation",
          zh: "仅这些项目；未给出时为全部项目及系统内容",
        },
      },
    ],
    async run(remote, _, { project }) {
      const content = await new Exporter(remote).content(project);
      const found = content.projects ?? {};
      const lost = project?.find((name) => !Object.hasOwn(found, name));
      if (lost !== undefined) {
        const name = printable(lost);
        const words = { en: `there is no project ${name}`, zh: `不存在项目 ${name}` };
        throw new Complaint(EXIT.unknown, words);
      }
      // JSON escapes what a terminal would obey, and is YAML.
      const text = remote.isData ? remote.dataText(content) : yamlText(content);
      await remote.print(text);
    },
  });
}
