import { z } from "zod";
import { sizeText } from "../sizes.ts";
import type { Column } from "../table.ts";
import { timeText } from "../values.ts";

const text = z.string();
const maybe = text.nullable();
const texts = z.array(text);
const number = z.number();
const maybeNumber = number.nullable();

const image = z.object({
  os: maybe,
  architecture: maybe,
  variant: maybe,
  created: maybeNumber,
  author: maybe,
  entrypoint: texts.nullable(),
  cmd: texts.nullable(),
  env: texts,
  user: maybe,
  workingDir: maybe,
  exposedPorts: texts,
  volumes: texts,
  labels: z.record(text, text),
  stopSignal: maybe,
  healthcheck: maybe,
});

const layer = z.object({
  digest: maybe,
  size: number,
  command: maybe,
  created: maybeNumber,
  sharedWith: number,
});

const child = z.object({
  digest: text,
  size: number,
  artifactType: maybe,
  platform: z.object({ os: text, architecture: text, variant: maybe }).nullable(),
  present: z.boolean(),
  totalSize: maybeNumber,
});

const chart = z.object({
  name: text,
  version: text,
  appVersion: maybe,
  type: maybe,
  description: maybe,
  home: maybe,
  keywords: texts,
  maintainers: z.array(z.object({ name: text, email: maybe })),
  dependencies: z.array(z.object({ name: text, version: text, repository: maybe })),
});

/** What was found in an artifact. */
export const insight = z.object({
  state: text,
  failure: maybe,
  totalSize: maybeNumber,
  uniqueSize: maybeNumber,
  image: image.nullable(),
  layers: z.array(layer),
  children: z.array(child),
  chart: chart.nullable(),
  readme: z.object({ source: text }).nullable(),
});

export type Insight = z.output<typeof insight>;

const words = {
  size: { en: "Size", zh: "大小" },
  digest: { en: "Digest", zh: "摘要" },
  version: { en: "Version", zh: "版本" },
  name: { en: "Name", zh: "名称" },
} as const;

function platformText(of: {
  os: string | null;
  architecture: string | null;
  variant: string | null;
}) {
  return [of.os, of.architecture, of.variant].filter((part) => part !== null).join("/");
}

/** Words as a shell would take them for the same. */
function argvText(argv: readonly string[] | null): string | null {
  if (argv === null) return null;
  return argv
    .map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
}

export const insightColumns: readonly Column<Insight>[] = [
  { title: { en: "Total size", zh: "总大小" }, of: (each) => sizeText(each.totalSize) },
  { title: { en: "Not shared", zh: "独占大小" }, of: (each) => sizeText(each.uniqueSize) },
];

export const imageColumns: readonly Column<z.output<typeof image>>[] = [
  { title: { en: "Platform", zh: "平台" }, of: platformText },
  { title: { en: "Created", zh: "创建时间" }, of: ({ created }) => timeText(created) },
  { title: { en: "Author", zh: "作者" }, of: ({ author }) => author },
  { title: { en: "Entrypoint", zh: "入口" }, of: ({ entrypoint }) => argvText(entrypoint) },
  { title: { en: "Command", zh: "命令" }, of: ({ cmd }) => argvText(cmd) },
  { title: { en: "Environment", zh: "环境变量" }, of: ({ env }) => env },
  { title: { en: "User", zh: "用户" }, of: ({ user }) => user },
  { title: { en: "Directory", zh: "工作目录" }, of: ({ workingDir }) => workingDir },
  { title: { en: "Ports", zh: "端口" }, of: ({ exposedPorts }) => exposedPorts },
  { title: { en: "Volumes", zh: "卷" }, of: ({ volumes }) => volumes },
  {
    title: { en: "Labels", zh: "标签元数据" },
    of: ({ labels }) => Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  },
  { title: { en: "Stop signal", zh: "停止信号" }, of: ({ stopSignal }) => stopSignal },
  { title: { en: "Health check", zh: "健康检查" }, of: ({ healthcheck }) => healthcheck },
];

export const layerColumns: readonly Column<z.output<typeof layer>>[] = [
  { title: words.size, of: ({ digest, size }) => (digest === null ? null : sizeText(size)) },
  { title: { en: "Shared with", zh: "共享数" }, of: ({ sharedWith }) => sharedWith },
  { title: words.digest, of: ({ digest }) => digest },
  { title: { en: "Made by", zh: "由此生成" }, of: ({ command }) => command },
];

export const childColumns: readonly Column<z.output<typeof child>>[] = [
  {
    title: { en: "Platform", zh: "平台" },
    of: ({ platform, artifactType }) => (platform === null ? artifactType : platformText(platform)),
  },
  { title: words.size, of: ({ totalSize }) => sizeText(totalSize) },
  { title: { en: "Here", zh: "是否存在" }, of: ({ present }) => present },
  { title: words.digest, of: ({ digest }) => digest },
];

export const chartColumns: readonly Column<z.output<typeof chart>>[] = [
  { title: words.name, of: ({ name }) => name },
  { title: words.version, of: ({ version }) => version },
  { title: { en: "App version", zh: "应用版本" }, of: ({ appVersion }) => appVersion },
  { title: { en: "Type", zh: "类型" }, of: ({ type }) => type },
  { title: { en: "Description", zh: "说明" }, of: ({ description }) => description },
  { title: { en: "Home", zh: "主页" }, of: ({ home }) => home },
  { title: { en: "Keywords", zh: "关键词" }, of: ({ keywords }) => keywords },
  {
    title: { en: "Maintainers", zh: "维护者" },
    of: ({ maintainers }) =>
      maintainers.map(({ name, email }) => (email === null ? name : `${name} <${email}>`)),
  },
  {
    title: { en: "Depends on", zh: "依赖" },
    of: ({ dependencies }) => dependencies.map(({ name, version }) => `${name} ${version}`),
  },
];
