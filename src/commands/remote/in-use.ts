import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { runningImages } from "./running.ts";
import { timeText } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { view } from "./views.ts";

const sourceView = view(
  z.object({
    name: z.string(),
    reportedAt: z.number(),
    reportedBy: z.object({ name: z.string() }).nullable(),
    images: z.number(),
    isSilent: z.boolean(),
  }),
  [
    { title: { en: "Source", zh: "来源" }, of: ({ name }) => name },
    { title: { en: "Images", zh: "镜像数" }, of: ({ images }) => String(images) },
    { title: { en: "Reported", zh: "上报时间" }, of: ({ reportedAt }) => timeText(reportedAt) },
    { title: { en: "By", zh: "上报者" }, of: ({ reportedBy }) => reportedBy?.name ?? null },
    {
      title: { en: "Silent", zh: "失联" },
      of: ({ isSilent }) => isSilent,
    },
  ],
);

const imageView = view(z.object({ digest: z.string(), reference: z.string() }), [
  { title: { en: "Image", zh: "镜像" }, of: ({ reference }) => reference },
]);

/** Bytes of a list of pods: a cluster has some ten thousand of them. */
const MOST_PODS = 512 * 2 ** 20;
/** Longer reports are sent without names. */
const LONG = 900_000;

interface Report {
  readonly source: string;
}

/** `entrepot inuse`: what runs somewhere, and so is never taken away by a policy. */
export function inUseCommand(context: RemoteContext): Command {
  const words = {
    en: "images that run somewhere, which no retention policy deletes",
    zh: "管理运行中的镜像；保留策略不会删除它们",
  };
  const command = group("inuse", words, context);
  addVerb<Report>(command, context, {
    usage: "report",
    words: {
      en: "report what runs, from `kubectl get pods -o json` on standard input",
      zh: "从标准输入的 `kubectl get pods -o json` 上报运行中的镜像",
    },
    example: "kubectl get pods --all-namespaces -o json | entrepot inuse report --source prod",
    options: [
      {
        flags: "--source <name>",
        words: { en: "where they run, such as the cluster's name", zh: "运行位置，例如集群名称" },
        isNeeded: true,
      },
    ],
    async run(remote, _, { source }) {
      const text = await remote.inputs.text("-", MOST_PODS);
      let found: ReturnType<typeof runningImages>;
      try {
        found = runningImages(text);
      } catch {
        throw misuse(
          "standard input is no list of pods: give what `kubectl get pods -o json` prints",
          "标准输入不是 Pod 列表：请提供 `kubectl get pods -o json` 的输出",
        );
      }
      const { unknown } = found;
      const isLong = JSON.stringify(found.images).length > LONG;
      const images = isLong
        ? found.images.map((image) => image.slice(image.lastIndexOf("@") + 1))
        : found.images;
      const target = path`/in-use/${source}`;
      await remote.show(sourceView, await remote.rest.call("PUT", target, { body: { images } }));
      if (unknown === 0) return;
      await remote.note(
        { en: "{unknown} containers tell no digest yet", zh: "{unknown} 个容器尚无摘要" },
        { unknown },
      );
    },
  });
  addVerb(command, context, {
    usage: "list",
    words: { en: "list where images run", zh: "列出上报来源" },
    example: "entrepot inuse list",
    async run(remote) {
      await remote.showAll(sourceView, remote.rest.list("/in-use"));
    },
  });
  addVerb(command, context, {
    usage: "images <source>",
    words: { en: "list what runs there", zh: "列出某来源运行中的镜像" },
    example: "entrepot inuse images prod",
    async run(remote, [source = ""]) {
      await remote.showAll(imageView, remote.rest.list(path`/in-use/${source}/images`));
    },
  });
  addVerb(command, context, {
    usage: "remove <source>",
    words: { en: "remove a source that is there no more", zh: "删除已不存在的来源" },
    example: "entrepot inuse remove old-cluster",
    async run(remote, [source = ""]) {
      await remote.rest.call("DELETE", path`/in-use/${source}`);
      await remote.note({ en: "removed {source}", zh: "已删除 {source}" }, { source });
    },
  });
  return command;
}
