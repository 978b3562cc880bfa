import type { Command } from "commander";
import { path } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { pick } from "./find.ts";
import { addMemberVerbs } from "./members.ts";
import { duration, orNull } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { deletedProjectView, projectView } from "./views.ts";

const DESCRIPTION: VerbOption = {
  flags: "--description <text>",
  words: { en: "what it is for", zh: "说明" },
};
const PUBLIC: VerbOption = {
  flags: "--public",
  words: { en: "everyone may pull, without a login", zh: "公开：任何人无需登录即可拉取" },
};

interface Change {
  readonly public?: boolean;
  readonly private?: boolean;
  readonly description?: string;
  readonly network?: string[];
  readonly anyNetwork?: boolean;
  readonly untaggedAfter?: string;
}

/** `30d`, `never`, or nothing for what the installation says. */
function untaggedAfterOf(text: string | undefined): number | "never" | null | undefined {
  if (text === undefined || text === "never") return text;
  return text === "" ? null : duration(text);
}

function changeOf(change: Change) {
  const { description, network, anyNetwork, untaggedAfter } = change;
  if (change.public === true && change.private === true) {
    throw misuse("give either --public or --private", "--public 与 --private 只能二选一");
  }
  if (network !== undefined && anyNetwork === true) {
    throw misuse("give either --network or --any-network", "--network 与 --any-network 只能二选一");
  }
  return {
    public: change.public ?? (change.private === true ? false : undefined),
    description: orNull(description),
    networks: anyNetwork === true ? null : network,
    untaggedAfter: untaggedAfterOf(untaggedAfter),
  };
}

/** `entrepot project`: tenants, and who has which role in them. */
export function projectCommand(context: RemoteContext): Command {
  const command = group(
    "project",
    { en: "projects and their members", zh: "管理项目与成员" },
    context,
  );
  addVerb<{ readonly name?: string }>(command, context, {
    usage: "list",
    words: { en: "list the projects that you may see", zh: "列出您可见的项目" },
    example: "entrepot project list",
    options: [
      { flags: "--name <prefix>", words: { en: "what the name begins with", zh: "名称前缀" } },
    ],
    async run(remote, _, { name }) {
      await remote.showAll(projectView, remote.rest.list("/projects", { name }));
    },
  });
  addVerb<{ readonly public?: boolean; readonly description?: string }>(command, context, {
    usage: "create <name>",
    words: { en: "make a project", zh: "创建项目" },
    example: "entrepot project create team --description 'The team'",
    options: [PUBLIC, DESCRIPTION],
    async run(remote, [name = ""], { public: isPublic, description }) {
      const body = { name, public: isPublic, description };
      await remote.show(projectView, await remote.rest.call("POST", "/projects", { body }));
    },
  });
  addVerb(command, context, {
    usage: "show <name>",
    words: { en: "show a project", zh: "查看项目" },
    example: "entrepot project show team",
    async run(remote, [name = ""]) {
      await remote.show(projectView, await remote.rest.call("GET", path`/projects/${name}`));
    },
  });
  addVerb<Change>(command, context, {
    usage: "update <name>",
    words: {
      en: "change a project: public or private, the networks it can be used from, when what is untagged goes",
      zh: "修改项目：公开或私有、允许访问的网段、无标签内容的移除时间",
    },
    example: "entrepot project update team --private --network 10.0.0.0/8",
    options: [
      PUBLIC,
      { flags: "--private", words: { en: "only those with a role", zh: "私有：仅限有角色者" } },
      {
        flags: "--network <network...>",
        words: {
          en: "can be used only from these addresses or networks",
          zh: "仅允许这些地址或网段访问",
        },
      },
      {
        flags: "--any-network",
        words: { en: "can be used from everywhere", zh: "不限制访问来源" },
      },
      {
        flags: "--untagged-after <time>",
        words: {
          en: "when what is untagged counts as unused: such as 30d, or never; '' for what the installation says",
          zh: "无标签的内容何时视为无用：如 30d 或 never；'' 表示使用全局设置",
        },
      },
      DESCRIPTION,
    ],
    async run(remote, [name = ""], change) {
      const body = changeOf(change);
      const answer = await remote.rest.call("PATCH", path`/projects/${name}`, { body });
      await remote.show(projectView, answer);
    },
  });
  addVerb(command, context, {
    usage: "delete <name>",
    words: {
      en: "delete a project and its repositories; it can be restored",
      zh: "删除项目及其仓库；可恢复",
    },
    example: "entrepot project delete team",
    async run(remote, [name = ""]) {
      const answer = await remote.rest.call("DELETE", path`/projects/${name}`);
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
      await remote.show(projectView, answer);
    },
  });
  addVerb(command, context, {
    usage: "deleted",
    words: { en: "list the projects that can be restored", zh: "列出可恢复的项目" },
    example: "entrepot project deleted",
    async run(remote) {
      await remote.showAll(deletedProjectView, remote.rest.list("/deleted-projects"));
    },
  });
  addVerb(command, context, {
    usage: "restore <name>",
    words: { en: "restore a deleted project, by name or id", zh: "恢复已删除的项目（名称或编号）" },
    example: "entrepot project restore team",
    async run(remote, [name = ""]) {
      const { rest } = remote;
      const id = await pick(rest.list("/deleted-projects"), name, "project");
      const answer = await rest.call("POST", path`/deleted-projects/${id}/restore`);
      await remote.note({ en: "restored {name}", zh: "已恢复 {name}" }, { name });
      await remote.show(projectView, answer);
    },
  });
  addMemberVerbs(command, context, "project");
  return command;
}
