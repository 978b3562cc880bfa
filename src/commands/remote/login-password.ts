import type { Command } from "commander";
import { z } from "zod";
import type { RemoteContext } from "./connection.ts";
import { type Remote, read } from "./remote.ts";
import { seconds, timeText } from "./values.ts";
import { addVerb } from "./verb.ts";
import { titles, view } from "./views.ts";

const made = z.object({ name: z.string(), secret: z.string(), expiresAt: z.number().nullable() });
const passwordView = view(made, [
  { title: titles.name, of: ({ name }) => name },
  { title: titles.expires, of: ({ expiresAt }) => timeText(expiresAt) },
]);

interface Flags {
  readonly ttl?: string;
  readonly workloadToken?: string;
  readonly robot?: string;
  readonly rule?: string;
}

async function ask(remote: Remote, flags: Flags): Promise<unknown> {
  const { ttl, workloadToken, robot, rule } = flags;
  const ttlSeconds = seconds(ttl);
  if (workloadToken === undefined) {
    return await remote.rest.call("POST", "/login-passwords", { body: { ttlSeconds } });
  }
  const token = (await remote.inputs.secret(workloadToken)).reveal();
  const body = { token, robot, rule, ttlSeconds };
  return await remote.rest.call("POST", "/workload/exchange", { body });
}

/** Hangs `entrepot login-password` into the program. */
export function addLoginPassword(program: Command, context: RemoteContext): void {
  addVerb<Flags>(program, context, {
    usage: "login-password",
    words: {
      en: "print a short-lived password for `docker login --password-stdin`, and nothing else",
      zh: "仅输出用于 `docker login --password-stdin` 的短期密码",
    },
    example: "entrepot login-password | docker login -u ada --password-stdin registry.example.com",
    options: [
      {
        flags: "--ttl <duration>",
        words: { en: "how long it is valid: 1h", zh: "有效期，如 1h" },
      },
      {
        flags: "--workload-token <file>",
        words: {
          en: "exchange this token of a trusted issuer, `-` for standard input",
          zh: "用受信任签发方的令牌换取，`-` 表示标准输入",
        },
      },
      {
        flags: "--robot <name>",
        words: { en: "with it: become this robot", zh: "与前述令牌合用：指定机器人账户" },
      },
      {
        flags: "--rule <id>",
        words: {
          en: "with it: by this trust rule (`trust show` tells the id)",
          zh: "与前述令牌合用：指定信任规则（编号见 `trust show`）",
        },
      },
    ],
    async run(remote, _, flags) {
      const answer = await ask(remote, flags);
      const { name, secret } = read(made, answer);
      await remote.showSecret(passwordView, answer, secret, {
        en: `Use it: docker login -u ${name} --password-stdin ${remote.url.host}`,
        zh: `用法：docker login -u ${name} --password-stdin ${remote.url.host}`,
      });
    },
  });
}
