import { z } from "@hono/zod-openapi";
import { type MatchedField, SEARCH_KINDS } from "../../../features/search/hit.ts";
import type { Search } from "../../../features/search/service.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const FIELDS = [
  ...(["name", "digest", "blob", "label", "annotation", "mediaType", "artifactType"] as const),
] satisfies readonly MatchedField[];

const kinds = z.enum(SEARCH_KINDS);

const hitShape = z
  .object({
    kind: kinds,
    project: z.string(),
    repository: z
      .string()
      .nullable()
      .openapi({ description: "The full name; null for a project." }),
    tag: z.string().nullable(),
    digest: z.string().nullable().openapi({
      description: "Of an artifact, or of what a tag points at.",
    }),
    matched: z
      .object({ field: z.enum(FIELDS), value: z.string() })
      .openapi({ description: "By what it was found." }),
    at: timeShape.nullable().openapi({ description: "When it was made, changed or pushed last." }),
  })
  .openapi("Hit");

const pageShape = pageOf(hitShape, "Hits")
  .extend({
    state: z.enum(["ready", "building"]).openapi({
      description: "`building` while not everything can be found yet.",
    }),
  })
  .openapi("HitPage");

const MOST_HITS = 50;
const USUAL_HITS = 20;

/** `/search`: one box over everything, as far as the caller may see it. */
export function searchRoutes(search: Search): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/search",
      id: "search",
      tag: "search",
      summary: {
        en: "Search names, tags, digests, labels, annotations and types that you may see",
        zh: "在您可见的范围内搜索名称、标签、摘要、标记、注解与类型",
      },
      action: "visitor",
      params: nothing,
      query: z.strictObject({
        q: z.string().min(1).max(256).openapi({
          description: "Words; each must be found, where a word begins.",
          example: "app 1.4",
        }),
        kind: kinds.optional().openapi({ description: "Only such." }),
        limit: z.coerce.number().int().min(1).max(MOST_HITS).default(USUAL_HITS).openapi({
          description: "How many entries a page has.",
        }),
        cursor: z
          .string()
          .max(2_048)
          .optional()
          .openapi({
            description: pageQuery.cursor.description ?? "",
          }),
      }),
      body: undefined,
      answer: pageShape,
      async handle({ query, actor }) {
        const { q, kind, limit, cursor } = query;
        const { items, next } = await search.find(actor, {
          query: q,
          kind,
          limit,
          after: cursorFrom(cursor),
        });
        return { body: { items: [...items], next: cursorTo(next), state: await search.state() } };
      },
    }),
  ];
}
