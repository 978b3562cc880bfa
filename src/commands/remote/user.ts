import type { Command } from "commander";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { userId } from "./find.ts";
import { addUserCredentialVerbs } from "./user-credentials.ts";
import { addUserLifeVerbs } from "./user-life.ts";
import { orNull } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { userView } from "./views.ts";

const DETAILS: readonly VerbOption[] = [
  { flags: "--display-name <text>", words: { en: "how they are shown", zh: "显示名称" } },
  { flags: "--email <address>", words: { en: "e-mail address", zh: "邮箱" } },
  { flags: "--description <text>", words: { en: "what it is for", zh: "说明" } },
];

interface Details {
  readonly displayName?: string;
  readonly email?: string;
  readonly description?: string;
}

interface Filters {
  readonly name?: string;
  readonly state?: string;
  readonly origin?: string;
  readonly administrators?: boolean;
}

/** `entrepot user`: the accounts of people. */
export function userCommand(context: RemoteContext): Command {
  const command = group("user", { en: "accounts of people", zh: "管理用户账户" }, context);
  addVerb<Filters>(command, context, {
    usage: "list",
    words: { en: "list users", zh: "列出用户" },
    example: "entrepot user list --state disabled",
    options: [
      { flags: "--name <prefix>", words: { en: "what the name begins with", zh: "名称前缀" } },
      {
        flags: "--state <state>",
        words: { en: "only those in this state", zh: "仅列出此状态的用户" },
        choices: ["active", "disabled", "deleted"],
      },
      {
        flags: "--origin <provider>",
        words: { en: "`local` or a login provider", zh: "`local` 或登录提供方" },
      },
      { flags: "--administrators", words: { en: "only administrators", zh: "仅列出管理员" } },
    ],
    async run(remote, _, { name, state, origin, administrators }) {
      const query = { name, state, origin, administrator: administrators };
      await remote.showAll(userView, remote.rest.list("/users", query));
    },
  });
  addVerb(command, context, {
    usage: "show <name>",
    words: { en: "show a user", zh: "查看用户" },
    example: "entrepot user show ada",
    async run(remote, [name = ""]) {
      const { rest } = remote;
      await remote.show(userView, await rest.call("GET", path`/users/${await userId(rest, name)}`));
    },
  });
  addVerb<Details>(command, context, {
    usage: "update <name>",
    words: {
      en: "change a user's details; an empty text takes one away",
      zh: "修改用户资料；空文本表示清除",
    },
    example: "entrepot user update ada --email ada@example.com",
    options: DETAILS,
    async run(remote, [name = ""], { displayName, email, description }) {
      const { rest } = remote;
      const target = path`/users/${await userId(rest, name)}`;
      const change = { displayName, email, description };
      const body = Object.fromEntries(
        Object.entries(change).map(([key, value]) => [key, orNull(value)]),
      );
      await remote.show(userView, await rest.call("PATCH", target, { body }));
    },
  });
  addUserLifeVerbs(command, context);
  addUserCredentialVerbs(command, context, DETAILS);
  return command;
}
