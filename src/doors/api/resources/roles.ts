import { z } from "@hono/zod-openapi";
import { grantable } from "../../../features/access/permissions.ts";
import type { Role } from "../../../features/access/roles/role.ts";
import type { Access } from "../../../features/access/service.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject, type Scope, system } from "../scope.ts";
import { cursorFrom, cursorTo, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const wordsShape = z.object({ en: z.string(), zh: z.string() }).openapi("Words");

const roleShape = z
  .object({
    id: z.string(),
    name: z.string(),
    title: wordsShape,
    description: wordsShape.nullable(),
    builtIn: z.boolean(),
    projectId: z.string().nullable(),
    permissions: z.array(z.string()),
    secondFactor: z.boolean(),
    createdAt: timeShape.nullable(),
    version: z.number().int(),
  })
  .openapi("Role");

const roleId = z.string().max(64).openapi({ example: "developer" });
const permissions = z.array(z.string().max(64)).min(1).max(100);
const description = z.string().max(256).nullable().optional();
const TAG = "roles";

function view(role: Role): z.input<typeof roleShape> {
  return { ...role, permissions: [...role.permissions] };
}

function rolesIn(scope: Scope, { roles }: Access): AnyRoute[] {
  const { prefix, suffix, on } = scope;
  const one = scope.params({ role: roleId });
  const common = { tag: TAG, on, query: nothing } as const;
  return [
    route({
      ...common,
      method: "get",
      path: `${prefix}/roles`,
      id: `listRoles${suffix}`,
      summary: { en: "List the roles that can be given", zh: "列出可授予的角色" },
      action: "role:read",
      params: scope.params({}),
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(roleShape, "Roles"),
      async handle({ params, query }) {
        const after = cursorFrom(query.cursor) ?? null;
        const ask = { limit: query.limit, after };
        const { items, next } = await roles.list(await scope.projectId(params), ask);
        return { body: { items: items.map(view), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path: `${prefix}/roles`,
      id: `createRole${suffix}`,
      summary: { en: "Make a role of your own", zh: "创建自定义角色" },
      action: "role:write",
      params: scope.params({}),
      body: z.strictObject({
        name: z.string().max(64),
        description,
        permissions,
        secondFactor: z.boolean().optional(),
      }),
      answer: roleShape,
      status: 201,
      isCreate: true,
      async handle({ params, body, actor, doer, path: here }) {
        const project = await scope.projectId(params);
        const { name, permissions: allowed, ...rest } = body;
        const input = { name, permissions: allowed, ...present(rest) };
        const role = await roles.create({ actor, doer }, project, input);
        return { body: view(role), version: role.version, location: `${here}/${role.id}` };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${prefix}/roles/{role}`,
      id: `getRole${suffix}`,
      summary: { en: "Read a role", zh: "查看角色" },
      action: "role:read",
      params: one,
      body: undefined,
      answer: roleShape,
      async handle({ params }) {
        const role = await roles.get(await scope.projectId(params), params.role);
        return { body: view(role), version: role.version };
      },
    }),
    route({
      ...common,
      method: "patch",
      path: `${prefix}/roles/{role}`,
      id: `updateRole${suffix}`,
      summary: { en: "Change a role of your own", zh: "修改自定义角色" },
      action: "role:write",
      params: one,
      body: z.strictObject({
        description,
        permissions: permissions.optional(),
        secondFactor: z.boolean().optional(),
      }),
      answer: roleShape,
      isVersioned: true,
      async handle({ params, body, actor, doer, version }) {
        const project = await scope.projectId(params);
        const by = { actor, doer };
        const role = await roles.update(by, project, params.role, present(body), version);
        return { body: view(role), version: role.version };
      },
    }),
    route({
      ...common,
      method: "delete",
      path: `${prefix}/roles/{role}`,
      id: `deleteRole${suffix}`,
      summary: { en: "Delete a role that nobody has", zh: "删除无人使用的角色" },
      action: "role:write",
      params: one,
      body: undefined,
      answer: nothing,
      status: 204,
      isVersioned: true,
      async handle({ params, actor, doer, version }) {
        const project = await scope.projectId(params);
        await roles.delete({ actor, doer }, project, params.role, version);
        return { body: {} };
      },
    }),
  ];
}

/** `/roles`, of the installation and of projects, and the permissions they are made of. */
export function roleRoutes(access: Access): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/permissions",
      id: "listPermissions",
      tag: TAG,
      summary: { en: "What a role can allow", zh: "角色可包含的权限" },
      action: "self:read",
      params: nothing,
      query: nothing,
      body: undefined,
      answer: z.object({ items: z.array(z.string()) }).openapi("Permissions"),
      handle: () => ({ body: { items: [...grantable] } }),
    }),
    ...rolesIn(system, access),
    ...rolesIn(inProject(access.projects), access),
  ];
}
