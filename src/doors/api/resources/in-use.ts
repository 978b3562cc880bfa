import { z } from "@hono/zod-openapi";
import { MOST_IMAGES } from "../../../features/retention/in-use/rules.ts";
import type { InUse, InUseSource } from "../../../features/retention/in-use/service.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { whoShape } from "../who-shape.ts";

const TAG = "retention";

const sourceName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/)
  .openapi({ example: "prod" });
const one = z.strictObject({ source: sourceName });

const sourceShape = z
  .object({
    name: z.string(),
    reportedAt: timeShape,
    reportedBy: whoShape.nullable().openapi({
      description: "Null when the account is not there any more.",
    }),
    images: z.number().int(),
    isSilent: z.boolean().openapi({
      description: "It should have reported by now. What it said last is believed all the same.",
    }),
  })
  .openapi("InUseSource");

const imageShape = z.object({ digest: z.string(), reference: z.string() }).openapi("InUseImage");

function view(source: InUseSource): z.input<typeof sourceShape> {
  return { ...source };
}

/** `/in-use`: which images run where, so that no retention policy takes them away. */
export function inUseRoutes(inUse: InUse): AnyRoute[] {
  return [
    route({
      method: "get",
      path: "/in-use",
      id: "listInUseSources",
      tag: TAG,
      summary: { en: "List where images are reported to run", zh: "列出上报运行中镜像的来源" },
      action: "in-use:read",
      params: nothing,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(sourceShape, "InUseSources"),
      async handle({ query: { limit, cursor } }) {
        const { items, next } = await inUse.sources({ limit, after: cursorFrom(cursor) });
        return { body: { items: items.map(view), next: cursorTo(next) } };
      },
    }),
    route({
      method: "put",
      path: "/in-use/{source}",
      id: "reportInUse",
      tag: TAG,
      summary: {
        en: "Report all images that run somewhere; what that source said before counts no more",
        zh: "上报某处运行中的全部镜像；该来源此前的上报不再有效",
      },
      action: "in-use:report",
      params: one,
      query: nothing,
      body: z.strictObject({
        images: z.array(z.string().min(1).max(600)).max(MOST_IMAGES).openapi({
          description: "`sha256:…`, or references that end in `@sha256:…`.",
        }),
      }),
      answer: sourceShape,
      async handle({ params, body, doer }) {
        return { body: view(await inUse.report(doer, params.source, body.images)) };
      },
    }),
    route({
      method: "delete",
      path: "/in-use/{source}",
      id: "deleteInUseSource",
      tag: TAG,
      summary: {
        en: "Remove a source that is there no more: what it said to run may be deleted again",
        zh: "删除已不存在的来源；其上报的镜像可再次被清理",
      },
      action: "in-use:delete",
      params: one,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params, doer }) {
        await inUse.delete(doer, params.source);
        return { body: {} };
      },
    }),
    route({
      method: "get",
      path: "/in-use/{source}/images",
      id: "listInUseImages",
      tag: TAG,
      summary: { en: "List the images that a source reported", zh: "列出来源上报的镜像" },
      action: "in-use:read",
      params: one,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(imageShape, "InUseImages"),
      async handle({ params, query: { limit, cursor } }) {
        const ask = { limit, after: cursorFrom(cursor) };
        const { items, next } = await inUse.images(params.source, ask);
        return { body: { items: [...items], next: cursorTo(next) } };
      },
    }),
  ];
}
