import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { userId } from "./find.ts";
import { type Remote, read } from "./remote.ts";
import { addVerb, type VerbOption } from "./verb.ts";
import { tokenView, userView, view } from "./views.ts";

const PASSWORD: readonly VerbOption[] = [
  {
    flags: "--new-password-file <file>",
    words: {
      en: "the new password, `-` for standard input; else a random one is told once",
      zh: "存放新密码的文件，`-` 表示标准输入；未给出时随机生成并仅显示一次",
    },
  },
  {
    flags: "--must-change",
    words: { en: "a new one is to be chosen at the next login", zh: "下次登录时须修改密码" },
  },
  { flags: "--no-must-change", words: { en: "it can be kept", zh: "无需修改密码" } },
];

interface PasswordFlags {
  readonly newPasswordFile?: string;
  readonly mustChange?: boolean;
}

interface CreateFlags extends PasswordFlags {
  readonly displayName?: string;
  readonly email?: string;
  readonly description?: string;
}

const told = z.object({ password: z.string().nullable() });
const TOLD_ONCE = {
  en: "The password is told once and stored nowhere.",
  zh: "密码仅显示一次，不会存储。",
};
/** The name stands beside the password; there is nothing else to show. */
const nothing = view(told, []);

async function given(remote: Remote, file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await remote.inputs.secret(file)).reveal();
}

/** Passwords, tokens, sessions and second factors of somebody else. */
export function addUserCredentialVerbs(
  command: Command,
  context: RemoteContext,
  details: readonly VerbOption[],
): void {
  addVerb<CreateFlags>(command, context, {
    usage: "create <name>",
    words: { en: "make a local user", zh: "创建本地用户" },
    example: "entrepot user create ada --display-name 'Ada Lovelace'",
    options: [...details, ...PASSWORD],
    async run(remote, [name = ""], { newPasswordFile, mustChange, ...rest }) {
      const { displayName, email, description } = rest;
      const password = await given(remote, newPasswordFile);
      const mustChangePassword = mustChange;
      const body = { name, displayName, email, description, password, mustChangePassword };
      const made = await remote.rest.call("POST", "/users", { body });
      const random = read(told, made).password;
      if (random === null) return await remote.show(userView, made);
      await remote.showSecret(userView, made, random, TOLD_ONCE);
    },
  });
  addVerb<PasswordFlags>(command, context, {
    usage: "password <name>",
    words: { en: "give a user another password", zh: "重设用户密码" },
    example: "entrepot user password ada",
    options: PASSWORD,
    async run(remote, [name = ""], { newPasswordFile, mustChange }) {
      const { rest } = remote;
      const target = path`/users/${await userId(rest, name)}/password`;
      const password = await given(remote, newPasswordFile);
      const answer = await rest.call("PUT", target, { body: { password, mustChange } });
      const random = read(told, answer).password;
      await remote.note({ en: "{name} has a new password", zh: "{name} 的密码已更新" }, { name });
      if (random !== null) await remote.showSecret(nothing, answer, random, TOLD_ONCE);
    },
  });
  addVerb<{ readonly revoke?: string }>(command, context, {
    usage: "tokens <name>",
    words: { en: "list a user's tokens, or revoke one", zh: "列出或吊销用户的令牌" },
    example: "entrepot user tokens ada",
    options: [{ flags: "--revoke <id>", words: { en: "revoke this one", zh: "吊销此令牌" } }],
    async run(remote, [name = ""], { revoke }) {
      const { rest } = remote;
      const id = await userId(rest, name);
      if (revoke === undefined) {
        return await remote.showAll(tokenView, rest.list(path`/users/${id}/tokens`));
      }
      await rest.call("DELETE", path`/users/${id}/tokens/${revoke}`);
      await remote.note({ en: "revoked {revoke}", zh: "已吊销 {revoke}" }, { revoke });
    },
  });
  addVerb(command, context, {
    usage: "sign-out <name>",
    words: { en: "end all sessions of a user", zh: "结束用户的全部会话" },
    example: "entrepot user sign-out ada",
    async run(remote, [name = ""]) {
      const { rest } = remote;
      await rest.call("DELETE", path`/users/${await userId(rest, name)}/sessions`);
      await remote.note({ en: "{name} is signed out", zh: "{name} 已全部登出" }, { name });
    },
  });
  addVerb(command, context, {
    usage: "reset-factors <name>",
    words: {
      en: "remove the second factors of a user who has lost them",
      zh: "清除用户丢失的第二验证因素",
    },
    example: "entrepot user reset-factors ada",
    async run(remote, [name = ""]) {
      const { rest } = remote;
      await rest.call("DELETE", path`/users/${await userId(rest, name)}/factors`);
      await remote.note(
        { en: "{name} has no second factor now", zh: "{name} 的第二验证因素已清除" },
        { name },
      );
    },
  });
}
