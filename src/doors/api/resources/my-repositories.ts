import { z } from "@hono/zod-openapi";
import type { Personal } from "../../../features/personal/service.ts";
import { fullName, place } from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { personOf } from "./me.ts";

const TAG = "me";
const MOST_RECENT = 50;
const USUAL_RECENT = 10;

const starShape = z
  .object({
    repository: z.string().openapi({ description: "The full name." }),
    project: z.string(),
    at: timeShape,
  })
  .openapi("Star");

const recentShape = starShape
  .extend({ what: z.enum(["push", "pull", "visit"]) })
  .openapi("RecentRepository");

/** `/me/stars` and `/me/recent`: what one person marked, and had to do with last. */
export function myRepositoryRoutes(personal: Personal): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/me/stars",
      id: "listStars",
      tag: TAG,
      summary: {
        en: "Repositories that you starred, newest first",
        zh: "您收藏的仓库，最新的在前",
      },
      action: "self:read",
      params: nothing,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(starShape, "Stars"),
      async handle(call) {
        personOf(call);
        const { cursor, limit } = call.query;
        const { items, next } = await personal.stars(call.actor, cursorFrom(cursor), limit);
        return { body: { items: [...items], next: cursorTo(next) } };
      },
    }),
    route({
      method: "put",
      path: "/me/stars/{project}/{repository}",
      id: "addStar",
      tag: TAG,
      summary: { en: "Star a repository", zh: "收藏仓库" },
      action: "self:update",
      params: z.strictObject(place),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle(call) {
        personOf(call);
        await personal.star(call.actor, fullName(call.params));
        return { body: {} };
      },
    }),
    route({
      method: "delete",
      path: "/me/stars/{project}/{repository}",
      id: "removeStar",
      tag: TAG,
      summary: { en: "Take your star from a repository", zh: "取消收藏仓库" },
      action: "self:update",
      params: z.strictObject(place),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle(call) {
        personOf(call);
        await personal.unstar(call.actor, fullName(call.params));
        return { body: {} };
      },
    }),
    route({
      method: "get",
      path: "/me/recent",
      id: "listRecent",
      tag: TAG,
      summary: {
        en: "Repositories that you pushed to, pulled from or opened last",
        zh: "您最近推送、拉取或打开的仓库",
      },
      action: "self:read",
      params: nothing,
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(MOST_RECENT).default(USUAL_RECENT).openapi({
          description: "How many entries a page has.",
        }),
        cursor: pageQuery.cursor,
      }),
      body: undefined,
      answer: pageOf(recentShape, "RecentRepositories"),
      async handle(call) {
        personOf(call);
        const { cursor, limit } = call.query;
        const { items, next } = await personal.recent(call.actor, cursorFrom(cursor), limit);
        return { body: { items: [...items], next: cursorTo(next) } };
      },
    }),
    route({
      method: "put",
      path: "/me/recent/{project}/{repository}",
      id: "addVisit",
      tag: TAG,
      summary: { en: "Note that you opened a repository", zh: "记录您打开了仓库" },
      action: "self:update",
      params: z.strictObject(place),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle(call) {
        personOf(call);
        await personal.visit(call.actor, fullName(call.params));
        return { body: {} };
      },
    }),
  ];
}
