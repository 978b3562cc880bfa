import { z } from "zod";
import { sizeText } from "./sizes.ts";
import { timeText } from "./values.ts";
import { view } from "./views.ts";

const text = z.string();
const maybe = text.nullable();
const who = z.object({ name: text }).nullable();

const words = {
  repository: { en: "Repository", zh: "仓库" },
  tag: { en: "Tag", zh: "标签" },
  tags: { en: "Tags", zh: "标签" },
  digest: { en: "Digest", zh: "摘要" },
  kind: { en: "Kind", zh: "类型" },
  size: { en: "Size", zh: "大小" },
  changed: { en: "Changed", zh: "变更时间" },
  by: { en: "By", zh: "操作者" },
} as const;

export const repositoryView = view(
  z.object({
    name: text,
    tags: z.number(),
    artifacts: z.number(),
    updatedAt: z.number().nullable(),
  }),
  [
    { title: words.repository, of: ({ name }) => name },
    { title: words.tags, of: ({ tags }) => tags },
    { title: { en: "Manifests", zh: "清单" }, of: ({ artifacts }) => artifacts },
    { title: words.changed, of: ({ updatedAt }) => timeText(updatedAt) },
  ],
);

export const tagView = view(
  z.object({
    name: text,
    digest: text,
    kind: text,
    size: z.number().nullable(),
    updatedAt: z.number(),
    updatedBy: who,
  }),
  [
    { title: words.tag, of: ({ name }) => name },
    { title: words.kind, of: ({ kind }) => kind },
    { title: words.size, of: ({ size }) => sizeText(size) },
    { title: words.digest, of: ({ digest }) => digest },
    { title: words.changed, of: ({ updatedAt }) => timeText(updatedAt) },
    { title: words.by, of: ({ updatedBy }) => updatedBy?.name },
  ],
);

export const moveView = view(
  z.object({ tag: text, from: maybe, to: maybe, at: z.number(), by: who }),
  [
    { title: { en: "When", zh: "时间" }, of: ({ at }) => timeText(at) },
    { title: words.tag, of: ({ tag }) => tag },
    { title: { en: "From", zh: "原指向" }, of: ({ from }) => from },
    { title: { en: "To", zh: "新指向" }, of: ({ to }) => to },
    { title: words.by, of: ({ by }) => by?.name },
  ],
);

export const artifactView = view(
  z.object({
    digest: text,
    kind: text,
    mediaType: text,
    artifactType: maybe,
    size: z.number(),
    subject: maybe,
    pushedAt: z.number(),
    pushedBy: who,
    tags: z.array(text),
    annotations: z.record(text, text),
  }),
  [
    { title: words.digest, of: ({ digest }) => digest },
    { title: words.kind, of: ({ kind }) => kind },
    { title: words.tags, of: ({ tags }) => tags },
    { title: { en: "Media type", zh: "媒体类型" }, of: ({ mediaType }) => mediaType },
    { title: { en: "Artifact type", zh: "制品类型" }, of: (each) => each.artifactType },
    { title: { en: "Pushed", zh: "推送时间" }, of: ({ pushedAt }) => timeText(pushedAt) },
    { title: words.by, of: ({ pushedBy }) => pushedBy?.name },
    { title: { en: "Subject", zh: "所描述的对象" }, of: ({ subject }) => subject },
    {
      title: { en: "Annotations", zh: "注解" },
      of: ({ annotations }) => Object.entries(annotations).map(([key, value]) => `${key}=${value}`),
    },
  ],
);
