import { z } from "@hono/zod-openapi";
import { MOST_COUNTED } from "../../../features/content/views/store/repositories.ts";
import type { Projects } from "../../../features/projects/project.ts";
import type { Trash } from "../../../features/trash/service.ts";
import { artifactKinds } from "../../../oci/artifact-kind.ts";
import { parseDigest } from "../../../oci/digest.ts";
import { parseTag } from "../../../oci/name.ts";
import {
  digestShape,
  fullName,
  IN_REPOSITORY,
  place,
  resourceOf,
  tagName,
} from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { projectName } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { whoShape } from "../who-shape.ts";

const whenAndWho = {
  deletedAt: timeShape,
  deletedBy: whoShape.nullable().openapi({
    description: "Null for what went with its project, or with an account that is gone.",
  }),
};
const keptUntil = timeShape.openapi({ description: "Until then it can be restored." });

const repositoryShape = z
  .object({
    id: idShape,
    name: z.string().openapi({ description: "The full name." }),
    ...whenAndWho,
    keptUntil,
    isNameFree: z.boolean().openapi({
      description: "False once a new repository has the name: then this one cannot be restored.",
    }),
    goingSince: timeShape.nullable().openapi({
      description: "Since when it is being removed for good; null while it can be restored.",
    }),
    tags: z
      .number()
      .int()
      .openapi({
        description: `What it still holds; ${MOST_COUNTED + 1} means more than ${MOST_COUNTED}.`,
      }),
    artifacts: z.number().int().openapi({ description: "Manifests, counted likewise." }),
  })
  .openapi("DeletedRepository");

const artifactShape = z
  .object({
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string().nullable(),
    kind: z.enum(artifactKinds),
    size: z.number().int().openapi({ description: "Of the manifest itself, in bytes." }),
    ...whenAndWho,
    keptUntil,
    tags: z.array(z.string()).openapi({ description: "Those that went with it." }),
  })
  .openapi("DeletedArtifact");

const tagShape = z
  .object({
    tag: z.string(),
    digest: z.string().openapi({ description: "What it named last." }),
    ...whenAndWho,
    isInTrash: z.boolean().openapi({ description: "Whether its manifest was deleted as well." }),
  })
  .openapi("DeletedTag");

const ofProject = { project: projectName };
const oneRepository = z.strictObject({ ...ofProject, deleted: idShape });
const oneArtifact = z.strictObject({ ...place, digest: digestShape });
const TAG = "trash";

interface Parts {
  readonly trash: Trash;
  readonly projects: Pick<Projects, "named" | "empty">;
}

function asked(query: { readonly limit: number; readonly cursor?: string | undefined }) {
  return { limit: query.limit, after: cursorFrom(query.cursor) };
}

/** Repositories: into the trash, back, and out of it for good. */
function repositoryTrash({ trash, projects }: Parts): AnyRoute[] {
  const idOf = async (project: string) => (await projects.named(project)).id;
  const onProject = ({ project }: { readonly project: string }) =>
    ({ kind: "project", name: project }) as const;
  return [
    route({
      method: "delete",
      path: IN_REPOSITORY,
      id: "deleteRepository",
      tag: TAG,
      summary: {
        en: "Move a repository to the trash with all that it holds; it can be restored",
        zh: "将仓库及其全部内容移入回收站；可恢复",
      },
      action: "repository:delete",
      on: resourceOf,
      params: z.strictObject(place),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ params, doer }) {
        await trash.deleteRepository(doer, fullName(params));
        return { body: {} };
      },
    }),
    route({
      method: "get",
      path: "/projects/{project}/deleted-repositories",
      id: "listDeletedRepositories",
      tag: TAG,
      summary: { en: "List the repositories in the trash", zh: "列出回收站中的仓库" },
      action: "trash:read",
      on: onProject,
      params: z.strictObject(ofProject),
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(repositoryShape, "DeletedRepositories"),
      async handle({ params, query }) {
        const { items, next } = await trash.repositories(await idOf(params.project), asked(query));
        return { body: { items: [...items], next: cursorTo(next) } };
      },
    }),
    route({
      method: "post",
      path: "/projects/{project}/deleted-repositories/{deleted}/restore",
      id: "restoreRepository",
      tag: TAG,
      summary: { en: "Restore a repository", zh: "恢复仓库" },
      action: "trash:restore",
      on: onProject,
      params: oneRepository,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params: { project, deleted: id }, doer }) {
        await trash.restoreRepository(doer, { projectId: await idOf(project), id });
        return { body: {} };
      },
    }),
    route({
      method: "delete",
      path: "/projects/{project}/deleted-repositories/{deleted}",
      id: "emptyRepository",
      tag: TAG,
      summary: {
        en: "Take a repository out of the trash for good: its content is reclaimed",
        zh: "从回收站彻底移除仓库：其内容将被回收",
      },
      action: "trash:empty",
      on: onProject,
      params: oneRepository,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ params: { project, deleted: id }, doer }) {
        await trash.emptyRepository(doer, { projectId: await idOf(project), id });
        return { body: {} };
      },
    }),
    route({
      method: "delete",
      path: "/deleted-projects/{id}",
      id: "emptyProject",
      tag: TAG,
      summary: {
        en: "Take a project out of the trash for good: its content is reclaimed",
        zh: "从回收站彻底移除项目：其内容将被回收",
      },
      action: "trash:empty",
      params: z.strictObject({ id: idShape }),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ params, doer }) {
        await projects.empty(doer, params.id);
        return { body: {} };
      },
    }),
  ];
}

/** Manifests and tags of one repository. */
function artifactTrash({ trash }: Parts): AnyRoute[] {
  return [
    route({
      method: "get",
      path: `${IN_REPOSITORY}/deleted-artifacts`,
      id: "listDeletedArtifacts",
      tag: TAG,
      summary: { en: "List the manifests in the trash", zh: "列出回收站中的清单" },
      action: "trash:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(artifactShape, "DeletedArtifacts"),
      async handle({ params, query }) {
        const { items, next } = await trash.artifacts(fullName(params), asked(query));
        const body = items.map((item) => ({ ...item, tags: [...item.tags] }));
        return { body: { items: body, next: cursorTo(next) } };
      },
    }),
    route({
      method: "post",
      path: `${IN_REPOSITORY}/deleted-artifacts/{digest}/restore`,
      id: "restoreArtifact",
      tag: TAG,
      summary: {
        en: "Restore a manifest, with the tags that went with it and are not set anew",
        zh: "恢复清单，以及随之删除且尚未重新设置的标签",
      },
      action: "trash:restore",
      on: resourceOf,
      params: oneArtifact,
      query: nothing,
      body: undefined,
      answer: z
        .object({ tags: z.array(z.string()).openapi({ description: "Those that came back." }) })
        .openapi("RestoredArtifact"),
      async handle({ params, doer }) {
        const name = fullName(params);
        const tags = await trash.restoreArtifact(doer, name, parseDigest(params.digest));
        return { body: { tags: [...tags] } };
      },
    }),
    route({
      method: "delete",
      path: `${IN_REPOSITORY}/deleted-artifacts/{digest}`,
      id: "emptyArtifact",
      tag: TAG,
      summary: {
        en: "Take a manifest out of the trash for good: it is reclaimed",
        zh: "从回收站彻底移除清单：将被回收",
      },
      action: "trash:empty",
      on: resourceOf,
      params: oneArtifact,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      stepUp: true,
      async handle({ params, doer }) {
        await trash.emptyArtifact(doer, fullName(params), parseDigest(params.digest));
        return { body: {} };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/deleted-tags`,
      id: "listDeletedTags",
      tag: TAG,
      summary: {
        en: "List the tags that were deleted and can be set again",
        zh: "列出已删除且可恢复的标签",
      },
      action: "trash:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: z.strictObject(pageQuery),
      body: undefined,
      answer: pageOf(tagShape, "DeletedTags"),
      async handle({ params, query }) {
        const { items, next } = await trash.tags(fullName(params), asked(query));
        return { body: { items: [...items], next: cursorTo(next) } };
      },
    }),
    route({
      method: "post",
      path: `${IN_REPOSITORY}/deleted-tags/{tag}/restore`,
      id: "restoreTag",
      tag: TAG,
      summary: {
        en: "Set a deleted tag again to what it named last: a push of that tag, as far as rights go",
        zh: "将已删除的标签重新指向其最后所指的清单（权限上等同推送该标签）",
      },
      action: "repository:push",
      on: resourceOf,
      params: z.strictObject({ ...place, tag: tagName }),
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params, doer }) {
        await trash.restoreTag(doer, fullName(params), parseTag(params.tag));
        return { body: {} };
      },
    }),
  ];
}

/** What was deleted and can be had back. */
export function trashRoutes(parts: Parts): AnyRoute[] {
  return [...repositoryTrash(parts), ...artifactTrash(parts)];
}
