import { HOUR } from "../../kernel/clock.ts";
import { key, section } from "../key.ts";
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
  path,
  text,
} from "../kinds.ts";

export const server = section(
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
      en: "The URL under which clients reach the registry: shown at the start, and what the address of the token service and the sign-in pages are built from. `Location` and `Link` are relative, and a request for another host is served all the same.",
      zh: "客户端访问本仓库的 URL：启动时显示，并用于构造令牌服务与登录页面的地址。`Location` 与 `Link` 均为相对地址，以其他主机名发来的请求也照常处理。",
    }),
    hosts: key(
      listOf(
        text(
          { en: "a host name or address, perhaps with a port", zh: "主机名或地址，可带端口" },
          isHostAndPort,
        ),
        0,
      ),
      {
        default: [],
        defaultMeans: {
          en: "this machine's own names and addresses",
          zh: "本机自身的名称与地址",
        },
        en: "Further hosts by which clients may reach the token service when there is no `server.public_url`; with a port (`host:5443`) where a proxy maps another one. For a host that is not known, passwords are asked for with the Basic scheme. Behind a proxy that ends TLS, set `server.public_url`.",
        zh: "未设置 `server.public_url` 时，客户端可用来访问令牌服务的其他主机；代理映射了其他端口时写明端口（`host:5443`）。对未知主机改用 Basic 方式要求密码。位于终止 TLS 的代理之后时，请设置 `server.public_url`。",
      },
    ),
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

/** A host name, an IPv4 address, or an IPv6 one in brackets. */
export function isHost(value: string): boolean {
  return /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])$/i.test(value);
}

function isHostAndPort(value: string): boolean {
  return isHost(value.replace(/:\d{1,5}$/, ""));
}
