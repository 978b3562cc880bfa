import { z } from "@hono/zod-openapi";
import { grantable } from "../../../features/access/permissions.ts";
import type { Resource } from "../../../features/access/rules.ts";
import type { Access } from "../../../features/access/service.ts";
import { type AnyRoute, route } from "../route.ts";
import { projectName } from "../scope.ts";
import { nothing } from "../shapes.ts";

/** `GET /me/rights`: what the caller may do, so that nobody is offered what would be refused. */
export function myRightsRoutes({ decide }: Access): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/me/rights",
      id: "listMyRights",
      tag: "access",
      summary: {
        en: "What you may do, as you are logged in: in the installation, a project or a repository",
        zh: "以当前登录方式，您在整个系统、某一项目或仓库中可执行的操作",
      },
      action: "self:read",
      params: nothing,
      query: z.strictObject({
        project: projectName.optional().openapi({ description: "In this project." }),
        repository: z.string().min(1).max(255).optional().openapi({
          description: "In this repository, by its full name.",
          example: "team/app",
        }),
      }),
      body: undefined,
      answer: z.object({ items: z.array(z.string()) }).openapi("MyRights"),
      async handle({ query: { project, repository }, actor }) {
        let on: Resource = { kind: "registry" };
        if (repository !== undefined) on = { kind: "repository", name: repository };
        else if (project !== undefined) on = { kind: "project", name: project };
        const items: string[] = [];
        for (const action of grantable) {
          if ((await decide(actor, action, on)).allowed) items.push(action);
        }
        return { body: { items } };
      },
    }),
  ];
}
