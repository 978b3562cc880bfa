import type { Language } from "../../../kernel/errors/catalogue.ts";
import { FOUNDER_ROLE } from "../../projects/rules.ts";
import { type Action, grantable } from "../permissions.ts";

/** A role that is part of the program, and the same in every installation. */
export interface BuiltInRole {
  readonly name: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly description: Readonly<Record<Language, string>>;
  readonly permissions: readonly Action[];
}

const GUEST: readonly Action[] = ["project:read", "repository:read", "repository:pull"];
const DEVELOPER: readonly Action[] = [...GUEST, "repository:push"];
const MAINTAINER: readonly Action[] = [
  ...DEVELOPER,
  "repository:delete",
  "trash:read",
  "trash:restore",
  "member:read",
  "robot:read",
  "role:read",
  "retention:read",
  "immutability:read",
  "quota:read",
];
const PROJECT_ADMINISTRATOR: readonly Action[] = [
  ...MAINTAINER,
  "repository:force-delete",
  "trash:empty",
  "project:update",
  "project:delete",
  "member:write",
  "role:write",
  "robot:write",
  "trust:read",
  "trust:write",
  "retention:update",
  "retention:run",
  "immutability:write",
  "audit:read",
  "access:explain",
];

/** Sees everything but content and secrets, and changes nothing. */
const AUDITOR: readonly Action[] = [
  ...grantable.filter((action) => action.endsWith(":read")),
  "access:explain",
  "registry:catalog",
];

export const builtInRoles: readonly BuiltInRole[] = [
  {
    name: "guest",
    title: { en: "Guest", zh: "访客" },
    description: { en: "Sees and pulls.", zh: "可查看和拉取。" },
    permissions: GUEST,
  },
  {
    name: "developer",
    title: { en: "Developer", zh: "开发者" },
    description: { en: "Pulls and pushes.", zh: "可拉取和推送。" },
    permissions: DEVELOPER,
  },
  {
    name: "maintainer",
    title: { en: "Maintainer", zh: "维护者" },
    description: {
      en: "Pulls, pushes and deletes; sees members, robots and roles.",
      zh: "可拉取、推送和删除；可查看成员、机器人账号和角色。",
    },
    permissions: MAINTAINER,
  },
  {
    name: FOUNDER_ROLE,
    title: { en: "Project administrator", zh: "项目管理员" },
    description: {
      en: "Does everything in a project: its content, settings, members, robots and roles.",
      zh: "可管理项目的全部内容：制品、设置、成员、机器人账号和角色。",
    },
    permissions: PROJECT_ADMINISTRATOR,
  },
  {
    name: "auditor",
    title: { en: "Auditor", zh: "审计员" },
    description: {
      en: "Sees all settings and the audit log; pulls nothing, changes nothing, is shown no secret.",
      zh: "可查看全部设置和审计日志；不能拉取内容，不能修改，也看不到任何机密。",
    },
    permissions: AUDITOR,
  },
  {
    name: "administrator",
    title: { en: "Administrator", zh: "管理员" },
    description: {
      en: "Does everything, wherever the role is given.",
      zh: "在被授予的范围内拥有全部权限。",
    },
    permissions: grantable,
  },
];

const byName: ReadonlyMap<string, BuiltInRole> = new Map(
  builtInRoles.map((role) => [role.name, role]),
);

/** The built-in role of that name. */
export function builtInRole(name: string): BuiltInRole | undefined {
  return byName.get(name);
}
