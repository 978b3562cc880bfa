import { z } from "@hono/zod-openapi";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { refuseStronger, type StrengthParts } from "../stronger.ts";

const groupShape = z
  .object({
    id: idShape,
    name: z.string(),
    description: z.string().nullable(),
    createdAt: timeShape,
    version: z.number().int(),
  })
  .openapi("Group");

const memberShape = z
  .object({
    id: idShape,
    name: z.string(),
    kind: z.enum(["user", "robot"]),
    origins: z.array(z.string()),
  })
  .openapi("GroupMember");

const linkShape = z
  .strictObject({ provider: z.string().min(1).max(64), externalName: z.string().min(1).max(1_024) })
  .openapi("GroupLink");

const linksShape = z.object({ links: z.array(linkShape) }).openapi("GroupLinks");
const one = z.strictObject({ group: idShape });
const member = z.strictObject({ group: idShape, principal: idShape });
const TAG = "groups";

/** `/groups`: groups of principals, their members and what they are called at login providers. */
export function groupRoutes(parts: StrengthParts): AnyRoute[] {
  const { groups } = parts.identity;
  const linksOf = async (id: string) => ({
    links: (await groups.links(id)).map((link) => ({ ...link })),
  });
  return [
    route({
      method: "get",
      path: "/groups",
      id: "listGroups",
      tag: TAG,
      summary: { en: "List groups", zh: "列出用户组" },
      action: "group:read",
      params: nothing,
      query: z.strictObject({ ...pageQuery, name: z.string().max(64).optional() }),
      body: undefined,
      answer: pageOf(groupShape, "Groups"),
      async handle({ query }) {
        const after = cursorFrom(query.cursor) ?? null;
        const prefix = query.name === undefined ? {} : { prefix: query.name };
        const { items, next } = await groups.list({ limit: query.limit, after, ...prefix });
        return { body: { items: [...items], next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      method: "post",
      path: "/groups",
      id: "createGroup",
      tag: TAG,
      summary: { en: "Make a group", zh: "创建用户组" },
      action: "group:create",
      params: nothing,
      query: nothing,
      body: z.strictObject({
        name: z.string().max(64),
        description: z.string().max(256).nullable().optional(),
      }),
      answer: groupShape,
      status: 201,
      isCreate: true,
      async handle({ body: { name, ...rest }, doer }) {
        const group = await groups.create(doer, { name, ...present(rest) });
        return { body: group, version: group.version, location: `/groups/${group.id}` };
      },
    }),
    route({
      method: "get",
      path: "/groups/{group}",
      id: "getGroup",
      tag: TAG,
      summary: { en: "Read a group", zh: "查看用户组" },
      action: "group:read",
      params: one,
      query: nothing,
      body: undefined,
      answer: groupShape,
      async handle({ params }) {
        const group = await groups.get(params.group);
        return { body: group, version: group.version };
      },
    }),
    route({
      method: "patch",
      path: "/groups/{group}",
      id: "updateGroup",
      tag: TAG,
      summary: { en: "Change a group", zh: "修改用户组" },
      action: "group:update",
      params: one,
      query: nothing,
      body: z.strictObject({
        name: z.string().max(64).optional(),
        description: z.string().max(256).nullable().optional(),
      }),
      answer: groupShape,
      isVersioned: true,
      async handle({ params, body, doer, version }) {
        const group = await groups.update(doer, params.group, present(body), version);
        return { body: group, version: group.version };
      },
    }),
    route({
      method: "delete",
      path: "/groups/{group}",
      id: "deleteGroup",
      tag: TAG,
      summary: { en: "Delete a group", zh: "删除用户组" },
      action: "group:delete",
      params: one,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ params, doer }) {
        await groups.delete(doer, params.group);
        return { body: {} };
      },
    }),
    route({
      method: "get",
      path: "/groups/{group}/members",
      id: "listGroupMembers",
      tag: TAG,
      summary: { en: "List a group's members", zh: "列出用户组成员" },
      action: "group:read",
      params: one,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(memberShape, "GroupMembers"),
      async handle({ params, query }) {
        const after = cursorFrom(query.cursor) ?? null;
        const { items, next } = await groups.members(params.group, { limit: query.limit, after });
        const shown = items.map((each) => ({ ...each, origins: [...each.origins] }));
        return { body: { items: shown, next: cursorTo(next ?? undefined) } };
      },
    }),
    ...(["put", "delete"] as const).map((method) =>
      route({
        method,
        path: "/groups/{group}/members/{principal}",
        id: method === "put" ? "addGroupMember" : "removeGroupMember",
        tag: TAG,
        summary:
          method === "put"
            ? { en: "Add a member", zh: "添加成员" }
            : { en: "Remove a member", zh: "移除成员" },
        action: "group:update",
        params: member,
        query: nothing,
        body: undefined,
        answer: nothing,
        status: 204,
        async handle({ params: { group, principal }, actor, doer }) {
          if (method === "put") {
            await refuseStronger(parts, actor, { kind: "group", id: group });
            await groups.addMember(doer, group, principal);
          } else await groups.removeMember(doer, group, principal);
          return { body: {} };
        },
      }),
    ),
    route({
      method: "get",
      path: "/groups/{group}/links",
      id: "getGroupLinks",
      tag: TAG,
      summary: {
        en: "What the group is called at login providers",
        zh: "查看用户组在登录提供方的对应名称",
      },
      action: "group:read",
      params: one,
      query: nothing,
      body: undefined,
      answer: linksShape,
      async handle({ params }) {
        return { body: await linksOf(params.group) };
      },
    }),
    ...(["post", "delete"] as const).map((method) =>
      route({
        method,
        path: "/groups/{group}/links",
        id: method === "post" ? "addGroupLink" : "removeGroupLink",
        tag: TAG,
        summary:
          method === "post"
            ? { en: "Link a provider's group", zh: "关联登录提供方的用户组" }
            : { en: "Unlink a provider's group", zh: "解除与登录提供方用户组的关联" },
        action: "group:update",
        params: one,
        query: nothing,
        body: linkShape,
        answer: linksShape,
        async handle({ params, body, actor, doer }) {
          if (method === "post") {
            await refuseStronger(parts, actor, { kind: "group", id: params.group });
            await groups.addLink(doer, params.group, body);
          } else await groups.removeLink(doer, params.group, body);
          return { body: await linksOf(params.group) };
        },
      }),
    ),
  ];
}
