import { z } from "zod";
import { formatDuration } from "../../config/units.ts";
import type { Tone } from "./output.ts";
import type { View } from "./remote.ts";
import type { Column } from "./table.ts";
import { timeText } from "./values.ts";

/** Takes the columns' types from the shape, which is written first. */
export function view<T>(
  shape: z.ZodType<T>,
  columns: readonly Column<T>[],
  more: readonly Column<T>[] = [],
): View<T> {
  return { shape, columns, more };
}

const WORST = new Set(["disabled", "deleted", "revoked", "expired", "failed", "denied"]);

/** How a state is set apart, where there are colours. */
export function stateTone(state: string): Tone | undefined {
  return WORST.has(state) ? "bad" : undefined;
}

export const titles = {
  id: { en: "Id", zh: "编号" },
  name: { en: "Name", zh: "名称" },
  description: { en: "Description", zh: "说明" },
  state: { en: "State", zh: "状态" },
  created: { en: "Created", zh: "创建时间" },
  expires: { en: "Expires", zh: "到期时间" },
  lastUsed: { en: "Last used", zh: "上次使用" },
  role: { en: "Role", zh: "角色" },
  condition: { en: "Condition", zh: "条件" },
  address: { en: "Address", zh: "地址" },
} as const;

const text = z.string();
const maybe = z.string().nullable();
const time = z.number();
const maybeTime = time.nullable();

export const userView = view(
  z.object({
    id: text,
    name: text,
    displayName: maybe,
    email: maybe,
    description: maybe,
    origin: text,
    administrator: z.boolean(),
    mustChangePassword: z.boolean(),
    state: text,
    createdAt: time,
    lastLoginAt: maybeTime,
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: titles.state, of: ({ state }) => state, tone: ({ state }) => stateTone(state) },
    { title: { en: "Administrator", zh: "管理员" }, of: (user) => user.administrator },
    { title: { en: "Origin", zh: "来源" }, of: ({ origin }) => origin },
    { title: { en: "Last login", zh: "上次登录" }, of: (user) => timeText(user.lastLoginAt) },
    { title: { en: "Display name", zh: "显示名称" }, of: ({ displayName }) => displayName },
  ],
  [
    { title: { en: "E-mail", zh: "邮箱" }, of: ({ email }) => email },
    { title: titles.description, of: ({ description }) => description },
    {
      title: { en: "Owes a new password", zh: "须修改密码" },
      of: ({ mustChangePassword }) => mustChangePassword,
    },
    { title: titles.created, of: ({ createdAt }) => timeText(createdAt) },
    { title: titles.id, of: ({ id }) => id },
  ],
);

export const groupView = view(
  z.object({ id: text, name: text, description: maybe, createdAt: time }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: titles.description, of: ({ description }) => description },
    { title: titles.created, of: ({ createdAt }) => timeText(createdAt) },
  ],
  [{ title: titles.id, of: ({ id }) => id }],
);

export const groupMemberView = view(
  z.object({ id: text, name: text, kind: text, origins: z.array(text) }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Kind", zh: "类型" }, of: ({ kind }) => kind },
    { title: { en: "Added by", zh: "加入来源" }, of: ({ origins }) => origins },
  ],
);

export const groupLinkView = view(z.object({ provider: text, externalName: text }), [
  { title: { en: "Provider", zh: "登录提供方" }, of: ({ provider }) => provider },
  { title: { en: "Called there", zh: "对应名称" }, of: (link) => link.externalName },
]);

export const projectView = view(
  z.object({
    id: text,
    name: text,
    description: maybe,
    public: z.boolean(),
    networks: z.array(text).nullable(),
    untaggedAfter: z.union([z.literal("never"), z.number()]).nullable(),
    createdAt: time,
    deletedAt: maybeTime,
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Public", zh: "公开" }, of: (project) => project.public },
    { title: titles.created, of: ({ createdAt }) => timeText(createdAt) },
    { title: titles.description, of: ({ description }) => description },
  ],
  [
    { title: { en: "Networks", zh: "允许的网段" }, of: ({ networks }) => networks },
    {
      title: { en: "Untagged goes after", zh: "无标签内容移除时间" },
      of: ({ untaggedAfter: after }) => (typeof after === "number" ? formatDuration(after) : after),
    },
    { title: { en: "Deleted", zh: "删除时间" }, of: ({ deletedAt }) => timeText(deletedAt) },
    { title: titles.id, of: ({ id }) => id },
  ],
);

export const deletedProjectView = view(projectView.shape, [
  { title: titles.name, of: ({ name }) => name },
  { title: { en: "Deleted", zh: "删除时间" }, of: ({ deletedAt }) => timeText(deletedAt) },
  { title: titles.id, of: ({ id }) => id },
]);

export const bindingView = view(
  z.object({
    id: text,
    subject: z.object({ kind: text, id: maybe, name: maybe }),
    role: text,
    roleName: text,
    repositories: maybe,
    tags: maybe,
    condition: maybe,
    expiresAt: maybeTime,
  }),
  [
    {
      title: { en: "Who", zh: "对象" },
      of: ({ subject: { kind, name, id } }) =>
        kind === "group" ? `group:${name ?? id}` : (name ?? id ?? kind),
    },
    { title: titles.role, of: ({ roleName }) => roleName },
    { title: { en: "Repositories", zh: "仓库" }, of: ({ repositories }) => repositories },
    { title: { en: "Tags", zh: "标签" }, of: ({ tags }) => tags },
    { title: titles.condition, of: ({ condition }) => condition },
    { title: titles.expires, of: ({ expiresAt }) => timeText(expiresAt) },
    { title: titles.id, of: ({ id }) => id },
  ],
);

export const robotView = view(
  z.object({
    id: text,
    name: text,
    description: maybe,
    state: text,
    createdAt: time,
    lastLoginAt: maybeTime,
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: titles.state, of: ({ state }) => state, tone: ({ state }) => stateTone(state) },
    { title: titles.lastUsed, of: ({ lastLoginAt }) => timeText(lastLoginAt) },
    { title: titles.description, of: ({ description }) => description },
  ],
  [
    { title: titles.created, of: ({ createdAt }) => timeText(createdAt) },
    { title: titles.id, of: ({ id }) => id },
  ],
);

export const tokenView = view(
  z.object({
    id: text,
    kind: text,
    name: text,
    limits: z.array(z.object({ actions: z.array(text), repositories: z.array(text) })).nullable(),
    addresses: z.array(text).nullable(),
    createdAt: time,
    expiresAt: maybeTime,
    lastUsedAt: maybeTime,
    lastUsedAddress: maybe,
    state: text,
  }),
  [
    { title: titles.name, of: ({ name }) => name },
    { title: { en: "Kind", zh: "类型" }, of: ({ kind }) => kind },
    { title: titles.state, of: ({ state }) => state, tone: ({ state }) => stateTone(state) },
    { title: titles.expires, of: ({ expiresAt }) => timeText(expiresAt) },
    { title: titles.lastUsed, of: ({ lastUsedAt }) => timeText(lastUsedAt) },
    { title: titles.id, of: ({ id }) => id },
  ],
  [
    {
      title: { en: "Limited to", zh: "限定" },
      of: ({ limits }) =>
        limits?.map((each) => `${each.actions.join(",")}@${each.repositories.join(",")}`) ?? null,
    },
    { title: { en: "Only from", zh: "允许来源" }, of: ({ addresses }) => addresses },
    { title: { en: "Last used from", zh: "上次使用来源" }, of: (token) => token.lastUsedAddress },
    { title: titles.created, of: ({ createdAt }) => timeText(createdAt) },
  ],
);
