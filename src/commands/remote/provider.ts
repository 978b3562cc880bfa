import { type Command, CommanderError } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import { EXIT } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { read } from "./remote.ts";
import { addVerb, group } from "./verb.ts";
import { titles, view } from "./views.ts";

const providerView = view(z.object({ name: z.string(), label: z.string(), type: z.string() }), [
  { title: titles.name, of: ({ name }) => name },
  { title: { en: "Type", zh: "类型" }, of: ({ type }) => type },
  { title: { en: "Label", zh: "显示名称" }, of: ({ label }) => label },
]);

const report = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({
      step: z.string(),
      ok: z.boolean(),
      reason: z.string().optional(),
      facts: z.record(z.string(), z.unknown()),
    }),
  ),
});
type Step = z.output<typeof report>["steps"][number];

const COLUMNS = [
  { title: { en: "Step", zh: "步骤" }, of: ({ step }: Step) => step },
  { title: { en: "Fine", zh: "正常" }, of: ({ ok }: Step) => ok },
  {
    title: { en: "What came back", zh: "返回内容" },
    of: ({ reason, facts }: Step) => {
      const told = Object.entries(facts).map(
        ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      return [...(reason === undefined ? [] : [reason]), ...told];
    },
  },
];

interface Subject {
  readonly as?: string;
  readonly asPasswordFile?: string;
}

/** `entrepot provider`: the ways to log in that the configuration names. */
export function providerCommand(context: RemoteContext): Command {
  const command = group("provider", { en: "login providers", zh: "登录提供方" }, context);
  addVerb(command, context, {
    usage: "list",
    words: { en: "list the login providers", zh: "列出登录提供方" },
    example: "entrepot provider list",
    async run(remote) {
      const providers = remote.rest.list("/providers", { limit: undefined });
      await remote.showAll(providerView, providers);
    },
  });
  addVerb<Subject>(command, context, {
    usage: "test <name>",
    words: {
      en: "try a login provider and tell step by step what came back (exit code 1: something is wrong)",
      zh: "测试登录提供方并逐步显示结果（退出码 1：存在问题）",
    },
    example: "entrepot provider test corp --as ada",
    options: [
      { flags: "--as <name>", words: { en: "look for this person", zh: "查找此用户" } },
      {
        flags: "--as-password-file <file>",
        words: {
          en: "and check their password, `-` for standard input",
          zh: "并验证其密码，`-` 表示标准输入",
        },
      },
    ],
    async run(remote, [name = ""], { as, asPasswordFile }) {
      const password =
        asPasswordFile === undefined ? undefined : await remote.inputs.secret(asPasswordFile);
      const body = { name: as, password: password?.reveal() };
      const answer = await remote.rest.call("POST", path`/providers/${name}/test`, { body });
      const found = read(report, answer);
      await remote.print(
        remote.isData ? remote.dataText(answer) : remote.table(found.steps, COLUMNS),
      );
      // What there is to say has been said.
      if (!found.ok) throw new CommanderError(EXIT.failed, "provider.fails", "");
    },
  });
  return command;
}
