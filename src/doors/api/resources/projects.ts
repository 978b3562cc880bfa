import { z } from "@hono/zod-openapi";
import type { Access } from "../../../features/access/service.ts";
import type { Project } from "../../../features/projects/project.ts";
import { NEVER } from "../../../features/projects/rules.ts";
import { DAY, SECOND } from "../../../kernel/clock.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { projectName } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

/** Ten years. */
const LONGEST = 3_650 * DAY;
const untaggedAfter = z
  .union([z.literal("never"), z.number().int().min(SECOND).max(LONGEST)])
  .nullable()
  .openapi({
    description:
      "After how many milliseconds a manifest without tag, index and subject counts as unused; null: as the installation says (`reclaim.untagged_after`).",
  });

const projectShape = z
  .object({
    id: idShape,
    name: z.string(),
    description: z.string().nullable(),
    public: z.boolean(),
    networks: z.array(z.string()).nullable(),
    untaggedAfter,
    createdAt: timeShape,
    deletedAt: timeShape.nullable(),
    version: z.number().int(),
  })
  .openapi("Project");

const one = z.strictObject({ project: projectName });
const description = z.string().max(1_024).nullable().optional();
const TAG = "projects";

function view({ isPublic, networks, ...rest }: Project): z.input<typeof projectShape> {
  return {
    ...rest,
    public: isPublic,
    networks: networks === null ? null : [...networks],
    untaggedAfter: rest.untaggedAfter === NEVER ? "never" : rest.untaggedAfter,
  };
}

/** `/projects`: tenants, as far as the caller may see them. */
export function projectRoutes({ projects, visibleProject }: Access): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/projects",
      id: "listProjects",
      tag: TAG,
      summary: { en: "List the projects that you may see", zh: "列出您可见的项目" },
      action: "visitor",
      params: nothing,
      query: z.strictObject({ ...pageQuery, name: z.string().max(128).optional() }),
      body: undefined,
      answer: pageOf(projectShape, "Projects"),
      async handle({ query, actor }) {
        const sees = visibleProject(actor);
        const after = cursorFrom(query.cursor) ?? null;
        const prefix = query.name === undefined ? {} : { prefix: query.name };
        const asked = { limit: query.limit, after, ...prefix };
        const { items, next } = await projects.list(asked, ({ name }) => sees(name));
        return { body: { items: items.map(view), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      method: "post",
      path: "/projects",
      id: "createProject",
      tag: TAG,
      summary: { en: "Make a project", zh: "创建项目" },
      action: "project:create",
      on: (_, body) => ({ kind: "project", name: body.name }),
      params: nothing,
      query: nothing,
      body: z.strictObject({ name: projectName, public: z.boolean().optional(), description }),
      answer: projectShape,
      status: 201,
      isCreate: true,
      async handle({ body, doer }) {
        const { name, public: isPublic, ...rest } = body;
        const project = await projects.create(doer, { name, ...present({ isPublic, ...rest }) });
        const location = `/projects/${project.name}`;
        return { body: view(project), version: project.version, location };
      },
    }),
    route({
      method: "get",
      path: "/projects/{project}",
      id: "getProject",
      tag: TAG,
      summary: { en: "Read a project", zh: "查看项目" },
      action: "project:read",
      on: ({ project }) => ({ kind: "project", name: project }),
      params: one,
      query: nothing,
      body: undefined,
      answer: projectShape,
      async handle({ params }) {
        const project = await projects.named(params.project);
        return { body: view(project), version: project.version };
      },
    }),
    route({
      method: "patch",
      path: "/projects/{project}",
      id: "updateProject",
      tag: TAG,
      summary: {
        en: "Change a project: public or private, the networks it can be used from, when what is untagged goes",
        zh: "修改项目：公开或私有、允许访问的网段、无标签内容的移除时间",
      },
      action: "project:update",
      on: ({ project }) => ({ kind: "project", name: project }),
      params: one,
      query: nothing,
      body: z.strictObject({
        public: z.boolean().optional(),
        description,
        networks: z.array(z.string().max(64)).max(100).nullable().optional(),
        untaggedAfter: untaggedAfter.optional(),
      }),
      answer: projectShape,
      isVersioned: true,
      async handle({ params, body, doer, version }) {
        const { id } = await projects.named(params.project);
        const { public: isPublic, untaggedAfter: after, ...rest } = body;
        const own = after === "never" ? NEVER : after;
        const change = present({ isPublic, ...rest, untaggedAfter: own });
        const project = await projects.update(doer, id, change, version);
        return { body: view(project), version: project.version };
      },
    }),
    route({
      method: "delete",
      path: "/projects/{project}",
      id: "deleteProject",
      tag: TAG,
      summary: {
        en: "Delete a project and its repositories; it can be restored",
        zh: "删除项目及其仓库；可恢复",
      },
      action: "project:delete",
      on: ({ project }) => ({ kind: "project", name: project }),
      params: one,
      query: nothing,
      body: undefined,
      answer: projectShape,
      stepUp: true,
      isVersioned: true,
      async handle({ params, doer, version }) {
        const { id } = await projects.named(params.project);
        return { body: view(await projects.delete(doer, id, version)) };
      },
    }),
    route({
      method: "get",
      path: "/deleted-projects",
      id: "listDeletedProjects",
      tag: TAG,
      summary: { en: "List what can be restored", zh: "列出可恢复的项目" },
      action: "system:read",
      params: nothing,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(projectShape, "DeletedProjects"),
      async handle({ query }) {
        const after = cursorFrom(query.cursor) ?? null;
        const { items, next } = await projects.deleted({ limit: query.limit, after });
        return { body: { items: items.map(view), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      method: "post",
      path: "/deleted-projects/{id}/restore",
      id: "restoreProject",
      tag: TAG,
      summary: { en: "Restore a deleted project", zh: "恢复已删除的项目" },
      action: "project:create",
      params: z.strictObject({ id: idShape }),
      query: nothing,
      body: undefined,
      answer: projectShape,
      async handle({ params, doer }) {
        const project = await projects.restore(doer, params.id);
        return { body: view(project), version: project.version };
      },
    }),
  ];
}
