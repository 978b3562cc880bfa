import type { Words } from "./kinds.ts";
import type { Given } from "./yaml-source.ts";

/** A flag of the command line that is short for a key. */
export interface ConfigFlag extends Words {
  /** As an option parser wants it: `--listen <address...>`. */
  readonly usage: string;
  readonly key: string;
  /** What the flag sets, when it takes no value. */
  readonly sets?: boolean;
}

/** The flags of `serve` and of all else that reads the configuration. */
export const configFlags: readonly ConfigFlag[] = [
  {
    usage: "--listen <address...>",
    key: "server.listen",
    en: "listen on these addresses",
    zh: "监听地址",
  },
  { usage: "--data <folder>", key: "data", en: "the data folder", zh: "数据目录" },
  {
    usage: "--database <url>",
    key: "database",
    en: "a PostgreSQL URL (better given by the environment)",
    zh: "PostgreSQL URL（建议通过环境变量给出）",
  },
  {
    usage: "--public-url <url>",
    key: "server.public_url",
    en: "the URL under which clients reach the registry",
    zh: "客户端访问本仓库的 URL",
  },
  {
    usage: "--tls-cert <file>",
    key: "server.tls.cert_file",
    en: "the TLS certificate (PEM)",
    zh: "TLS 证书（PEM）",
  },
  {
    usage: "--tls-key <file>",
    key: "server.tls.key_file",
    en: "the key of the TLS certificate (PEM)",
    zh: "TLS 证书私钥（PEM）",
  },
  {
    usage: "--http3",
    key: "server.http3",
    sets: true,
    en: "answer HTTP/3 too",
    zh: "同时提供 HTTP/3",
  },
  {
    usage: "--insecure-no-auth",
    key: "auth.insecure_no_auth",
    sets: true,
    en: "open everything to everyone",
    zh: "对所有人开放一切",
  },
  {
    usage: "--no-access-log",
    key: "log.access",
    sets: false,
    en: "do not log each request",
    zh: "不记录每个请求",
  },
  {
    usage: "--log-level <level>",
    key: "log.level",
    en: "the least severity logged",
    zh: "日志级别",
  },
  { usage: "--log-format <format>", key: "log.format", en: "text or json", zh: "text 或 json" },
];

/** The long name of a flag: `--listen`. */
export function flagName(flag: ConfigFlag): string {
  return flag.usage.split(" ", 1)[0] ?? flag.usage;
}

/** What `--set key=value` gives; any key may be set so. `undefined` when the form is wrong. */
export function parseSet(text: string): Given | undefined {
  const equals = text.indexOf("=");
  if (equals < 1) return undefined;
  return { name: text.slice(0, equals).trim(), value: text.slice(equals + 1), origin: "--set" };
}
