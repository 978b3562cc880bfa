import type { z } from "zod";
import { DAY, HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import { key, section } from "./key.ts";
import {
  boolean,
  choice,
  duration,
  integer,
  listenAddress,
  listOf,
  network,
  optional,
  origin,
  orWord,
  path,
  secret,
  size,
  text,
} from "./kinds.ts";

const YEARS = 3_650 * DAY;

const server = section(
  { en: "Where the server listens and how it stops.", zh: "服务器的监听地址与停止方式。" },
  {
    listen: key(listOf(listenAddress(), 1), {
      default: ["127.0.0.1:5000"],
      en: "The addresses to listen on. Port 0 takes a free port.",
      zh: "监听地址。端口 0 表示使用空闲端口。",
    }),
    publicUrl: key(origin(), {
      default: "",
      defaultMeans: { en: "none is shown", zh: "不显示" },
      en: "The URL under which clients reach the registry. It is shown at the start; no answer needs it, because `Location` and `Link` are relative, and a request for another host is served all the same.",
      zh: "客户端访问本仓库的 URL。启动时显示；`Location` 与 `Link` 均为相对地址，因此应答无需用到它，以其他主机名发来的请求也照常处理。",
    }),
    trustedProxies: key(listOf(network(), 0), {
      default: [],
      en: "The reverse proxies whose `X-Forwarded-*` and `Forwarded` headers are believed.",
      zh: "可信的反向代理；仅采信它们的 `X-Forwarded-*` 与 `Forwarded` 请求头。",
    }),
    forwarded: key(choice("x-forwarded", "forwarded"), {
      default: "x-forwarded",
      en: "Which headers the trusted proxies write. The other family is ignored: a proxy passes on what it does not know, and a client could forge it.",
      zh: "可信代理写入的请求头系列。另一系列会被忽略：代理会原样转发其不认识的请求头，客户端可借此伪造。",
    }),
    tls: section(
      {
        en: "HTTPS. The files are read again when they change.",
        zh: "HTTPS。文件变更后自动重新加载。",
      },
      {
        certFile: key(optional(path()), {
          default: "",
          en: "The certificate and its chain (PEM). Empty: plain HTTP.",
          zh: "证书及证书链（PEM）。留空则使用明文 HTTP。",
        }),
        keyFile: key(optional(path()), {
          default: "",
          en: "The private key of the certificate (PEM).",
          zh: "证书私钥（PEM）。",
        }),
      },
    ),
    http3: key(boolean(), {
      default: false,
      en: "Also answers HTTP/3 (QUIC, UDP) on the same ports. Needs `server.tls`.",
      zh: "同时在相同端口提供 HTTP/3（QUIC、UDP）。需要 `server.tls`。",
    }),
    maxConnections: key(integer(1, 1_000_000), {
      default: 10_000,
      en: "How much may be open at once; beyond it, clients are told to try again shortly.",
      zh: "可同时打开的数量上限；超出后客户端会被告知稍后再试。",
    }),
    stopDeadline: key(duration(0, HOUR), {
      default: "30s",
      en: "How long requests that are under way may take to end when the server stops.",
      zh: "服务器停止时，等待进行中请求结束的最长时间。",
    }),
    metricsListen: key(optional(listenAddress()), {
      default: "",
      defaultMeans: {
        en: "only on `server.listen`, with a right",
        zh: "仅在 `server.listen` 上且需权限",
      },
      en: "An address of its own for `/metrics`, served there without authentication.",
      zh: "`/metrics` 的独立监听地址，在该地址上无需身份验证。",
    }),
  },
);

const storage = section(
  { en: "Where the bytes are kept.", zh: "内容的存放位置。" },
  {
    path: key(optional(path()), {
      default: "",
      defaultMeans: { en: "`storage` in the data folder", zh: "数据目录下的 `storage`" },
      en: "The folder that holds blobs and unfinished uploads.",
      zh: "存放 blob 与未完成上传的目录。",
    }),
    minFreeBytes: key(size(0), {
      default: "1GiB",
      en: "With less free space than this, writes are refused (507) before the disk is full.",
      zh: "可用空间低于此值时，在磁盘写满之前拒绝写入（507）。",
    }),
    minFreePercent: key(integer(0, 90), {
      default: 2,
      en: "The same as a share of the whole disk; whichever is met first counts.",
      zh: "同上，按磁盘总量的百分比；先达到者生效。",
    }),
  },
);

const auth = section(
  { en: "Who may come in.", zh: "访问验证。" },
  {
    insecureNoAuth: key(boolean(), {
      default: false,
      en: "Opens everything to everyone. For a laptop or a benchmark, never for a network.",
      zh: "对所有人开放一切。仅用于个人电脑或性能测试，切勿用于网络环境。",
    }),
    realm: key(
      text({ en: "printable ASCII without quotes", zh: "不含引号的可打印 ASCII" }, isRealm),
      {
        default: "Entrepot",
        en: "The realm that clients are shown when they are asked for a password.",
        zh: "要求输入密码时向客户端显示的 realm。",
      },
    ),
  },
);

const admin = section(
  { en: "The first administrator.", zh: "首位管理员。" },
  {
    password: key(
      secret(
        {
          en: "at least 8 characters, not one of the well-known ones",
          zh: "至少 8 个字符，且不是常见密码",
        },
        isDecentPassword,
      ),
      {
        default: "",
        defaultMeans: {
          en: "a random one, told once at the first start",
          zh: "首次启动时随机生成并仅显示一次",
        },
        secret: true,
        en: "The password of `admin`, used at the first start only.",
        zh: "`admin` 的密码，仅在首次启动时使用。",
      },
    ),
  },
);

const projects = section(
  {
    en: "Projects, which own the first part of a repository's name.",
    zh: "项目；拥有仓库名的第一段。",
  },
  {
    autoCreate: key(choice("administrators", "never"), {
      default: "administrators",
      en: "Whose push creates a project that does not exist yet.",
      zh: "谁的推送可自动创建尚不存在的项目。",
    }),
  },
);

const uploads = section(
  { en: "Uploads that are under way.", zh: "进行中的上传。" },
  {
    expireAfter: key(duration(MINUTE, YEARS), {
      default: "7d",
      en: "An upload that nobody continues is removed after this time.",
      zh: "无人继续的上传在此时长后清除。",
    }),
    maxPerPrincipal: key(integer(1, 100_000), {
      default: 100,
      en: "How many uploads one account may have open.",
      zh: "单个账户可同时打开的上传数。",
    }),
    maxSize: key(orWord(size(1), "unlimited"), {
      default: "unlimited",
      en: "The largest blob that is accepted.",
      zh: "可接受的最大 blob。",
    }),
  },
);

const manifests = section(
  { en: "Manifests and indexes.", zh: "manifest 与 index。" },
  {
    requireReferences: key(boolean(), {
      default: true,
      en: "Whether all that a manifest names must be in its repository. `false` allows indexes of which some platforms are left out.",
      zh: "manifest 引用的内容是否必须都在其仓库中。`false` 允许只含部分平台的 index。",
    }),
  },
);

const reclaim = section(
  { en: "How space comes back.", zh: "空间回收。" },
  {
    grace: key(duration(SECOND, YEARS), {
      default: "24h",
      en: "How long content that nothing holds stays before its bytes may go.",
      zh: "无人引用的内容在字节被移除前的保留时长。",
    }),
    untaggedAfter: key(orWord(duration(SECOND, YEARS), "never"), {
      default: "never",
      en: "After this time a manifest without tag, parent and subject counts as unused.",
      zh: "没有标签、上级与 subject 的 manifest 在此时长后视为无用。",
    }),
  },
);

const trash = section(
  { en: "What was deleted and can still be restored.", zh: "已删除但仍可恢复的内容。" },
  {
    keep: key(duration(0, YEARS), {
      default: "7d",
      en: "How long deleted tags, manifests, repositories and projects can be restored.",
      zh: "已删除的标签、manifest、仓库与项目可恢复的时长。",
    }),
  },
);

const tags = section(
  { en: "Lists of tags.", zh: "标签列表。" },
  {
    pageSize: key(integer(1, 10_000), {
      default: 1_000,
      en: "How many tags a page holds when the client does not say.",
      zh: "客户端未指定时每页的标签数。",
    }),
  },
);

const log = section(
  { en: "What is logged, to standard output.", zh: "输出到标准输出的日志。" },
  {
    level: key(choice("trace", "debug", "info", "warn", "error", "fatal", "silent"), {
      default: "info",
      en: "The least severity that is logged.",
      zh: "记录日志的最低级别。",
    }),
    format: key(choice("text", "json"), {
      default: "text",
      en: "Text for people, or one JSON object a line for machines.",
      zh: "供人阅读的文本，或供机器处理的每行一个 JSON。",
    }),
    access: key(boolean(), {
      default: true,
      en: "Whether each request is logged.",
      zh: "是否记录每个请求。",
    }),
  },
);

const jobs = section(
  { en: "Work in the background.", zh: "后台任务。" },
  {
    concurrency: key(integer(1, 256), {
      default: 2,
      en: "How many jobs run at once on this node.",
      zh: "本节点同时运行的任务数。",
    }),
  },
);

/** Everything that can be configured. Keys are snake_case in files and camelCase here. */
export const configSchema = section(
  { en: "Entrepôt", zh: "Entrepôt" },
  {
    data: key(path(), {
      default: "./data",
      en: "The data folder: database and content of a single machine.",
      zh: "数据目录：单机的数据库与内容。",
    }),
    database: key(
      secret(
        {
          en: "empty, or `postgres://user:password@host:5432/name`",
          zh: "留空，或 `postgres://user:password@host:5432/name`",
        },
        isPostgres,
      ),
      {
        default: "",
        defaultMeans: { en: "SQLite in the data folder", zh: "数据目录中的 SQLite" },
        secret: true,
        en: "The database: SQLite, or the URL of a PostgreSQL.",
        zh: "数据库：SQLite，或 PostgreSQL 的 URL。",
      },
    ),
    server,
    storage,
    auth,
    admin,
    projects,
    uploads,
    manifests,
    reclaim,
    trash,
    tags,
    log,
    jobs,
  },
);

/** The configuration that the rest of the code gets: durations in milliseconds, sizes in bytes. */
export type Config = z.infer<typeof configSchema>;

function isRealm(value: string): boolean {
  // RFC 9110 §5.6.4: a quoted-string; what needs no escaping inside it is all that is allowed.
  return /^[\x20-\x7e]{1,128}$/.test(value) && !/["\\]/.test(value);
}

function isPostgres(value: string): boolean {
  if (!/^postgres(?:ql)?:\/\//.test(value) || !URL.canParse(value)) return false;
  return new URL(value).hostname !== "" || new URL(value).searchParams.has("host");
}

const WELL_KNOWN =
  /^(?:pass(?:word|w0rd)\d*|admin\d{3,}|administrator|changeme\d*|harbor12345|1234567890?|12345678|qwertyui(?:op)?|entrepot\d*|letmein\d*)$/i;

function isDecentPassword(value: string): boolean {
  return value.length >= 8 && value.length <= 1_024 && !WELL_KNOWN.test(value);
}
