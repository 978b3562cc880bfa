import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { pick } from "./find.ts";
import { read } from "./remote.ts";
import { limitOf, momentAfter } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { tokenView } from "./views.ts";

interface NewToken {
  readonly limit?: string[];
  readonly address?: string[];
  readonly expires?: string;
}

/** `entrepot token`: the caller's own tokens. */
export function tokenCommand(context: RemoteContext): Command {
  const command = group("token", { en: "your own tokens", zh: "管理自己的令牌" }, context);
  addVerb<{ readonly kind?: string }>(command, context, {
    usage: "list",
    words: { en: "list your live tokens", zh: "列出自己的有效令牌" },
    example: "entrepot token list",
    options: [
      {
        flags: "--kind <kind>",
        words: { en: "which; else personal ones", zh: "类型；默认为个人访问令牌" },
        choices: ["personal", "login", "refresh"],
      },
    ],
    async run(remote, _, { kind }) {
      await remote.showAll(tokenView, remote.rest.list("/me/tokens", { kind }));
    },
  });
  addVerb<NewToken>(command, context, {
    usage: "create <name>",
    words: {
      en: "make a personal access token; its secret is told once",
      zh: "创建个人访问令牌；机密仅显示一次",
    },
    example: "entrepot token create laptop --limit 'pull@team/**' --expires 90d",
    options: [
      {
        flags: "--limit <actions@repositories...>",
        words: { en: "what it is limited to", zh: "限定可执行的操作与仓库" },
      },
      {
        flags: "--address <network...>",
        words: { en: "can be used only from here", zh: "仅允许这些地址或网段使用" },
      },
      {
        flags: "--expires <time>",
        words: { en: "until then: 90d, or 2027-01-31", zh: "有效期：90d 或 2027-01-31" },
      },
    ],
    async run(remote, [name = ""], { limit, address, expires }) {
      const body = {
        name,
        limits: limit?.map(limitOf),
        addresses: address,
        expiresAt: momentAfter(expires, Date.now()),
      };
      const made = await remote.rest.call("POST", "/me/tokens", { body });
      const { secret } = read(z.object({ secret: z.string() }), made);
      await remote.showSecret(tokenView, made, secret, {
        en: "The secret is told once and stored nowhere.",
        zh: "机密仅显示一次，不会存储。",
      });
    },
  });
  addVerb<{ readonly kind?: string }>(command, context, {
    usage: "revoke <name>",
    words: { en: "revoke a token of yours, by name or id", zh: "吊销自己的令牌（名称或编号）" },
    example: "entrepot token revoke laptop",
    options: [
      {
        flags: "--kind <kind>",
        words: { en: "which; else a personal one", zh: "类型；默认为个人访问令牌" },
        choices: ["personal", "login", "refresh"],
      },
    ],
    async run(remote, [name = ""], { kind }) {
      const { rest } = remote;
      const id = await pick(rest.list("/me/tokens", { kind }), name, "token");
      await rest.call("DELETE", path`/me/tokens/${id}`);
      await remote.note({ en: "revoked {name}", zh: "已吊销 {name}" }, { name });
    },
  });
  return command;
}
