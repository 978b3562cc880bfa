import type { Command } from "commander";
import { path, type Query } from "../../client/rest.ts";
import { addDiff } from "./artifact/diff.ts";
import { addFileVerbs } from "./artifact/files.ts";
import { addInspect } from "./artifact/inspect.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { moveView, repositoryView, tagView } from "./content-views.ts";
import { first, mostOf } from "./first.ts";
import { printable } from "./printable.ts";
import { digestOf, type RepositoryPlace, referencePlace, repositoryPlace } from "./reference.ts";
import type { Remote } from "./remote.ts";
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

const LIMIT: VerbOption = {
  flags: "--limit <count>",
  words: { en: "how many; else all", zh: "条数；默认全部" },
};

interface Listing {
  readonly limit?: string;
  readonly name?: string;
  readonly sort?: string;
}

/** As many entries of a list as are wanted. */
function listed(
  remote: Remote,
  target: string,
  { limit, ...query }: { readonly limit?: string | undefined } & Query,
): AsyncIterable<unknown> {
  if (limit === undefined) return remote.rest.list(target, query);
  const most = mostOf(limit);
  return first(remote.rest.list(target, { ...query, limit: Math.min(most, 200) }), most);
}

const RESTORABLE = {
  en: "deleted {given}; back by: entrepot trash restore {given}",
  zh: "已删除 {given}；可恢复：entrepot trash restore {given}",
};
const DELETED = { en: "deleted {given}", zh: "已删除 {given}" };
const UNTAGGED = {
  en: "deleted {given}; back by: entrepot rollback {given}",
  zh: "已删除 {given}；可恢复：entrepot rollback {given}",
};

/** Asks whoever sits at a terminal; a script means what it says. */
async function isMeant(
  { streams, language }: RemoteContext,
  references: readonly string[],
): Promise<boolean> {
  const names = references.map(printable).join(", ");
  const question = { en: `Delete ${names}? [y/N] `, zh: `删除 ${names}？[y/N] ` };
  const answer = await streams.ask?.(question[language]);
  return answer === undefined || /^(?:y|yes|是)$/i.test(answer.trim());
}

/** What is stored: to list, to look at, to tag, to take away. */
export function addContentVerbs(program: Command, context: RemoteContext): void {
  addVerb<Listing>(program, context, {
    usage: "ls [project]",
    names: 1,
    isPlace: true,
    words: { en: "list the repositories that you may see", zh: "列出您可见的仓库" },
    example: "entrepot ls team --sort -updated",
    options: [NAME, sortOption(SORTS), LIMIT],
    async run(remote, [project], { name, sort, limit }) {
      const query = { project: project || undefined, name, sort, limit };
      await remote.showAll(repositoryView, listed(remote, "/repositories", query));
    },
  });
  addVerb<Listing>(program, context, {
    usage: "tags <repository>",
    names: 1,
    words: { en: "list the tags of a repository", zh: "列出仓库的标签" },
    example: "entrepot tags team/web/api --name 1.4",
    options: [NAME, sortOption(SORTS), LIMIT],
    async run(remote, [repository = ""], { name, sort, limit }) {
      const target = `${at(repositoryPlace(repository))}/tags`;
      await remote.showAll(tagView, listed(remote, target, { name, sort, limit }));
    },
  });
  addInspect(program, context);
  addDiff(program, context);
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
  addVerb<{ readonly yes?: boolean; readonly repository?: boolean }>(program, context, {
    usage: "rm <reference...>",
    names: Number.POSITIVE_INFINITY,
    words: {
      en: "delete tags (NAME:TAG, the image stays) or images with their tags (NAME@DIGEST)",
      zh: "删除标签（名称:标签，保留镜像）或镜像及其全部标签（名称@摘要）",
    },
    example: ["entrepot rm team/web/api:1.3 team/web/api:1.4", "entrepot rm --repository team/old"],
    options: [
      { flags: "-y, --yes", words: { en: "do not ask", zh: "不询问" } },
      {
        flags: "--repository",
        words: { en: "the names are of whole repositories", zh: "所给名称为整个仓库" },
      },
    ],
    async run(remote, references, { yes, repository: isWhole }) {
      const places = references.map((given) => {
        if (isWhole === true) return { given, ...repositoryPlace(given), reference: undefined };
        // A whole repository is more than somebody meant who forgot the tag.
        if (!/[:@][^/]*$/.test(given)) {
          throw misuse(
            `which of ${given}? Write NAME:TAG or NAME@DIGEST, or --repository for all of it`,
            `请指明 ${given} 的标签或摘要：名称:标签 或 名称@摘要；整个仓库请加 --repository`,
          );
        }
        return { given, ...referencePlace(given) };
      });
      if (yes !== true && !remote.isData && !(await isMeant(context, references))) {
        throw new Complaint(EXIT.failed, { en: "nothing was deleted", zh: "未删除任何内容" });
      }
      for (const { given, project, repository, reference } of places) {
        if (reference === undefined) {
          await remote.rest.ask("deleteRepository", { params: { project, repository } });
          await remote.note(RESTORABLE, { given });
          continue;
        }
        await remote.rest.ask("deleteArtifact", { params: { project, repository, reference } });
        // A tag alone: the image stays.
        await remote.note(reference.includes(":") ? DELETED : UNTAGGED, { given });
      }
    },
  });
  addFileVerbs(program, context);
}
