import { printable } from "../../remote/printable.ts";
import { ask, jsonOf } from "../asking.ts";
import { broken, type Check, type Finding, fine, note, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { sizeText } from "../space.ts";
import type { Ask, Reply } from "../wire.ts";

const MIB = 2 ** 20;
/** Sent in full, each on top of those before. */
const SENT = [MIB / 2, 2 * MIB, 12 * MIB];
/** Announced alone, for a layer can be as large; the connection is cut before it is sent. */
const ANNOUNCED = [128 * MIB, 2_048 * MIB, 16_384 * MIB];
/** How long a proxy that passes bytes on at once may take to bring the answer. */
const PATIENCE = 4_000;

const NGINX = {
  en: 'nginx: `client_max_body_size 0;` and `proxy_request_buffering off;` for this host; an ingress has `nginx.ingress.kubernetes.io/proxy-body-size: "0"`.',
  zh: 'nginx：为该主机设置 `client_max_body_size 0;` 与 `proxy_request_buffering off;`；Ingress 使用 `nginx.ingress.kubernetes.io/proxy-body-size: "0"`。',
};
const OTHERS = {
  en: "Other proxies, filters and CDNs have limits of their own; a layer is sent in one request of its whole length.",
  zh: "其他代理、过滤器与 CDN 也各有限制；一个镜像层会以完整长度在一个请求中发送。",
};

/** A refusal by the registry itself: its code and its words. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Undefined for whoever else refuses. */
function ownRefusal(reply: Reply): Refusal | undefined {
  const body = jsonOf(reply) as
    | { errors?: [{ message?: unknown; detail?: { reason?: unknown } }] }
    | undefined;
  const [first] = body?.errors ?? [];
  const code = first?.detail?.reason;
  return typeof code === "string" ? { code, message: String(first?.message) } : undefined;
}

function limited(bytes: number): Finding {
  const size = sizeText(bytes);
  return broken(
    "uploads.body_limit",
    {
      en: `something before the registry refuses bodies of ${size} (413): layers of that size cannot be pushed`,
      zh: `仓库之前的设备拒绝 ${size} 的请求体（413）：无法推送这么大的镜像层`,
    },
    NGINX,
    OTHERS,
  );
}

interface Session {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The path of a location, if it is of the place that was asked. */
function pathOf(patient: Patient, reply: Reply): string | undefined {
  const { way } = patient.learned;
  const location = reply.header("location") ?? "";
  const base = `${way?.tls === undefined ? "http" : "https"}://${way?.place ?? ""}`;
  if (location === "" || !URL.canParse(location, base)) return undefined;
  const url = new URL(location, base);
  if (url.origin !== new URL(base).origin) return undefined;
  return `${url.pathname}${url.search}`;
}

function badLocation(location: string | undefined): Finding {
  const shown = printable(location ?? "-");
  return broken(
    "uploads.location",
    {
      en: `an upload is sent on to another place, or to none: Location is ${shown}`,
      zh: `上传被引向别处或无处可去：Location 为 ${shown}`,
    },
    {
      en: "The proxy rewrites or drops Location: let it pass `Host` and `X-Forwarded-Proto` on, and leave the header alone (nginx: `proxy_redirect off;`).",
      zh: "代理改写或删除了 Location：请转发 `Host` 与 `X-Forwarded-Proto`，且不要改动该头部（nginx：`proxy_redirect off;`）。",
    },
  );
}

function full(reply: Reply): Finding {
  return broken(
    "uploads.storage_full",
    {
      en: `the server's disk is full: it takes no uploads (${reply.status})`,
      zh: `服务端磁盘已满：不再接受上传（${reply.status}）`,
    },
    {
      en: "On the server: `df -h` of the data folder; add space or free some. Pulls and deletions go on meanwhile.",
      zh: "在服务端对数据目录执行 `df -h`，扩充或释放空间；期间拉取与删除照常可用。",
    },
    {
      en: "How much has to stay free is set by `storage.min_free_bytes` and `storage.min_free_percent`.",
      zh: "须保留的空间由 `storage.min_free_bytes` 与 `storage.min_free_percent` 设定。",
    },
  );
}

async function authorized(patient: Patient, repository: string): Promise<Record<string, string>> {
  const { wanted, proof, login } = patient.learned;
  if (proof === undefined) return {};
  if (wanted.kind !== "bearer" || login?.name === "") return { authorization: proof };
  const query = new URLSearchParams(wanted.realm.search);
  if (wanted.service !== undefined) query.set("service", wanted.service);
  query.set("scope", `repository:${repository}:pull,push`);
  const target = `${wanted.realm.pathname}?${query}`;
  const body = jsonOf(
    await ask(patient, { method: "GET", target, headers: { authorization: proof } }),
  );
  const token = (body as { token?: unknown } | undefined)?.token;
  return typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
}

/** Sends growing pieces of one upload; gives what stands in their way. */
async function pushPieces(
  patient: Patient,
  { target, headers }: Session,
): Promise<Finding | undefined> {
  let offset = 0;
  let path = target;
  for (const size of SENT) {
    const range = `${offset}-${offset + size - 1}`;
    const reply = await ask(patient, {
      method: "PATCH",
      target: path,
      headers: { ...headers, "content-type": "application/octet-stream", "content-range": range },
      body: new Uint8Array(size),
      deadline: 60_000,
    });
    if (reply === undefined) {
      return broken(
        "uploads.cut",
        {
          en: `an upload of ${sizeText(size)} was cut, or took longer than a minute`,
          zh: `${sizeText(size)} 的上传被切断，或超过一分钟`,
        },
        {
          en: "Raise the proxy's timeouts for bodies (nginx: `client_body_timeout`, `proxy_read_timeout`, `proxy_send_timeout`), or find what cuts long connections.",
          zh: "请调高代理的请求体超时（nginx：`client_body_timeout`、`proxy_read_timeout`、`proxy_send_timeout`），或找出切断长连接的设备。",
        },
      );
    }
    if (reply.status === 413 && ownRefusal(reply) === undefined) return limited(size);
    if (reply.status === 507) return full(reply);
    if (reply.status !== 202) return unexpected(reply);
    offset += size;
    if (reply.header("range") !== `0-${offset - 1}`) {
      return broken(
        "uploads.range",
        {
          en: `the answer to a piece of an upload has lost its Range: ${printable(reply.header("range") ?? "-")}`,
          zh: `上传应答丢失了 Range 头：${printable(reply.header("range") ?? "-")}`,
        },
        {
          en: "Clients go on where Range says: let the proxy pass the headers of answers on as they are.",
          zh: "客户端依据 Range 续传：请让代理原样转发应答头部。",
        },
      );
    }
    const next = pathOf(patient, reply);
    if (next === undefined) return badLocation(reply.header("location"));
    path = next;
  }
  return undefined;
}

function unexpected(reply: Reply): Finding {
  const own = ownRefusal(reply);
  if (own === undefined && reply.status >= 500) {
    return broken(
      "uploads.proxy_fault",
      {
        en: `something before the registry fails at an upload (${reply.status})`,
        zh: `仓库之前的设备在上传时出错（${reply.status}）`,
      },
      {
        en: "Its own log says why. A proxy that keeps bodies on its disk needs space and rights there (nginx: `client_body_temp_path`), or no disk at all with `proxy_request_buffering off;`.",
        zh: "原因见其自身日志。缓存请求体的代理需要磁盘空间与权限（nginx：`client_body_temp_path`）；设置 `proxy_request_buffering off;` 则无需磁盘。",
      },
    );
  }
  const why = printable(own === undefined ? "" : ` ${own.code}: ${own.message}`);
  const words = {
    en: `an upload was refused (${reply.status}${why})`,
    zh: `上传被拒绝（${reply.status}${why}）`,
  };
  return warning("uploads.refused", words);
}

/** Announces what is not sent: a limit is told at once, and without a right to push. */
async function announce(patient: Patient, session: Session): Promise<Finding | undefined> {
  for (const announced of ANNOUNCED) {
    const request: Ask = {
      method: "PATCH",
      target: session.target,
      headers: {
        ...session.headers,
        "content-type": "application/octet-stream",
        // No upload is so far: the registry refuses it before the first byte.
        "content-range": `${2 ** 50}-${2 ** 50 + announced - 1}`,
      },
      body: new Uint8Array(1_024),
      announced,
      deadline: PATIENCE,
    };
    const reply = await ask(patient, request);
    if (reply?.status === 413 && ownRefusal(reply) === undefined) return limited(announced);
    if (reply === undefined) {
      return warning(
        "uploads.buffered",
        {
          en: "something before the registry keeps an upload back until all of it is there",
          zh: "仓库之前的设备会缓存整个上传后才转发",
        },
        {
          en: "It needs the space of the largest layer for each upload, and clients give up meanwhile. nginx: `proxy_request_buffering off;` and `proxy_http_version 1.1;`.",
          zh: "每个上传都要占用最大镜像层的空间，客户端也可能等不及而放弃。nginx：`proxy_request_buffering off;` 与 `proxy_http_version 1.1;`。",
        },
      );
    }
  }
  return undefined;
}

/** What stands before the registry: limits of size, buffers, lost headers; and is there space? */
export const uploads: Check<Patient> = {
  id: "uploads",
  title: { en: "uploads", zh: "上传" },
  needs: ["names", "ping", "realm"],
  async run(patient) {
    const { repository, project, learned } = patient;
    const where = repository ?? `${project ?? "doctor"}/doctor`;
    const stranger: Session = { target: `/v2/${where}/blobs/uploads/doctor`, headers: {} };
    if (learned.mayPush !== true) {
      const found = await announce(patient, stranger);
      if (found !== undefined) return [found];
      const words = {
        en: "no limit of size is told; without a right to push (--project) nothing was sent",
        zh: "未发现大小限制；没有推送权限（--project），未实际发送数据",
      };
      return [note("uploads.announced", words)];
    }
    const headers = await authorized(patient, where);
    const opened = await ask(patient, {
      method: "POST",
      target: `/v2/${where}/blobs/uploads/`,
      headers,
    });
    if (opened?.status === 507) return [full(opened)];
    if (opened === undefined || opened.status !== 202) {
      return opened === undefined ? [] : [unexpected(opened)];
    }
    const target = pathOf(patient, opened);
    if (target === undefined) return [badLocation(opened.header("location"))];
    const session: Session = { target, headers };
    try {
      const found = (await pushPieces(patient, session)) ?? (await announce(patient, session));
      if (found !== undefined) return [found];
    } finally {
      // Nothing stays: the upload is given up, and its bytes with it.
      await ask(patient, { method: "DELETE", target, headers });
    }
    const sum = sizeText(SENT.reduce((all, each) => all + each, 0));
    const words = {
      en: `${sum} were sent and given up again; nothing in between refuses, keeps back or rewrites them`,
      zh: `已发送 ${sum} 并撤销；中间没有设备拒绝、缓存或改写`,
    };
    return [fine("uploads.fine", words)];
  },
};
