import { z } from "@hono/zod-openapi";
import type { Access } from "../../../features/access/service.ts";
import type { Content } from "../../../features/content/service.ts";
import { MOST_COUNTED } from "../../../features/content/views/store/repositories.ts";
import { fullName, IN_REPOSITORY, place, resourceOf } from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { projectName } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const repositoryShape = z
  .object({
    id: idShape,
    name: z.string().openapi({ description: "The full name." }),
    project: z.string(),
    createdAt: timeShape,
    updatedAt: timeShape.nullable().openapi({
      description: "Of the last push or move of a tag, to within a second.",
    }),
    tags: z
      .number()
      .int()
      .openapi({
        description: `How many tags there are; in lists ${MOST_COUNTED + 1} means more than ${MOST_COUNTED}.`,
      }),
    artifacts: z.number().int().openapi({ description: "How many manifests, counted likewise." }),
  })
  .openapi("Repository");

export const sorts = z.enum(["name", "-name", "updated", "-updated"]);
const TAG = "repositories";

export interface Order {
  readonly by: "name" | "updated";
  readonly direction: "asc" | "desc";
}

/** What `sort` asks for. */
export function orderOf(sort: z.output<typeof sorts>): Order {
  const by = sort.replace("-", "") === "name" ? "name" : "updated";
  return { by, direction: sort.startsWith("-") ? "desc" : "asc" };
}

/** `/repositories`: what holds images, as far as the caller may see it. */
export function repositoryRoutes({
  access,
  content,
}: {
  readonly access: Access;
  readonly content: Content;
}): AnyRoute[] {
  const { views } = content;
  return [
    route({
      method: "get",
      path: "/repositories",
      id: "listRepositories",
      tag: TAG,
      summary: { en: "List the repositories that you may see", zh: "列出您可见的仓库" },
      action: "visitor",
      params: nothing,
      query: z.strictObject({
        ...pageQuery,
        project: projectName.optional(),
        name: z.string().min(1).max(255).optional().openapi({ description: "A part of the name." }),
        sort: sorts.default("name"),
      }),
      body: undefined,
      answer: pageOf(repositoryShape, "Repositories"),
      async handle({ query, actor }) {
        const { limit, cursor, project, name, sort } = query;
        const reach = await access.reach(actor);
        const only = project === undefined ? undefined : await access.projectId(project);
        // Of a project that is not there nothing is seen, as of one that is hidden.
        const within = project === undefined ? reach : only === undefined ? [] : [only];
        const visible = access.visible(actor, "repository:read");
        const asked = { ...orderOf(sort), limit, after: cursorFrom(cursor), name };
        const { items, next } = await views.repositories({ ...asked, projects: within }, visible);
        return { body: { items: [...items], next: cursorTo(next) } };
      },
    }),
    route({
      method: "get",
      path: IN_REPOSITORY,
      id: "getRepository",
      tag: TAG,
      summary: { en: "Read a repository", zh: "查看仓库" },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: nothing,
      body: undefined,
      answer: repositoryShape,
      async handle({ params }) {
        return { body: await views.repository(fullName(params)) };
      },
    }),
  ];
}
