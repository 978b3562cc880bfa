import { type Command, CommanderError } from "commander";
import { z } from "zod";
import { isAction } from "../../features/access/permissions.ts";
import { EXIT, misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { addMemberVerbs } from "./members.ts";
import { printable } from "./printable.ts";
import { type Remote, read } from "./remote.ts";
import type { Column } from "./table.ts";
import { addVerb, group } from "./verb.ts";
import { titles } from "./views.ts";

const words = z.object({ en: z.string(), zh: z.string() });
const step = z.object({ step: z.string(), outcome: z.string(), words });
const binding = z.object({
  id: z.string(),
  role: z.string(),
  subject: z.string(),
  scope: z.string(),
  outcome: z.string(),
  words,
});
const explanation = z.object({
  allowed: z.boolean(),
  words,
  steps: z.array(step),
  bindings: z.array(binding),
});

type Explanation = z.output<typeof explanation>;

const OUTCOMES: Readonly<Record<string, { en: string; zh: string }>> = {
  allows: { en: "allows", zh: "允许" },
  refuses: { en: "refuses", zh: "拒绝" },
  passes: { en: "goes on", zh: "继续" },
};
const OUTCOME = { en: "Outcome", zh: "结果" };
const WHY = { en: "Why", zh: "原因" };
const ANSWER = {
  true: { en: "allowed: ", zh: "允许：" },
  false: { en: "refused: ", zh: "拒绝：" },
};
const HEADS = {
  steps: { en: "What was looked at:", zh: "检查步骤：" },
  bindings: { en: "Bindings:", zh: "授权：" },
};

function stepColumns(language: "en" | "zh"): Column<z.output<typeof step>>[] {
  return [
    { title: { en: "Step", zh: "步骤" }, of: (each) => each.step },
    { title: OUTCOME, of: ({ outcome }) => OUTCOMES[outcome]?.[language] ?? outcome },
    { title: WHY, of: (each) => each.words[language] },
  ];
}

function bindingColumns(language: "en" | "zh"): Column<z.output<typeof binding>>[] {
  return [
    { title: titles.role, of: ({ role }) => role },
    { title: { en: "Of", zh: "对象" }, of: ({ subject }) => subject },
    { title: { en: "Where", zh: "范围" }, of: ({ scope }) => scope },
    { title: OUTCOME, of: ({ outcome }) => outcome },
    { title: WHY, of: (each) => each.words[language] },
    { title: titles.id, of: ({ id }) => id },
  ];
}

/** The explanation for a person: the answer first, then how it came about. */
function tell(found: Explanation, remote: Remote): string {
  const { language } = remote;
  const answer = ANSWER[found.allowed ? "true" : "false"][language];
  const parts = [
    `${answer}${printable(found.words[language])}\n`,
    `${HEADS.steps[language]}\n${remote.table(found.steps, stepColumns(language))}`,
  ];
  if (found.bindings.length > 0) {
    const bindings = remote.table(found.bindings, bindingColumns(language));
    parts.push(`${HEADS.bindings[language]}\n${bindings}`);
  }
  return parts.join("\n");
}

/** Who is asked about, as REST names them; undefined for oneself. */
export function whoOf(as: string | undefined) {
  if (as === undefined) return undefined;
  if (as === "anonymous") return { kind: "anonymous" } as const;
  const name = as.replace(/^user:/, "");
  return { kind: name.startsWith("robot+") ? "robot" : "user", name } as const;
}

/** An action by its whole name, or by what it does to a repository. Throws `Complaint`. */
export function actionOf(text: string): string {
  const action = text.includes(":") ? text : `repository:${text}`;
  // Refused here: the server's own refusal would end with the code that means "not allowed".
  if (isAction(action)) return action;
  throw misuse(
    `there is no action ${printable(text)}; see \`entrepot role permissions\``,
    `不存在操作 ${printable(text)}；请查看 \`entrepot role permissions\``,
  );
}

/** `registry`, `project:NAME` or `NAME/REPO[:TAG]`. */
export function resourceOf(on: string) {
  if (on === "registry") return { kind: "registry" } as const;
  if (on.startsWith("project:")) {
    return { kind: "project", name: on.slice("project:".length) } as const;
  }
  const [name = "", tag, ...rest] = on.split(":");
  if (name === "" || tag === "" || rest.length > 0) {
    throw misuse(
      `${on} is nothing to act on: write registry, project:NAME or NAME/REPOSITORY[:TAG]`,
      `${on} 不是有效的对象：请写 registry、project:名称 或 名称/仓库[:标签]`,
    );
  }
  return { kind: "repository", name, tag } as const;
}

interface Flags {
  readonly as?: string;
  readonly action: string;
  readonly on: string;
  readonly address?: string;
  readonly secondFactor?: boolean;
}

/** `entrepot access`: who may do what, and why. */
export function accessCommand(context: RemoteContext): Command {
  const command = group(
    "access",
    { en: "who may do what, and why", zh: "管理与解释权限" },
    context,
  );
  addVerb<Flags>(command, context, {
    usage: "explain",
    words: {
      en: "say why something is allowed (exit code 0) or refused (1)",
      zh: "解释为何允许（退出码 0）或拒绝（退出码 1）",
    },
    example: "entrepot access explain --as ada --action push --on team/app:latest",
    options: [
      {
        flags: "--as <name>",
        words: {
          en: "a user, robot+… or anonymous; else yourself",
          zh: "用户、robot+… 或 anonymous；默认为自己",
        },
      },
      {
        flags: "--action <action>",
        words: { en: "such as push or project:read", zh: "操作，如 push 或 project:read" },
        isNeeded: true,
      },
      {
        flags: "--on <resource>",
        words: {
          en: "registry, project:NAME or NAME/REPOSITORY[:TAG]",
          zh: "registry、project:名称 或 名称/仓库[:标签]",
        },
        isNeeded: true,
      },
      {
        flags: "--address <address>",
        words: { en: "as if they came from here", zh: "假定来自此地址" },
      },
      {
        flags: "--second-factor",
        words: { en: "as if they had shown one", zh: "假定已通过第二验证因素" },
      },
    ],
    async run(remote, _, { as, action, on, address, secondFactor }) {
      const body = {
        as: whoOf(as),
        action: actionOf(action),
        on: resourceOf(on),
        context: { address, secondFactor },
      };
      const answer = await remote.rest.call("POST", "/access/explain", { body });
      const found = read(explanation, answer);
      await remote.print(remote.isData ? remote.dataText(answer) : tell(found, remote));
      // What there is to say has been said.
      if (!found.allowed) throw new CommanderError(EXIT.failed, "access.refused", "");
    },
  });
  addMemberVerbs(command, context, "system");
  return command;
}
