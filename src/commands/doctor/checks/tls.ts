import type { X509Certificate } from "node:crypto";
import { broken, type Check, type Finding, fine, warning } from "../finding.ts";
import { type Handshake, isNotTls, shakeHands } from "../handshake.ts";
import type { Patient } from "../patient.ts";
import { clientFolders, folderRoots, systemRoots } from "../roots.ts";
import { isLoopback, placeOf } from "../target.ts";
import { distrusted, installAdvice } from "../tls-advice.ts";
import { exchange, type Reply, reasonOf, type Way } from "../wire.ts";

const DAY = 86_400_000;
/** Whoever renews by hand needs some days; those who renew by machine do it long before. */
const SOON = 7 * DAY;

async function plainly(way: Way, prefix: string): Promise<Reply | undefined> {
  try {
    return await exchange({ ...way, tls: undefined }, { method: "GET", target: `${prefix}/v2/` });
  } catch {
    // Whatever is wrong with it, it is no plain HTTP.
    return undefined;
  }
}

/** What servers say who get plain HTTP where they speak TLS. */
function isTlsRefusal({ status, text }: Reply): boolean {
  return status === 400 && /https/i.test(text);
}

async function withoutTls(patient: Patient, way: Way): Promise<Finding[]> {
  const { host, prefix, scheme } = patient.target;
  const reply = await plainly(way, prefix);
  if (reply !== undefined && !isTlsRefusal(reply)) return [plain(host, way.place)];
  try {
    await shakeHands(way, []);
  } catch {
    const words = {
      en: "something listens there, but it speaks neither HTTP nor TLS",
      zh: "该处有服务监听，但既不是 HTTP 也不是 TLS",
    };
    return [
      broken("tls.no_http", words, {
        en: "Check the port: another service may have it.",
        zh: "请检查端口：可能属于其他服务。",
      }),
    ];
  }
  const words = {
    en: `plain http was asked for (${scheme}://), but this port speaks TLS`,
    zh: `使用了明文 http（${scheme}://），但该端口使用 TLS`,
  };
  return [
    broken(
      "tls.https_port",
      words,
      { en: `Use https://${way.place}.`, zh: `请使用 https://${way.place}。` },
      {
        en: "Take the registry out of `insecure-registries` (docker), `plain-http` or `insecure = true` (containerd, podman).",
        zh: "请将该仓库从 `insecure-registries`（docker）、`plain-http` 或 `insecure = true`（containerd、podman）中移除。",
      },
    ),
  ];
}

function plain(host: string, place: string): Finding {
  const words = { en: "plain HTTP, without encryption", zh: "明文 HTTP，未加密" };
  if (isLoopback(host)) return fine("tls.none", words);
  return warning(
    "tls.none",
    words,
    {
      en: "Passwords and images can be read and changed on the way: give the server a certificate (`server.tls.cert_file`), or put a proxy with one before it.",
      zh: "密码与镜像在途中可被读取或篡改：请为服务配置证书（`server.tls.cert_file`），或在其前放置带证书的代理。",
    },
    {
      en: `Until then docker only comes with {"insecure-registries": ["${place}"]} in /etc/docker/daemon.json.`,
      zh: `在此之前，docker 须在 /etc/docker/daemon.json 中配置 {"insecure-registries": ["${place}"]}。`,
    },
  );
}

function times({ validTo }: X509Certificate, now: number): Finding[] {
  const left = Date.parse(validTo) - now;
  if (left > SOON) return [];
  const words = {
    en: `the certificate ends on ${validTo}`,
    zh: `证书将于 ${validTo} 到期`,
  };
  return [
    warning("tls.ends_soon", words, {
      en: "Renew it; a running server takes new files by itself.",
      zh: "请更新证书；运行中的服务会自动加载新文件。",
    }),
  ];
}

function wrongName(host: string, { subjectAltName, subject }: X509Certificate): Finding {
  const names = subjectAltName ?? subject;
  return broken(
    "tls.wrong_name",
    {
      en: `the certificate is not of ${host}, but of: ${names}`,
      zh: `证书不属于 ${host}，而属于：${names}`,
    },
    {
      en: "Use a name that is in it, or get a certificate with this name among its subjectAltName; the common name alone counts for nobody any more.",
      zh: "请使用证书中的名称，或申请在 subjectAltName 中包含该名称的证书；仅有 CN 已不被接受。",
    },
    {
      en: "Where several names share an address, the proxy may not know this one and answer with its default certificate.",
      zh: "多个名称共用一个地址时，代理可能不认识该名称而返回默认证书。",
    },
  );
}

/** Tries the roots of the system, then those that were given or that clients have for this place. */
async function trusted(patient: Patient, way: Way, first: Handshake, system: string[]) {
  if (first.distrust === undefined) return { roots: system, by: [] as string[], isSystem: true };
  const folders = clientFolders(patient.files.etc, placeOf(way.host, patient.target.port));
  const choices: [name: string, roots: string[]][] = [];
  if (patient.ca !== undefined) choices.push(["--ca-file", [patient.ca]]);
  for (const each of folders) {
    const roots = await folderRoots(each);
    if (roots.length > 0) choices.push([each.client, roots]);
  }
  const by: string[] = [];
  const good: string[] = [];
  for (const [name, roots] of choices) {
    if ((await shakeHands(way, [...system, ...roots])).distrust !== undefined) continue;
    by.push(name);
    good.push(...roots);
  }
  return { roots: [...system, ...good], by, isSystem: false };
}

/** TLS: is it spoken, whom does this machine trust, and is it the right server? */
export const tls: Check<Patient> = {
  id: "tls",
  title: { en: "encryption (TLS)", zh: "加密（TLS）" },
  needs: ["tcp"],
  async run(patient) {
    const { learned, target } = patient;
    const { way } = learned;
    if (way === undefined) return [];
    if (target.scheme === "http") return await withoutTls(patient, way);
    const system = await systemRoots(patient.files.etc);
    let first: Handshake;
    try {
      first = await shakeHands(way, system);
    } catch (error) {
      return await noHandshake(patient, way, error);
    }
    const { leaf, isOfHost } = first;
    const { roots, by, isSystem } = await trusted(patient, way, first, system);
    if (!isSystem && by.length === 0) return [distrusted(patient, way.place, first)];
    if (!isOfHost) return [wrongName(way.host, leaf)];
    learned.way = { ...way, tls: { roots } };
    const ends = times(leaf, Date.now());
    if (isSystem) {
      const words = {
        en: `trusted; issued by ${leaf.issuer}`,
        zh: `受信任；签发者 ${leaf.issuer}`,
      };
      const shown = { en: words.en.replaceAll("\n", ", "), zh: words.zh.replaceAll("\n", ", ") };
      return [...ends, fine("tls.fine", shown)];
    }
    return [
      ...ends,
      warning(
        "tls.trusted_by_some",
        {
          en: `the certificate is trusted by ${by.join(", ")}, but not by this machine`,
          zh: `证书被 ${by.join("、")} 信任，但不被本机信任`,
        },
        ...installAdvice(way.place),
      ),
    ];
  },
};

async function noHandshake(patient: Patient, way: Way, error: unknown): Promise<Finding[]> {
  const { target } = patient;
  const reply = await plainly(way, target.prefix);
  if (reply === undefined) {
    const why = reasonOf(error);
    const words = { en: `no TLS handshake: ${why}`, zh: `TLS 握手失败：${why}` };
    return [
      broken("tls.no_handshake", words, {
        en: "Something in between may cut it (a proxy, a filter), or the server speaks only versions or ciphers of TLS that are too old: see `openssl s_client -connect HOST:PORT`.",
        zh: "可能被中间设备（代理、过滤器）切断，或服务只支持过旧的 TLS 版本或算法：请用 `openssl s_client -connect 主机:端口` 查看。",
      }),
    ];
  }
  // Nobody said https: then clients come by http as well, where they are allowed to.
  if (target.scheme === undefined) return [plain(target.host, way.place)];
  const isProtocol = isNotTls(error);
  return [
    broken(
      "tls.plain_http",
      {
        en: `https was asked for, but this port speaks plain http${isProtocol ? "" : ` (${reasonOf(error)})`}`,
        zh: `使用了 https，但该端口是明文 http${isProtocol ? "" : `（${reasonOf(error)}）`}`,
      },
      {
        en: "Give the server a certificate (`server.tls.cert_file`, `server.tls.key_file`), or let the proxy before it end TLS on this port (nginx: `listen 443 ssl`).",
        zh: "请为服务配置证书（`server.tls.cert_file`、`server.tls.key_file`），或让前置代理在该端口终止 TLS（nginx：`listen 443 ssl`）。",
      },
      {
        en: `For a test without encryption use http://${way.place}; docker says "server gave HTTP response to HTTPS client" until the registry is in its \`insecure-registries\`.`,
        zh: `若只是不加密测试，请使用 http://${way.place}；在加入 \`insecure-registries\` 之前，docker 会报 "server gave HTTP response to HTTPS client"。`,
      },
    ),
  ];
}
