import { z } from "@hono/zod-openapi";
import type { Actor } from "../../../features/identity/principal.ts";
import type { Personal } from "../../../features/personal/service.ts";
import type { RepositoryName } from "../../../oci/name.ts";
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

interface Marking {
  readonly method: "put" | "delete";
  readonly list: "stars" | "recent";
  readonly id: string;
  readonly summary: { readonly en: string; readonly zh: string };
  readonly mark: (actor: Actor, repository: RepositoryName) => Promise<void>;
}

/** A repository put into one of the lists, or taken from it. */
function marking({ method, list, id, summary, mark }: Marking): AnyRoute {
  return route({
    method,
    path: `/me/${list}/{project}/{repository}`,
    id,
    tag: TAG,
    summary,
    action: "self:update",
    params: z.strictObject(place),
    query: nothing,
    body: undefined,
    answer: nothing,
    status: 204,
    async handle(call) {
      personOf(call);
      await mark(call.actor, fullName(call.params));
      return { body: {} };
    },
  });
}

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
    marking({
      method: "put",
      list: "stars",
      id: "addStar",
      summary: { en: "Star a repository", zh: "收藏仓库" },
      mark: personal.star,
    }),
    marking({
      method: "delete",
      list: "stars",
      id: "removeStar",
      summary: { en: "Take your star from a repository", zh: "取消收藏仓库" },
      mark: personal.unstar,
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
    marking({
      method: "put",
      list: "recent",
      id: "addVisit",
      summary: { en: "Note that you opened a repository", zh: "记录您打开了仓库" },
      mark: personal.visit,
    }),
  ];
}
