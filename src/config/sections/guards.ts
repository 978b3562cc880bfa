import { DAY, SECOND } from "../../kernel/clock.ts";
import { isNetwork } from "../addresses.ts";
import { key, section } from "../key.ts";
import {
  boolean,
  choice,
  duration,
  integer,
  listOf,
  optional,
  orWord,
  path,
  text,
} from "../kinds.ts";
import { isHost } from "./server.ts";

const YEARS = 3_650 * DAY;

export const audit = section(
  { en: "The audit log.", zh: "审计日志。" },
  {
    keep: key(duration(DAY, YEARS), {
      default: "180d",
      en: "How long entries are kept.",
      zh: "条目的保留时长。",
    }),
    pulls: key(choice("gathered", "each"), {
      default: "gathered",
      en: "Pulls as one entry per account, repository, digest and minute, committed within a second; or each by itself before it is answered.",
      zh: "拉取记录：按账户、仓库、digest 与分钟合并为一条并在一秒内提交；或逐条在应答前记录。",
    }),
    syslog: key(
      text(
        {
          en: "empty, or `udp://`, `tcp://` or `tls://host:port`",
          zh: "留空，或 `udp://`、`tcp://`、`tls://主机:端口`",
        },
        isSyslog,
      ),
      {
        default: "",
        defaultMeans: { en: "not forwarded", zh: "不转发" },
        en: "Where entries are forwarded to (RFC 5424).",
        zh: "条目转发的目标地址（RFC 5424）。",
      },
    ),
    syslogCaFile: key(optional(path()), {
      default: "",
      defaultMeans: { en: "the system's authorities", zh: "系统的证书颁发机构" },
      en: "The authority (PEM) that the syslog server's certificate must come from.",
      zh: "syslog 服务器证书必须由此颁发机构（PEM）签发。",
    }),
  },
);

export const limits = section(
  { en: "How much one may pull.", zh: "拉取限额。" },
  {
    pullsPerPrincipal: key(orWord(integer(1, 1_000_000_000), "unlimited"), {
      default: "unlimited",
      en: "Pulls (manifests fetched with GET) of one account in a window.",
      zh: "单个账户在一个时间窗内的拉取次数（以 GET 获取 manifest）。",
    }),
    pullsPerAnonymous: key(orWord(integer(1, 1_000_000_000), "unlimited"), {
      default: "unlimited",
      en: "The same for one address (IPv6: one /64) without a login.",
      zh: "同上，针对未登录的单个地址（IPv6 为 /64）。",
    }),
    window: key(duration(SECOND, 30 * DAY), {
      default: "6h",
      en: "The length of a window, which begins with the first pull.",
      zh: "时间窗长度，自首次拉取起算。",
    }),
    exemptGroups: key(listOf(text({ en: "a group's name", zh: "用户组名称" }), 0), {
      default: [],
      en: "Groups whose members pull without a limit.",
      zh: "其成员不受限额约束的用户组。",
    }),
    exemptRobots: key(boolean(), {
      default: false,
      en: "Whether robots pull without a limit.",
      zh: "机器人账户是否不受限额约束。",
    }),
  },
);

export const outbound = section(
  { en: "Calls to other servers that users can name.", zh: "对用户可指定的其他服务器的访问。" },
  {
    allow: key(
      listOf(
        text(
          {
            en: "a network, a host name or `*.suffix`; with `workload=` or `login=` before it for that use alone",
            zh: "网段、主机名或 `*.后缀`；前面可加 `workload=` 或 `login=` 限定用途",
          },
          isTarget,
        ),
        0,
      ),
      {
        default: [],
        defaultMeans: { en: "public addresses only", zh: "仅公网地址" },
        en: "Internal networks and hosts that may be called all the same, such as an issuer of workload tokens inside the company.",
        zh: "允许访问的内部网段与主机，例如公司内部的工作负载令牌签发方。",
      },
    ),
    caFile: key(optional(path()), {
      default: "",
      defaultMeans: { en: "the well-known authorities alone", zh: "仅公认的证书颁发机构" },
      en: "Authorities (PEM) to trust besides the well-known ones, such as a cluster's own.",
      zh: "除公认机构外另行信任的证书颁发机构（PEM），例如集群自身的机构。",
    }),
  },
);

function isTarget(value: string): boolean {
  const target = value.toLowerCase().replace(/^(?:workload|login)=/, "");
  const host = target.startsWith("*.") ? target.slice(2) : target;
  // Digits at the end make an address, which `isNetwork` reads, or nothing.
  return isNetwork(target) || (isHost(host) && !/(?:^|\.)\d+$/.test(host));
}

function isSyslog(value: string): boolean {
  if (value === "") return true;
  if (!/^(?:udp|tcp|tls):\/\//.test(value) || !URL.canParse(value)) return false;
  const { hostname, port, pathname, search, username } = new URL(value);
  return hostname !== "" && port !== "" && pathname.length < 2 && search === "" && username === "";
}
