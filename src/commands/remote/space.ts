import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { referencePlace, repositoryPlace } from "./reference.ts";
import { sizeText } from "./sizes.ts";
import { addVerb } from "./verb.ts";
import { view } from "./views.ts";

const count = z.number();
const freed = z.object({ bytes: count, blobs: count, manifests: count, manifestBytes: count });

const spaceView = view(
  z.object({
    within: z.string(),
    manifests: count,
    manifestBytes: count,
    blobs: count,
    logical: count,
    unique: count,
    shared: count,
    freed,
    left: freed.optional(),
  }),
  [
    { title: { en: "Manifests", zh: "清单" }, of: ({ manifests }) => manifests },
    { title: { en: "Blobs", zh: "Blob" }, of: ({ blobs }) => blobs },
    { title: { en: "Without sharing", zh: "去重前" }, of: ({ logical }) => sizeText(logical) },
    { title: { en: "Takes", zh: "占用" }, of: ({ unique }) => sizeText(unique) },
    { title: { en: "Shared", zh: "共享" }, of: ({ shared }) => sizeText(shared) },
    { title: { en: "With others in", zh: "共享范围" }, of: ({ within }) => within },
    {
      title: { en: "Deleting it frees", zh: "删除可释放" },
      of: (space) => sizeText(space.freed.bytes),
    },
    {
      title: { en: "Left behind", zh: "遗留" },
      of: ({ left }) => (left === undefined ? null : sizeText(left.bytes)),
    },
  ],
);

/** The path of a project's, a repository's or an artifact's space. */
function targetOf(what: string): string {
  if (what.includes("@") || what.lastIndexOf(":") > what.lastIndexOf("/")) {
    const { project, repository, reference } = referencePlace(what);
    return path`/projects/${project}/repositories/${repository}/artifacts/${reference}/space`;
  }
  if (!what.includes("/")) return path`/projects/${what}/space`;
  const { project, repository } = repositoryPlace(what);
  return path`/projects/${project}/repositories/${repository}/space`;
}

/** Adds `entrepot space`. */
export function addSpace(program: Command, context: RemoteContext): void {
  addVerb<{ readonly within?: string }>(program, context, {
    usage: "space <what>",
    names: 1,
    words: {
      en: "the space that a PROJECT, a NAME, or an artifact (NAME:TAG, NAME@DIGEST) takes, and what deleting it frees",
      zh: "项目、仓库或制品（名称:标签、名称@摘要）占用的空间，以及删除可释放的空间",
    },
    example: ["entrepot space team", "entrepot space team/web/api:1.3"],
    options: [
      {
        flags: "--within <who>",
        words: {
          en: "who counts as another holder; else what one may see",
          zh: "计入其他持有者的范围；默认取可见范围",
        },
        choices: ["installation", "project"],
      },
    ],
    async run(remote, [what = ""], { within }) {
      await remote.show(
        spaceView,
        await remote.rest.call("GET", targetOf(what), { query: { within } }),
      );
    },
  });
}
