import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { groupId, subjectId, subjectOf } from "./find.ts";
import { type Remote, read } from "./remote.ts";
import { orNull } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { groupLinkView, groupMemberView, groupView } from "./views.ts";

const DESCRIPTION = {
  flags: "--description <text>",
  words: { en: "what it is for", zh: "说明" },
};
const links = z.object({ links: z.array(groupLinkView.shape) });

async function at(remote: Remote, name: string): Promise<string> {
  return path`/groups/${await groupId(remote.rest, name)}`;
}

async function showLinks(remote: Remote, answer: unknown): Promise<void> {
  await remote.showAll(groupLinkView, read(links, answer).links);
}

const MEMBERSHIP = {
  add: {
    method: "PUT",
    words: { en: "add a user or a robot", zh: "添加用户或机器人账户" },
    done: { en: "{member} is in {name}", zh: "{member} 已加入 {name}" },
  },
  remove: {
    method: "DELETE",
    words: { en: "remove a user or a robot", zh: "移除用户或机器人账户" },
    done: { en: "{member} is not in {name}", zh: "{member} 已不在 {name} 中" },
  },
} as const;

const LINKING = {
  link: {
    method: "POST",
    words: {
      en: "say what the group is called at a login provider",
      zh: "关联登录提供方的用户组",
    },
  },
  unlink: {
    method: "DELETE",
    words: { en: "end such a link", zh: "解除关联" },
  },
} as const;

/** `entrepot group`: groups, their members, and what they are called at login providers. */
export function groupCommand(context: RemoteContext): Command {
  const command = group("group", { en: "groups of users and robots", zh: "管理用户组" }, context);
  addVerb<{ readonly name?: string }>(command, context, {
    usage: "list",
    words: { en: "list groups", zh: "列出用户组" },
    example: "entrepot group list",
    options: [
      { flags: "--name <prefix>", words: { en: "what the name begins with", zh: "名称前缀" } },
    ],
    async run(remote, _, { name }) {
      await remote.showAll(groupView, remote.rest.list("/groups", { name }));
    },
  });
  addVerb<{ readonly description?: string }>(command, context, {
    usage: "create <name>",
    words: { en: "make a group", zh: "创建用户组" },
    example: "entrepot group create builders",
    options: [DESCRIPTION],
    async run(remote, [name = ""], { description }) {
      const body = { name, description };
      await remote.show(groupView, await remote.rest.call("POST", "/groups", { body }));
    },
  });
  addVerb(command, context, {
    usage: "show <name>",
    words: { en: "show a group", zh: "查看用户组" },
    example: "entrepot group show builders",
    async run(remote, [name = ""]) {
      await remote.show(groupView, await remote.rest.call("GET", await at(remote, name)));
    },
  });
  addVerb<{ readonly rename?: string; readonly description?: string }>(command, context, {
    usage: "update <name>",
    words: { en: "change a group", zh: "修改用户组" },
    example: "entrepot group update builders --rename makers",
    options: [
      { flags: "--rename <name>", words: { en: "its new name", zh: "新名称" } },
      DESCRIPTION,
    ],
    async run(remote, [name = ""], { rename, description }) {
      const body = { name: rename, description: orNull(description) };
      const target = await at(remote, name);
      await remote.show(groupView, await remote.rest.call("PATCH", target, { body }));
    },
  });
  addVerb(command, context, {
    usage: "delete <name>",
    words: { en: "delete a group and what it was given", zh: "删除用户组及其授权" },
    example: "entrepot group delete builders",
    async run(remote, [name = ""]) {
      await remote.rest.call("DELETE", await at(remote, name));
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
    },
  });
  addVerb(command, context, {
    usage: "members <name>",
    words: { en: "list the members", zh: "列出成员" },
    example: "entrepot group members builders",
    async run(remote, [name = ""]) {
      const list = `${await at(remote, name)}/members`;
      await remote.showAll(groupMemberView, remote.rest.list(list));
    },
  });
  for (const verb of ["add", "remove"] as const) {
    const { method, words, done } = MEMBERSHIP[verb];
    addVerb(command, context, {
      usage: `${verb} <name> <member>`,
      words,
      example: `entrepot group ${verb} builders ada`,
      async run(remote, [name = "", member = ""]) {
        const { rest } = remote;
        const list = await at(remote, name);
        const subject = { kind: "principal", name: subjectOf(member).name ?? member } as const;
        const id = (await subjectId(rest, subject, undefined)) ?? "";
        await rest.call(method, `${list}${path`/members/${id}`}`);
        await remote.note(done, { name, member });
      },
    });
  }
  addVerb(command, context, {
    usage: "links <name>",
    words: { en: "what the group is called at login providers", zh: "查看登录提供方关联" },
    example: "entrepot group links builders",
    async run(remote, [name = ""]) {
      await showLinks(remote, await remote.rest.call("GET", `${await at(remote, name)}/links`));
    },
  });
  for (const verb of ["link", "unlink"] as const) {
    const { method, words } = LINKING[verb];
    addVerb(command, context, {
      usage: `${verb} <name> <provider> <external-name>`,
      words,
      example: `entrepot group ${verb} builders corp cn=builders,ou=groups,dc=example,dc=com`,
      async run(remote, [name = "", provider = "", externalName = ""]) {
        const target = `${await at(remote, name)}/links`;
        const body = { provider, externalName };
        await showLinks(remote, await remote.rest.call(method, target, { body }));
      },
    });
  }
  return command;
}
