import type { Command } from "commander";
import { path } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { artifactView, moveView, repositoryView, tagView } from "./content-views.ts";
import { digestOf, type RepositoryPlace, referencePlace, repositoryPlace } from "./reference.ts";
import { addVerb, type VerbOption } from "./verb.ts";

function at({ project, repository }: RepositoryPlace): string {
  return path`/projects/${project}/repositories/${repository}`;
}

const NAME: VerbOption = {
  flags: "--name <text>",
  words: { en: "a part of the name", zh: "名称中的一部分" },
};

function sortOption(sorts: readonly string[]): VerbOption {
  return {
    flags: "--sort <order>",
    words: { en: "in which order", zh: "排序方式" },
    choices: sorts,
  };
}

const SORTS = ["name", "-name", "updated", "-updated"];

interface Listing {
  readonly name?: string;
  readonly sort?: string;
}

/** What is stored: to list, to look at, to tag, to take away. */
export function addContentVerbs(program: Command, context: RemoteContext): void {
  addVerb<Listing>(program, context, {
    usage: "ls [project]",
    names: 1,
    isPlace: true,
    words: { en: "list the repositories that you may see", zh: "列出您可见的仓库" },
    example: "entrepot ls team --sort -updated",
    options: [NAME, sortOption(SORTS)],
    async run(remote, [project], { name, sort }) {
      const query = { project: project || undefined, name, sort };
      const items = remote.rest.list("/repositories", query);
      await remote.showAll(repositoryView, items);
    },
  });
  addVerb<Listing>(program, context, {
    usage: "tags <repository>",
    names: 1,
    words: { en: "list the tags of a repository", zh: "列出仓库的标签" },
    example: "entrepot tags team/web/api --name 1.4",
    options: [NAME, sortOption(SORTS)],
    async run(remote, [repository = ""], { name, sort }) {
      const items = remote.rest.list(`${at(repositoryPlace(repository))}/tags`, { name, sort });
      await remote.showAll(tagView, items);
    },
  });
  addVerb(program, context, {
    usage: "inspect <reference>",
    names: 1,
    words: { en: "show what a tag or a digest is", zh: "查看标签或摘要所指的制品" },
    example: "entrepot inspect team/web/api:1.4.2",
    async run(remote, [given = ""]) {
      const { project, repository, reference } = referencePlace(given);
      const params = { project, repository, reference };
      await remote.show(artifactView, await remote.rest.ask("getArtifact", { params }));
    },
  });
  addVerb(program, context, {
    usage: "history <repository>",
    names: 1,
    words: {
      en: "what became of the tags of a repository, or of one tag (NAME:TAG), newest first",
      zh: "仓库全部标签（或 名称:标签 单个标签）的变更历史，最新在前",
    },
    example: "entrepot history team/web/api:latest",
    async run(remote, [given = ""]) {
      const isTag = given.lastIndexOf(":") > given.lastIndexOf("/");
      const place = isTag ? referencePlace(given) : { ...repositoryPlace(given), reference: "" };
      const list = isTag
        ? `${at(place)}${path`/tags/${place.reference}/history`}`
        : `${at(place)}/history`;
      await remote.showAll(moveView, remote.rest.list(list));
    },
  });
  addVerb(program, context, {
    usage: "tag <reference> <tag>",
    names: 1,
    words: {
      en: "point a tag at what another tag or a digest is: also the way back to an earlier one",
      zh: "将标签指向另一标签或摘要所指的制品；也用于回退",
    },
    example: "entrepot tag team/web/api@sha256:… stable",
    async run(remote, [given = "", tag = ""]) {
      const place = referencePlace(given);
      if (tag.includes(":")) throw misuse(`${tag} is no tag`, `${tag} 不是标签`);
      const { project, repository } = place;
      const digest = await digestOf(remote.rest, place);
      const params = { project, repository, tag };
      await remote.show(tagView, await remote.rest.ask("setTag", { params, body: { digest } }));
    },
  });
  addVerb(program, context, {
    usage: "rm <reference...>",
    names: Number.POSITIVE_INFINITY,
    words: {
      en: "delete tags (NAME:TAG, the image stays) or images with their tags (NAME@DIGEST)",
      zh: "删除标签（名称:标签，保留镜像）或镜像及其全部标签（名称@摘要）",
    },
    example: "entrepot rm team/web/api:1.3 team/web/api:1.4",
    async run(remote, references) {
      const places = references.map((given) => {
        // A whole repository is more than somebody meant who forgot the tag.
        if (!/[:@][^/]*$/.test(given)) {
          throw misuse(
            `which of ${given}? Write NAME:TAG or NAME@DIGEST`,
            `请指明 ${given} 的标签或摘要：名称:标签 或 名称@摘要`,
          );
        }
        return { given, ...referencePlace(given) };
      });
      for (const { given, project, repository, reference } of places) {
        await remote.rest.ask("deleteArtifact", { params: { project, repository, reference } });
        await remote.note({ en: "deleted {given}", zh: "已删除 {given}" }, { given });
      }
    },
  });
}
