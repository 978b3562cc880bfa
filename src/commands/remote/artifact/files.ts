import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../../client/rest.ts";
import { RestFault } from "../../../client/rest-fault.ts";
import type { RemoteContext } from "../connection.ts";
import { first, mostOf } from "../first.ts";
import { type ReferencePlace, referencePlace } from "../reference.ts";
import { sizeText } from "../sizes.ts";
import { timeText } from "../values.ts";
import { addVerb, type VerbOption } from "../verb.ts";
import { view } from "../views.ts";
import { settledAnswer, settledList } from "./settle.ts";

export const file = z.object({
  path: z.string(),
  type: z.string(),
  size: z.number(),
  mode: z.string(),
  uid: z.number(),
  gid: z.number(),
  modifiedAt: z.number().nullable(),
  target: z.string().nullable(),
  layerIndex: z.number(),
});

/** A path as people write it. */
export function pathText(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}

const fileView = view(file, [
  { title: { en: "Type", zh: "类型" }, of: ({ type }) => type },
  { title: { en: "Mode", zh: "权限" }, of: ({ mode }) => mode },
  { title: { en: "Owner", zh: "属主" }, of: ({ uid, gid }) => `${uid}:${gid}` },
  {
    title: { en: "Size", zh: "大小" },
    of: ({ type, size }) => (type === "directory" ? null : sizeText(size)),
  },
  { title: { en: "Modified", zh: "修改时间" }, of: ({ modifiedAt }) => timeText(modifiedAt) },
  { title: { en: "Layer", zh: "层" }, of: ({ layerIndex }) => layerIndex },
  {
    title: { en: "Path", zh: "路径" },
    of: (each) => pathText(each.path) + (each.target === null ? "" : ` -> ${each.target}`),
  },
]);

const LAYER: VerbOption = {
  flags: "--layer <digest>",
  words: { en: "one layer alone", zh: "仅此一层" },
};

function artifactAt({ project, repository, reference }: ReferencePlace): string {
  return path`/projects/${project}/repositories/${repository}/artifacts/${reference}`;
}

/** `entrepot files` and `cat`: what is in an image, without pulling it. */
export function addFileVerbs(program: Command, context: RemoteContext): void {
  interface Flags {
    readonly search?: string;
    readonly layer?: string;
    readonly limit?: string;
  }
  addVerb<Flags>(program, context, {
    usage: "files <reference> [path]",
    names: 1,
    words: {
      en: "list the files of a directory of an image, or find files in it",
      zh: "列出镜像目录中的文件，或查找文件",
    },
    example: [
      "entrepot files team/web/api:1.4 /etc",
      "entrepot files team/web/api:1.4 --search passwd",
    ],
    options: [
      {
        flags: "--search <text>",
        words: { en: "a part of the path, at any depth", zh: "路径中的一部分，不限层级" },
      },
      LAYER,
      { flags: "--limit <count>", words: { en: "how many; else all", zh: "条数；默认全部" } },
    ],
    async run(remote, [given = "", directory], { search, layer, limit }) {
      const target = `${artifactAt(referencePlace(given))}/files`;
      const most = limit === undefined ? Number.POSITIVE_INFINITY : mostOf(limit);
      const query = { path: directory, search, layer, limit: Math.min(most, 200) };
      await remote.showAll(fileView, first(settledList(remote, target, query), most));
    },
  });
  addVerb<{ readonly layer?: string }>(program, context, {
    usage: "cat <reference> <path>",
    names: 1,
    words: {
      en: "print a file of an image; on a terminal, without what a terminal would obey",
      zh: "输出镜像中的文件；在终端上不输出终端控制字符",
    },
    example: "entrepot cat team/web/api:1.4 /etc/os-release",
    options: [LAYER],
    async run(remote, [given = "", name = ""], { layer }) {
      const target = `${artifactAt(referencePlace(given))}/file`;
      const query = { path: name, layer, download: "true" };
      const answer = await settledAnswer(remote, () => remote.rest.raw("GET", target, { query }));
      // It is asked for as bytes, whatever they are.
      if (answer.isJson) throw new RestFault("unreadable", "no file");
      await remote.pour(answer.pieces);
    },
  });
}
