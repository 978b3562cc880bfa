import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { digestOf, referencePlace } from "./reference.ts";
import { read } from "./remote.ts";
import { timeText } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { view } from "./views.ts";

const count = z.number();
const figures = z.object({ manifests: count, links: count, blobs: count, bytes: count });

const statusView = view(
  z.object({
    paused: z.object({ at: z.number(), by: z.string() }).nullable(),
    isEnabled: z.boolean(),
    waiting: z.object({
      untagged: count,
      trashed: count,
      links: count,
      blobs: count,
      bytes: count,
      copies: count,
      repositories: count,
      repositoryManifests: count,
      repositoryBytes: count,
    }),
    today: figures,
    nextDue: z.number().nullable(),
    nodes: z.array(
      z.object({ node: z.string(), sweptAt: z.number(), error: z.string().nullable() }),
    ),
  }),
  [
    {
      title: { en: "Paused since", zh: "暂停于" },
      of: ({ paused }) => (paused === null ? null : `${timeText(paused.at)} (${paused.by})`),
      tone: ({ paused }) => (paused === null ? undefined : "bad"),
    },
    { title: { en: "Enabled here", zh: "本节点启用" }, of: ({ isEnabled }) => isEnabled },
    { title: { en: "Untagged manifests", zh: "无标签 manifest" }, of: (s) => s.waiting.untagged },
    {
      title: { en: "Manifests in the trash", zh: "回收站 manifest" },
      of: (s) => s.waiting.trashed,
    },
    { title: { en: "Blobs in no manifest", zh: "未被引用的 blob" }, of: (s) => s.waiting.links },
    { title: { en: "Blobs in no repository", zh: "无仓库的 blob" }, of: (s) => s.waiting.blobs },
    { title: { en: "Bytes of those", zh: "其字节数" }, of: (s) => s.waiting.bytes },
    {
      title: { en: "Deleted repositories", zh: "已删除的仓库" },
      of: (s) => s.waiting.repositories,
    },
    {
      title: { en: "Manifests in those", zh: "其中的 manifest" },
      of: (s) => s.waiting.repositoryManifests,
    },
    { title: { en: "Bytes in those", zh: "其中的字节数" }, of: (s) => s.waiting.repositoryBytes },
    { title: { en: "Blobs reclaimed today", zh: "今日回收 blob" }, of: (s) => s.today.blobs },
    { title: { en: "Bytes reclaimed today", zh: "今日回收字节" }, of: (s) => s.today.bytes },
    { title: { en: "Next due", zh: "下次到期" }, of: ({ nextDue }) => timeText(nextDue) },
  ],
  [
    {
      title: { en: "Nodes", zh: "节点" },
      of: ({ nodes }) =>
        nodes.map(({ node, sweptAt, error }) => `${node}: ${error ?? timeText(sweptAt)}`),
    },
  ],
);

const reasonView = view(
  z.object({
    kind: z.string(),
    name: z.string().nullable(),
    digest: z.string().nullable(),
    until: z.number().nullable(),
  }),
  [
    { title: { en: "Kept by", zh: "保留原因" }, of: ({ kind }) => kind },
    { title: { en: "Which", zh: "对象" }, of: ({ name, digest }) => name ?? digest },
    { title: { en: "Until", zh: "期限" }, of: ({ until }) => timeText(until) },
  ],
);

const keptShape = z.object({ reasons: z.array(z.unknown()) });

/** `entrepot reclaim`: how space comes back. */
export function reclaimCommand(context: RemoteContext): Command {
  const command = group("reclaim", { en: "how space comes back", zh: "空间回收" }, context);
  addVerb(command, context, {
    usage: "status",
    words: { en: "what waits, and what was reclaimed", zh: "查看等待与已回收的内容" },
    example: "entrepot reclaim status",
    async run(remote) {
      await remote.show(statusView, await remote.rest.call("GET", "/reclaim"));
    },
  });
  addVerb(command, context, {
    usage: "pause",
    words: { en: "pause reclaiming on all nodes", zh: "在所有节点暂停回收" },
    example: "entrepot reclaim pause",
    async run(remote) {
      await remote.show(statusView, await remote.rest.call("POST", "/reclaim/pause"));
    },
  });
  addVerb(command, context, {
    usage: "resume",
    words: { en: "let reclaiming go on", zh: "恢复回收" },
    example: "entrepot reclaim resume",
    async run(remote) {
      await remote.show(statusView, await remote.rest.call("POST", "/reclaim/resume"));
    },
  });
  addVerb(command, context, {
    usage: "run",
    words: { en: "reclaim now what is due", zh: "立即回收到期内容" },
    example: "entrepot reclaim run",
    async run(remote) {
      await remote.show(statusView, await remote.rest.call("POST", "/reclaim/run"));
    },
  });
  addVerb(command, context, {
    usage: "why <what>",
    names: 1,
    words: {
      en: "why an image (NAME:TAG, NAME@DIGEST) or a blob (NAME@DIGEST) is kept",
      zh: "查看镜像（名称:标签、名称@摘要）或 blob（名称@摘要）被保留的原因",
    },
    example: ["entrepot reclaim why team/web/api:1.3"],
    async run(remote, [given = ""]) {
      const place = referencePlace(given);
      const digest = await digestOf(remote.rest, place);
      const { project, repository } = place;
      const target = path`/projects/${project}/repositories/${repository}/kept/${digest}`;
      const { reasons } = read(keptShape, await remote.rest.call("GET", target));
      await remote.showAll(reasonView, reasons);
    },
  });
  return command;
}
