import { z } from "@hono/zod-openapi";
import type { Integrity } from "../../../features/integrity/service.ts";
import { parseDigest } from "../../../oci/digest.ts";
import { parseRepositoryName } from "../../../oci/name.ts";
import { digestShape } from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { whoShape } from "../who-shape.ts";

const TAG = "integrity";
const count = z.number().int();

const scrubMembers = {
  id: idShape,
  scope: z.enum(["all", "repository", "blob"]),
  repository: z.string().nullable().openapi({ description: "The full name, at the start." }),
  digest: z.string().nullable(),
  state: z.enum(["running", "paused", "done", "cancelled"]),
  phase: z.enum(["blobs", "manifests", "again"]).openapi({
    description: "Files, then manifests, then once more what could not be read.",
  }),
  blobs: count,
  manifests: count,
  bytes: count.openapi({ description: "Read so far." }),
  totalBytes: count.openapi({ description: "That there were to read when it started." }),
  damaged: count,
  unreadable: count,
  startedAt: timeShape,
  startedBy: whoShape.nullable().openapi({
    description: "Null for the schedule, or an account that is gone.",
  }),
  finishedAt: timeShape.nullable(),
};

const scrubShape = z.object(scrubMembers).openapi("Scrub");

const kind = z.enum(["missing", "wrong_size", "corrupt", "unreadable"]);

const findingShape = z
  .object({
    id: idShape,
    object: z.enum(["blob", "manifest"]),
    kind: kind.openapi({
      description: "`unreadable`: the storage failed, which says nothing of the bytes.",
    }),
    digest: z.string(),
    repositories: z.array(z.string()).openapi({ description: "Some of those that have it." }),
    expectedSize: count,
    seenSize: count.nullable(),
    seenDigest: z.string().nullable(),
    foundAt: timeShape,
    seenAt: timeShape.openapi({ description: "When it was seen last." }),
    closedAt: timeShape.nullable(),
    closedAs: z.enum(["pushed", "whole", "gone"]).nullable().openapi({
      description: "Pushed anew, found whole after all, or there no more.",
    }),
  })
  .openapi("Finding");

const stateShape = z
  .object({
    schedule: z.string().nullable().openapi({ description: "Cron, in UTC; null for never." }),
    bytesPerSecond: count.nullable(),
    current: z
      .object(scrubMembers)
      .nullable()
      .openapi({ description: "The whole scrub under way." }),
    last: z
      .object(scrubMembers)
      .nullable()
      .openapi({ description: "The last whole scrub that ended." }),
    open: z
      .object({ missing: count, wrong_size: count, corrupt: count, unreadable: count })
      .openapi({ description: "Open findings by kind." }),
  })
  .openapi("Integrity");

const one = z.strictObject({ scrub: idShape });

/** `/integrity`: whether stored content is what was pushed. */
export function integrityRoutes(integrity: Integrity): AnyRoute[] {
  const read = { method: "get", tag: TAG, action: "system:read", body: undefined } as const;
  const step = (name: "pause" | "resume" | "cancel", summary: { en: string; zh: string }) =>
    route({
      method: "post",
      path: `/integrity/scrubs/{scrub}/${name}`,
      id: `${name}Scrub`,
      tag: TAG,
      summary,
      action: "system:update",
      params: one,
      query: nothing,
      body: undefined,
      answer: scrubShape,
      async handle({ params, doer }) {
        return { body: await integrity.change(doer, params.scrub, name) };
      },
    });
  return [
    route({
      ...read,
      path: "/integrity",
      id: "getIntegrity",
      summary: {
        en: "How far the scrub is, when everything was checked last, what is open",
        zh: "查看校验进度、上次全量校验及未解决的问题",
      },
      params: nothing,
      query: nothing,
      answer: stateShape,
      handle: async () => ({ body: await integrity.state() }),
    }),
    route({
      ...read,
      path: "/integrity/findings",
      id: "listFindings",
      summary: {
        en: "List damaged, missing and unreadable content, the newest first",
        zh: "列出损坏、缺失及无法读取的内容（最新在前）",
      },
      params: nothing,
      query: z.strictObject({
        ...pageQuery,
        open: z
          .enum(["true", "false"])
          .optional()
          .openapi({ description: "Only those that are open, or only those that ended." }),
      }),
      answer: pageOf(findingShape, "Findings"),
      async handle({ query }) {
        const { limit, cursor, open } = query;
        const asked = { limit, after: cursorFrom(cursor) };
        const { items, next } = await integrity.findings({
          ...asked,
          open: open === undefined ? undefined : open === "true",
        });
        const body = {
          items: items.map((each) => ({ ...each, repositories: [...each.repositories] })),
        };
        return { body: { ...body, next: cursorTo(next) } };
      },
    }),
    route({
      ...read,
      path: "/integrity/scrubs",
      id: "listScrubs",
      summary: { en: "List scrubs, the newest first", zh: "列出校验记录（最新在前）" },
      params: nothing,
      query: z.strictObject(pageQuery),
      answer: pageOf(scrubShape, "Scrubs"),
      async handle({ query }) {
        const asked = { limit: query.limit, after: cursorFrom(query.cursor) };
        const { items, next } = await integrity.scrubs(asked);
        return { body: { items: [...items], next: cursorTo(next) } };
      },
    }),
    route({
      ...read,
      path: "/integrity/scrubs/{scrub}",
      id: "getScrub",
      summary: { en: "Read a scrub", zh: "查看校验" },
      params: one,
      query: nothing,
      answer: scrubShape,
      handle: async ({ params }) => ({ body: await integrity.scrub(params.scrub) }),
    }),
    route({
      method: "post",
      path: "/integrity/scrubs",
      id: "startScrub",
      tag: TAG,
      summary: {
        en: "Read and hash all content, that of one repository, or one digest",
        zh: "读取并校验全部内容、单个仓库或单个摘要",
      },
      action: "system:update",
      params: nothing,
      query: nothing,
      body: z
        .strictObject({
          repository: z.string().max(255).optional().openapi({
            description: "The full name; everything when left out.",
            example: "team/web/api",
          }),
          digest: digestShape.optional(),
        })
        .openapi("NewScrub"),
      answer: scrubShape,
      status: 201,
      isCreate: true,
      async handle({ body: { repository, digest }, doer }) {
        const scrub = await integrity.begin(doer, {
          repository: repository === undefined ? undefined : parseRepositoryName(repository),
          digest: digest === undefined ? undefined : parseDigest(digest),
        });
        return { body: scrub, location: `/integrity/scrubs/${scrub.id}` };
      },
    }),
    step("pause", { en: "Pause a scrub", zh: "暂停校验" }),
    step("resume", { en: "Resume a scrub where it was", zh: "从中断处继续校验" }),
    step("cancel", { en: "Cancel a scrub", zh: "取消校验" }),
  ];
}
