import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { roleId, under } from "./find.ts";
import { read, type View } from "./remote.ts";
import { orNull } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { titles, view } from "./views.ts";

const words = z.object({ en: z.string(), zh: z.string() });
const shape = z.object({
  id: z.string(),
  name: z.string(),
  title: words,
  description: words.nullable(),
  builtIn: z.boolean(),
  permissions: z.array(z.string()),
  secondFactor: z.boolean(),
});

function roleView(language: "en" | "zh"): View<z.output<typeof shape>> {
  return view(
    shape,
    [
      { title: titles.name, of: ({ name }) => name },
      { title: { en: "Title", zh: "标题" }, of: ({ title }) => title[language] },
      { title: { en: "Built in", zh: "内置" }, of: ({ builtIn }) => builtIn },
      {
        title: { en: "Needs second factor", zh: "须第二验证因素" },
        of: ({ secondFactor }) => secondFactor,
      },
      { title: titles.description, of: ({ description }) => description?.[language] },
    ],
    [
      { title: { en: "Permissions", zh: "权限" }, of: ({ permissions }) => permissions },
      { title: titles.id, of: ({ id }) => id },
    ],
  );
}

const PROJECT: VerbOption = {
  flags: "--project <name>",
  words: { en: "of this project; else of the installation", zh: "所属项目；未给出时为系统角色" },
};
const TERMS: readonly VerbOption[] = [
  {
    flags: "--permission <permission...>",
    words: {
      en: "what it allows (see `role permissions`)",
      zh: "包含的权限（见 `role permissions`）",
    },
  },
  {
    flags: "--second-factor",
    words: { en: "counts only with a second factor", zh: "仅在通过第二验证因素后有效" },
  },
  { flags: "--no-second-factor", words: { en: "counts without", zh: "无需第二验证因素" } },
  { flags: "--description <text>", words: { en: "what it is for", zh: "说明" } },
];

interface Where {
  readonly project?: string;
}

interface Terms extends Where {
  readonly permission?: string[];
  readonly secondFactor?: boolean;
  readonly description?: string;
}

/** `entrepot role`: what can be given to people, groups and robots. */
export function roleCommand(context: RemoteContext): Command {
  const command = group("role", { en: "roles", zh: "管理角色" }, context);
  const shown = roleView(context.language);
  addVerb<Where>(command, context, {
    usage: "list",
    words: { en: "list the roles that can be given", zh: "列出可授予的角色" },
    example: "entrepot role list --project team",
    options: [PROJECT],
    async run(remote, _, { project }) {
      await remote.showAll(shown, remote.rest.list(`${under(project)}/roles`));
    },
  });
  addVerb<Where>(command, context, {
    usage: "show <name>",
    words: { en: "show a role and what it allows", zh: "查看角色及其权限" },
    example: "entrepot role show developer",
    options: [PROJECT],
    async run(remote, [name = ""], { project }) {
      const id = await roleId(remote.rest, name, project);
      const target = `${under(project)}${path`/roles/${id}`}`;
      await remote.show(shown, await remote.rest.call("GET", target));
    },
  });
  addVerb<Terms>(command, context, {
    usage: "create <name>",
    words: { en: "make a role of your own", zh: "创建自定义角色" },
    example: "entrepot role create pusher --permission repository:pull repository:push",
    options: [PROJECT, ...TERMS],
    async run(remote, [name = ""], { project, permission = [], secondFactor, description }) {
      const body = { name, permissions: permission, secondFactor, description };
      const answer = await remote.rest.call("POST", `${under(project)}/roles`, { body });
      await remote.show(shown, answer);
    },
  });
  addVerb<Terms>(command, context, {
    usage: "update <name>",
    words: {
      en: "change a role of your own; the permissions are replaced",
      zh: "修改自定义角色；权限将整体替换",
    },
    example: "entrepot role update pusher --second-factor",
    options: [PROJECT, ...TERMS],
    async run(remote, [name = ""], { project, permission, secondFactor, description }) {
      const id = await roleId(remote.rest, name, project);
      const target = `${under(project)}${path`/roles/${id}`}`;
      const body = { permissions: permission, secondFactor, description: orNull(description) };
      await remote.show(shown, await remote.rest.call("PATCH", target, { body }));
    },
  });
  addVerb<Where>(command, context, {
    usage: "delete <name>",
    words: { en: "delete a role that nobody has", zh: "删除无人使用的角色" },
    example: "entrepot role delete pusher",
    options: [PROJECT],
    async run(remote, [name = ""], { project }) {
      const id = await roleId(remote.rest, name, project);
      await remote.rest.call("DELETE", `${under(project)}${path`/roles/${id}`}`);
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
    },
  });
  addVerb(command, context, {
    usage: "permissions",
    words: { en: "list what a role can allow", zh: "列出角色可包含的权限" },
    example: "entrepot role permissions",
    async run(remote) {
      const answer = await remote.rest.call("GET", "/permissions");
      const { items } = read(z.object({ items: z.array(z.string()) }), answer);
      const column = { title: { en: "Permission", zh: "权限" }, of: (item: string) => item };
      await remote.showAll(view(z.string(), [column]), items);
    },
  });
  return command;
}
