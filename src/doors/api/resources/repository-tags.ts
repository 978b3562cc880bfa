import { z } from "@hono/zod-openapi";
import type { Content } from "../../../features/content/service.ts";
import type { TagMove, TagView } from "../../../features/content/views/view.ts";
import type { Immutability, Judge } from "../../../features/immutability/rule.ts";
import type { Projects } from "../../../features/projects/project.ts";
import { artifactKinds } from "../../../oci/artifact-kind.ts";
import { parseDigest } from "../../../oci/digest.ts";
import { parseReference, parseTag } from "../../../oci/name.ts";
import {
  digestShape,
  fullName,
  IN_REPOSITORY,
  place,
  resourceOf,
  tagName,
} from "../repository-path.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { cursorFrom, cursorTo, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { whoFor, whoShape } from "../who-shape.ts";
import { orderOf, sorts } from "./repositories.ts";

const tagShape = z
  .object({
    name: z.string(),
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string().nullable(),
    kind: z.enum(artifactKinds),
    size: z.number().int().nullable().openapi({
      description: "Bytes of everything it names; null while unknown, and of an index.",
    }),
    pushedAt: timeShape,
    updatedAt: timeShape,
    updatedBy: whoShape.nullable(),
    immutableBy: z.string().nullable().openapi({
      description: "The rule by which it can be neither moved nor removed; null: it can.",
    }),
  })
  .openapi("Tag");

const moveShape = z
  .object({
    id: z.string(),
    tag: z.string(),
    from: z.string().nullable().openapi({ description: "Null: it was not there." }),
    to: z.string().nullable().openapi({ description: "Null: it was deleted." }),
    at: timeShape,
    by: whoShape.nullable(),
    fromIsHere: z.boolean().openapi({ description: "Whether the tag can go back to `from`." }),
    toIsHere: z.boolean(),
  })
  .openapi("TagMove");

const one = z.strictObject({ ...place, tag: tagName });
const TAG = "repositories";

type Asker = Pick<Call<unknown, unknown, unknown>, "actor">;

function shown(tag: TagView, { actor }: Asker, judge: (tag: string) => string | undefined) {
  const immutableBy = judge(tag.name) ?? null;
  return { ...tag, updatedBy: whoFor(actor)(tag.updatedBy), immutableBy };
}

interface TagParts {
  readonly content: Content;
  readonly immutability: Pick<Immutability, "judge">;
  readonly projects: Pick<Projects, "named">;
}

/** Tags of a repository: to look at, to set, to take away; and what became of them. */
export function repositoryTagRoutes(parts: TagParts): AnyRoute[] {
  const { views, manifests } = parts.content;
  /** Which tags of the repository are immutable. */
  const judging = async (params: { readonly project: string; readonly repository: string }) => {
    const judge: Judge = await parts.immutability.judge(await parts.projects.named(params.project));
    return (tag: string) => judge(fullName(params), tag);
  };
  const history = (items: readonly TagMove[], { actor }: Asker) => {
    const show = whoFor(actor);
    return items.map((move) => ({ ...move, by: show(move.by) }));
  };
  return [
    route({
      method: "get",
      path: `${IN_REPOSITORY}/tags`,
      id: "listTags",
      tag: TAG,
      summary: { en: "List the tags of a repository", zh: "列出仓库的标签" },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: z.strictObject({
        ...pageQuery,
        name: z.string().min(1).max(128).optional().openapi({
          description: "A part of the name; case does not count.",
        }),
        sort: sorts.default("name"),
      }),
      body: undefined,
      answer: pageOf(tagShape, "Tags"),
      async handle(call) {
        const { limit, cursor, name, sort } = call.query;
        const asked = { ...orderOf(sort), limit, after: cursorFrom(cursor), name };
        const { items, next } = await views.tags(fullName(call.params), asked);
        const judge = await judging(call.params);
        const tags = items.map((tag) => shown(tag, call, judge));
        return { body: { items: tags, next: cursorTo(next) } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/tags/{tag}`,
      id: "getTag",
      tag: TAG,
      summary: { en: "Read a tag", zh: "查看标签" },
      action: "repository:read",
      on: resourceOf,
      params: one,
      query: nothing,
      body: undefined,
      answer: tagShape,
      async handle(call) {
        const { params } = call;
        const tag = await views.tag(fullName(params), parseTag(params.tag));
        return { body: shown(tag, call, await judging(params)) };
      },
    }),
    route({
      method: "put",
      path: `${IN_REPOSITORY}/tags/{tag}`,
      id: "setTag",
      tag: TAG,
      summary: {
        en: "Point a tag at a manifest of the repository: a new tag, or back to an earlier one",
        zh: "将标签指向仓库中的清单：新建标签，或回退到之前的版本",
      },
      action: "repository:push",
      on: (params) => resourceOf(params),
      params: one,
      query: nothing,
      body: z.strictObject({ digest: digestShape }),
      answer: tagShape,
      async handle(call) {
        const { params, body, doer } = call;
        const name = fullName(params);
        const tag = parseTag(params.tag);
        await manifests.tag(name, tag, parseDigest(body.digest), doer);
        return { body: shown(await views.tag(name, tag), call, await judging(params)) };
      },
    }),
    route({
      method: "delete",
      path: `${IN_REPOSITORY}/tags/{tag}`,
      id: "deleteTag",
      tag: TAG,
      summary: { en: "Delete a tag, and not its manifest", zh: "删除标签（保留其清单）" },
      action: "repository:delete",
      on: resourceOf,
      params: one,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params, doer }) {
        await manifests.delete(fullName(params), parseReference(params.tag), doer);
        return { body: {} };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/tags/{tag}/history`,
      id: "listTagHistory",
      tag: TAG,
      summary: { en: "What became of a tag, newest first", zh: "标签的变更历史（最新在前）" },
      action: "repository:read",
      on: resourceOf,
      params: one,
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(moveShape, "TagHistory"),
      async handle(call) {
        const { params, query } = call;
        const paging = { limit: query.limit, after: cursorFrom(query.cursor) };
        const { items, next } = await views.history(fullName(params), parseTag(params.tag), paging);
        return { body: { items: history(items, call), next: cursorTo(next) } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/history`,
      id: "listRepositoryHistory",
      tag: TAG,
      summary: {
        en: "What became of the tags of a repository, newest first",
        zh: "仓库全部标签的变更历史（最新在前）",
      },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(moveShape, "RepositoryHistory"),
      async handle(call) {
        const { params, query } = call;
        const paging = { limit: query.limit, after: cursorFrom(query.cursor) };
        const { items, next } = await views.history(fullName(params), undefined, paging);
        return { body: { items: history(items, call), next: cursorTo(next) } };
      },
    }),
  ];
}
