import type { Command } from "commander";
import { z } from "zod";
import type { RemoteContext } from "./connection.ts";
import { read } from "./remote.ts";
import { timeText } from "./values.ts";
import { addVerb, group } from "./verb.ts";
import { titles, view } from "./views.ts";

const text = z.string();
const part = z.object({ part: text, ok: z.boolean(), why: text.nullable() });
const setting = z.object({ key: text, value: text, origin: text });

const systemView = view(
  z.object({
    version: text,
    commit: text,
    node: text,
    startedAt: z.number(),
    engine: text,
    data: text,
    runtime: text,
    urls: z.array(text),
    storage: z.object({
      kind: text,
      path: text,
      total: z.number().nullable(),
      free: z.number().nullable(),
    }),
    health: z.array(part),
    configuration: z.array(setting),
    warnings: z.array(text),
  }),
  [
    { title: { en: "Version", zh: "版本" }, of: ({ version, commit }) => `${version} (${commit})` },
    { title: { en: "Node", zh: "节点" }, of: ({ node }) => node },
    { title: { en: "Started", zh: "启动时间" }, of: ({ startedAt }) => timeText(startedAt) },
    { title: { en: "Runtime", zh: "运行环境" }, of: ({ runtime }) => runtime },
    { title: { en: "Database", zh: "数据库" }, of: ({ engine }) => engine },
    { title: { en: "Data folder", zh: "数据目录" }, of: ({ data }) => data },
    { title: { en: "Storage", zh: "存储" }, of: ({ storage }) => storage.path },
    { title: { en: "Free", zh: "剩余字节" }, of: ({ storage }) => storage.free },
    { title: { en: "Listens on", zh: "监听于" }, of: ({ urls }) => urls },
  ],
  [
    {
      title: { en: "Not well", zh: "异常部分" },
      of: ({ health }) =>
        health.filter(({ ok }) => !ok).map(({ part: name, why }) => `${name}: ${why ?? ""}`),
    },
    { title: { en: "Warnings", zh: "警告" }, of: ({ warnings }) => warnings },
  ],
);

const settingView = view(setting, [
  { title: { en: "Key", zh: "键" }, of: ({ key }) => key },
  { title: { en: "Value", zh: "值" }, of: ({ value }) => value },
  { title: { en: "From", zh: "来源" }, of: ({ origin }) => origin },
]);

const healthView = view(part, [
  { title: titles.name, of: ({ part: name }) => name },
  { title: { en: "Fine", zh: "正常" }, of: ({ ok }) => ok },
  { title: { en: "Why not", zh: "原因" }, of: ({ why }) => why },
]);

/** `entrepot system`: the node that answers. */
export function systemCommand(context: RemoteContext): Command {
  const words = { en: "the server itself", zh: "查看服务本身" };
  const command = group("system", words, context);
  addVerb(command, context, {
    usage: "show",
    words: { en: "what answers there, and how it is", zh: "查看服务及其状态" },
    example: "entrepot system show",
    async run(remote) {
      await remote.show(systemView, await remote.rest.call("GET", "/system"));
    },
  });
  addVerb(command, context, {
    usage: "health",
    words: { en: "how each part is", zh: "查看各部分健康状况" },
    example: "entrepot system health",
    async run(remote) {
      const { health } = read(systemView.shape, await remote.rest.call("GET", "/system"));
      await remote.showAll(healthView, health);
    },
  });
  addVerb(command, context, {
    usage: "settings",
    words: { en: "the settings that count, without secrets", zh: "查看生效的配置（不含机密）" },
    example: "entrepot system settings",
    async run(remote) {
      const { configuration } = read(systemView.shape, await remote.rest.call("GET", "/system"));
      await remote.showAll(settingView, configuration);
    },
  });
  return command;
}
