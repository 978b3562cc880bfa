import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { pick } from "./find.ts";
import { printable } from "./printable.ts";
import { referencePlace, repositoryPlace } from "./reference.ts";
import type { Remote } from "./remote.ts";
import { timeText } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { view } from "./views.ts";

const who = z.object({ name: z.string() }).nullable();
const when = { deletedAt: z.number(), deletedBy: who };
const words = {
  repository: { en: "Repository", zh: "仓库" },
  deleted: { en: "Deleted", zh: "删除时间" },
  by: { en: "By", zh: "操作者" },
  kept: { en: "Kept until", zh: "保留至" },
  tags: { en: "Tags", zh: "标签" },
  digest: { en: "Digest", zh: "摘要" },
} as const;

const repositoryView = view(
  z.object({ id: z.string(), name: z.string(), ...when, keptUntil: z.number() }),
  [
    { title: words.repository, of: ({ name }) => name },
    { title: words.deleted, of: ({ deletedAt }) => timeText(deletedAt) },
    { title: words.by, of: ({ deletedBy }) => deletedBy?.name },
    { title: words.kept, of: ({ keptUntil }) => timeText(keptUntil) },
    { title: { en: "Id", zh: "编号" }, of: ({ id }) => id },
  ],
);

const artifactView = view(
  z.object({
    digest: z.string(),
    kind: z.string(),
    tags: z.array(z.string()),
    ...when,
    keptUntil: z.number(),
  }),
  [
    { title: words.digest, of: ({ digest }) => digest },
    { title: { en: "Kind", zh: "类型" }, of: ({ kind }) => kind },
    { title: words.tags, of: ({ tags }) => tags.join(", ") },
    { title: words.deleted, of: ({ deletedAt }) => timeText(deletedAt) },
    { title: words.by, of: ({ deletedBy }) => deletedBy?.name },
    { title: words.kept, of: ({ keptUntil }) => timeText(keptUntil) },
  ],
);

const tagView = view(
  z.object({ tag: z.string(), digest: z.string(), ...when, isInTrash: z.boolean() }),
  [
    { title: { en: "Tag", zh: "标签" }, of: ({ tag }) => tag },
    { title: words.digest, of: ({ digest }) => digest },
    { title: words.deleted, of: ({ deletedAt }) => timeText(deletedAt) },
    { title: words.by, of: ({ deletedBy }) => deletedBy?.name },
    {
      title: { en: "Image in the trash", zh: "镜像在回收站" },
      of: ({ isInTrash }) => isInTrash,
    },
  ],
);

/** Whether a repository is meant as a whole, without a tag and a digest. */
function isWhole(given: string): boolean {
  return !/[:@][^/]*$/.test(given);
}

async function trashedId(remote: Remote, given: string): Promise<{ project: string; id: string }> {
  const { project } = repositoryPlace(given);
  const list = remote.rest.list(path`/projects/${project}/deleted-repositories`);
  return { project, id: await pick(list, given, "repository") };
}

async function restore(remote: Remote, given: string): Promise<void> {
  if (isWhole(given)) {
    const { project, id } = await trashedId(remote, given);
    await remote.rest.ask("restoreRepository", { params: { project, deleted: id } });
    return;
  }
  const { project, repository, reference } = referencePlace(given);
  if (reference.includes(":")) {
    const params = { project, repository, digest: reference };
    await remote.rest.ask("restoreArtifact", { params });
  } else {
    await remote.rest.ask("restoreTag", { params: { project, repository, tag: reference } });
  }
}

async function empty(remote: Remote, given: string): Promise<void> {
  if (isWhole(given)) {
    const { project, id } = await trashedId(remote, given);
    await remote.rest.ask("emptyRepository", { params: { project, deleted: id } });
    return;
  }
  const { project, repository, reference } = referencePlace(given);
  if (!reference.includes(":")) {
    throw misuse(
      `${printable(given)}: a tag is not in the trash; write NAME@DIGEST or NAME`,
      `${printable(given)}：标签不在回收站中；请写成 名称@摘要 或 名称`,
    );
  }
  await remote.rest.ask("emptyArtifact", { params: { project, repository, digest: reference } });
}

/** `entrepot trash`: what was deleted, the way back, and the way out of it for good. */
export function trashCommand(context: RemoteContext): Command {
  const command = group(
    "trash",
    { en: "what was deleted and can be restored", zh: "已删除且可恢复的内容" },
    context,
  );
  addVerb(command, context, {
    usage: "repositories <project>",
    names: 1,
    isPlace: true,
    words: { en: "list the repositories in the trash", zh: "列出回收站中的仓库" },
    example: "entrepot trash repositories team",
    async run(remote, [project = ""]) {
      const list = remote.rest.list(path`/projects/${project}/deleted-repositories`);
      await remote.showAll(repositoryView, list);
    },
  });
  addVerb(command, context, {
    usage: "artifacts <repository>",
    names: 1,
    words: { en: "list the images in the trash", zh: "列出回收站中的镜像" },
    example: "entrepot trash artifacts team/web/api",
    async run(remote, [given = ""]) {
      const { project, repository } = repositoryPlace(given);
      const list = path`/projects/${project}/repositories/${repository}/deleted-artifacts`;
      await remote.showAll(artifactView, remote.rest.list(list));
    },
  });
  addVerb(command, context, {
    usage: "tags <repository>",
    names: 1,
    words: { en: "list the tags that can be set again", zh: "列出可恢复的标签" },
    example: "entrepot trash tags team/web/api",
    async run(remote, [given = ""]) {
      const { project, repository } = repositoryPlace(given);
      const list = path`/projects/${project}/repositories/${repository}/deleted-tags`;
      await remote.showAll(tagView, remote.rest.list(list));
    },
  });
  addVerb(command, context, {
    usage: "restore <what>",
    names: 1,
    words: {
      en: "restore a repository (NAME), an image (NAME@DIGEST) or a tag (NAME:TAG)",
      zh: "恢复仓库（名称）、镜像（名称@摘要）或标签（名称:标签）",
    },
    example: ["entrepot trash restore team/web/api", "entrepot trash restore team/web/api:1.3"],
    async run(remote, [given = ""]) {
      await restore(remote, given);
      await remote.note({ en: "restored {given}", zh: "已恢复 {given}" }, { given });
    },
  });
  addVerb(command, context, {
    usage: "empty <what>",
    names: 1,
    words: {
      en: "let a repository (NAME) or an image (NAME@DIGEST) in the trash go for good",
      zh: "从回收站彻底移除仓库（名称）或镜像（名称@摘要）",
    },
    example: "entrepot trash empty team/web/api",
    async run(remote, [given = ""]) {
      await empty(remote, given);
      await remote.note({ en: "{given} is gone for good", zh: "已彻底移除 {given}" }, { given });
    },
  });
  return command;
}
