import type { Command } from "commander";
import { z } from "zod";
import type { RemoteContext } from "./connection.ts";
import { first, mostOf } from "./first.ts";
import { type Remote, read } from "./remote.ts";
import { timeText } from "./values.ts";
import { addVerb } from "./verb.ts";
import { view } from "./views.ts";

const maybe = z.string().nullable();
const hit = z.object({
  kind: z.string(),
  project: z.string(),
  repository: maybe,
  tag: maybe,
  digest: maybe,
  matched: z.object({ field: z.string(), value: z.string() }),
  at: z.number().nullable(),
});

/** A name that other verbs take. */
export function nameOf({ kind, project, repository, tag, digest }: z.output<typeof hit>): string {
  if (repository === null) return project;
  if (kind === "tag" && tag !== null) return `${repository}:${tag}`;
  return kind === "artifact" && digest !== null ? `${repository}@${digest}` : repository;
}

const hitView = view(hit, [
  { title: { en: "Kind", zh: "类型" }, of: ({ kind }) => kind },
  { title: { en: "Name", zh: "名称" }, of: nameOf },
  { title: { en: "Found in", zh: "匹配字段" }, of: ({ matched }) => matched.field },
  { title: { en: "As", zh: "匹配内容" }, of: ({ matched }) => matched.value },
  { title: { en: "When", zh: "时间" }, of: ({ at }) => timeText(at) },
]);

const KINDS = ["project", "repository", "tag", "artifact"];
/** What a page of it holds at most. */
const PAGE = 50;
const page = z.object({
  items: z.array(z.unknown()),
  next: maybe,
  state: z.string(),
});

const BUILDING = {
  en: "the server still reads what was pushed before it could search: there may be more",
  zh: "服务仍在建立搜索索引，结果可能不完整",
};

/** What is found, page after page. */
async function* found(
  remote: Remote,
  query: { readonly q: string; readonly kind: string | undefined; readonly limit: number },
): AsyncGenerator<unknown> {
  let cursor: string | undefined;
  do {
    const answer = await remote.rest.call("GET", "/search", { query: { ...query, cursor } });
    const { items, next, state } = read(page, answer);
    if (state === "building" && cursor === undefined) await remote.note(BUILDING);
    yield* items;
    if (next === cursor) return;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

/** `entrepot search`: over all that one may see. */
export function addSearch(program: Command, context: RemoteContext): void {
  addVerb<{ readonly kind?: string; readonly limit?: string }>(program, context, {
    usage: "search <words...>",
    words: {
      en: "find projects, repositories, tags and images: by name, digest, label, annotation, type",
      zh: "按名称、摘要、标签元数据、注解或类型查找项目、仓库、标签与制品",
    },
    example: ["entrepot search api", "entrepot search sha256:3f1c0a9b --kind artifact"],
    options: [
      { flags: "--kind <kind>", words: { en: "only these", zh: "仅此类对象" }, choices: KINDS },
      { flags: "--limit <count>", words: { en: "how many; else 50", zh: "条数；默认 50" } },
    ],
    async run(remote, given, { kind, limit }) {
      const most = mostOf(limit);
      const query = { q: given.join(" "), kind, limit: Math.min(most, PAGE) };
      await remote.showAll(hitView, first(found(remote, query), most));
    },
  });
}
