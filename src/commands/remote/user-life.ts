import type { Command } from "commander";
import { path } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { deletedUserId, userId } from "./find.ts";
import { addVerb } from "./verb.ts";
import { userView } from "./views.ts";

const LIFE = {
  disable: {
    words: {
      en: "disable a user: sessions and credentials end at once",
      zh: "停用用户：会话与凭据立即失效",
    },
    done: { en: "disabled {name}", zh: "已停用 {name}" },
  },
  enable: {
    words: { en: "enable a user again", zh: "重新启用用户" },
    done: { en: "enabled {name}", zh: "已启用 {name}" },
  },
  restore: {
    words: {
      en: "restore a deleted user, by name or id; tokens and memberships stay gone",
      zh: "恢复已删除的用户（名称或编号）；令牌与组成员关系不会恢复",
    },
    done: { en: "restored {name}", zh: "已恢复 {name}" },
  },
} as const;

/** What becomes of an account. */
export function addUserLifeVerbs(command: Command, context: RemoteContext): void {
  for (const verb of ["disable", "enable", "restore"] as const) {
    const { words, done } = LIFE[verb];
    addVerb(command, context, {
      usage: `${verb} <name>`,
      words,
      example: `entrepot user ${verb} ada`,
      async run(remote, [name = ""]) {
        const { rest } = remote;
        const id = verb === "restore" ? await deletedUserId(rest, name) : await userId(rest, name);
        const body = await rest.call("POST", `${path`/users/${id}`}/${verb}`);
        await remote.note(done, { name });
        await remote.show(userView, body);
      },
    });
  }
  addVerb(command, context, {
    usage: "delete <name>",
    words: {
      en: "delete a user; the account can be restored",
      zh: "删除用户；账户可恢复",
    },
    example: "entrepot user delete ada",
    async run(remote, [name = ""]) {
      const { rest } = remote;
      const body = await rest.call("DELETE", path`/users/${await userId(rest, name)}`);
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
      await remote.show(userView, body);
    },
  });
  addVerb(command, context, {
    usage: "administrator <name> <yes|no>",
    words: {
      en: "make somebody an administrator of the installation, or no longer one",
      zh: "授予或取消系统管理员身份",
    },
    example: "entrepot user administrator ada yes",
    async run(remote, [name = "", wanted = ""]) {
      if (wanted !== "yes" && wanted !== "no") throw misuse("write yes or no", "请写 yes 或 no");
      const { rest } = remote;
      const target = path`/users/${await userId(rest, name)}/administrator`;
      const body = { administrator: wanted === "yes" };
      await remote.show(userView, await rest.call("PUT", target, { body }));
    },
  });
}
