import type { Command } from "commander";
import { z } from "zod";
import type { RemoteContext } from "./connection.ts";
import { repositoryPlace } from "./reference.ts";
import { timeText } from "./values.ts";
import { addVerb } from "./verb.ts";
import { view } from "./views.ts";

const starView = view(z.object({ repository: z.string(), at: z.number() }), [
  { title: { en: "Repository", zh: "仓库" }, of: ({ repository }) => repository },
  { title: { en: "Starred", zh: "收藏时间" }, of: ({ at }) => timeText(at) },
]);

/** `entrepot star`, `unstar` and `stars`: what one comes back to. */
export function addStars(program: Command, context: RemoteContext): void {
  addVerb(program, context, {
    usage: "star <repository...>",
    names: Number.POSITIVE_INFINITY,
    words: {
      en: "star repositories; the console shows them first",
      zh: "收藏仓库；控制台首页将优先显示",
    },
    example: "entrepot star team/web/api",
    async run(remote, given) {
      const places = given.map((name) => ({ name, params: repositoryPlace(name) }));
      for (const { name, params } of places) {
        await remote.rest.ask("addStar", { params });
        await remote.note({ en: "starred {name}", zh: "已收藏 {name}" }, { name });
      }
    },
  });
  addVerb(program, context, {
    usage: "unstar <repository...>",
    names: Number.POSITIVE_INFINITY,
    words: { en: "take stars away", zh: "取消收藏仓库" },
    example: "entrepot unstar team/web/api",
    async run(remote, given) {
      const places = given.map((name) => ({ name, params: repositoryPlace(name) }));
      for (const { name, params } of places) {
        await remote.rest.ask("removeStar", { params });
        await remote.note({ en: "no longer starred: {name}", zh: "已取消收藏 {name}" }, { name });
      }
    },
  });
  addVerb(program, context, {
    usage: "stars",
    words: { en: "list the repositories that you starred", zh: "列出已收藏的仓库" },
    example: "entrepot stars",
    async run(remote) {
      await remote.showAll(starView, remote.rest.list("/me/stars"));
    },
  });
}
