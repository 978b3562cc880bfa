import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { printable } from "../../remote/printable.ts";
import { jsonOf } from "../asking.ts";
import { broken, type Check, type Finding, fine, note, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { systemRoots } from "../roots.ts";
import { isLoopback, placeOf } from "../target.ts";
import { exchange, type Reply, reasonOf, type Way } from "../wire.ts";

const ADVICE = [
  {
    en: "Set `server.public_url` of the server to the address that clients use, with https and the port they see.",
    zh: "请将服务的 `server.public_url` 设为客户端实际使用的地址，包含 https 与其所见端口。",
  },
  {
    en: "A proxy has to pass on `Host` and `X-Forwarded-Proto`, and the server to trust it: `server.trusted_proxies`.",
    zh: "代理须转发 `Host` 与 `X-Forwarded-Proto`，并列入服务的 `server.trusted_proxies`。",
  },
] as const;

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** The way to the token service: of another place, by asking the resolver. */
async function wayTo(patient: Patient, realm: URL, own: Way): Promise<Way> {
  const host = realm.hostname.replace(/^\[|\]$/g, "");
  const port = portOf(realm);
  const isSame = host === own.host.toLowerCase() && port === own.port;
  const told = patient.resolved.get(host);
  const address = isSame
    ? own.address
    : (told ?? (isIP(host) === 0 ? (await lookup(host)).address : host));
  const roots = own.tls?.roots ?? (await systemRoots(patient.files.etc));
  const tls = realm.protocol === "https:" ? { roots } : undefined;
  return { address, port, host, place: realm.host, tls };
}

async function reach(patient: Patient, own: Way, realm: URL): Promise<Reply | string> {
  const { wanted } = patient.learned;
  const url = new URL(realm);
  if (wanted.kind === "bearer" && wanted.service !== undefined) {
    url.searchParams.set("service", wanted.service);
  }
  try {
    const way = await wayTo(patient, realm, own);
    return await exchange(way, { method: "GET", target: `${url.pathname}${url.search}` });
  } catch (error) {
    return reasonOf(error);
  }
}

/** A token service says 200 with a token, or refuses in JSON. */
function isTokenService(reply: Reply): boolean {
  const body = jsonOf(reply);
  const isJson = typeof body === "object" && body !== null;
  return isJson && (reply.status === 200 || (reply.status >= 400 && reply.status < 500));
}

/** What is wrong with where the token service is said to be. */
function misplaced(own: Way, realm: URL): Finding | undefined {
  const shown = printable(realm.origin);
  if (own.tls !== undefined && realm.protocol === "http:") {
    return broken(
      "realm.insecure",
      {
        en: `the registry is reached by https, but sends passwords to ${shown} without encryption`,
        zh: `仓库通过 https 访问，却让密码以明文发往 ${shown}`,
      },
      ...ADVICE,
    );
  }
  const host = realm.hostname.replace(/^\[|\]$/g, "");
  if (isLoopback(host) && !isLoopback(own.host)) {
    return broken(
      "realm.loopback",
      {
        en: `the token service is said to be at ${shown}, which is each client's own machine`,
        zh: `令牌服务被声明在 ${shown}，那是各客户端自己的机器`,
      },
      ...ADVICE,
    );
  }
  return undefined;
}

const basic = note(
  "realm.basic",
  {
    en: "passwords are asked for with each request (Basic), not tokens",
    zh: "每个请求都要求密码（Basic），而非令牌",
  },
  {
    en: "Some registries know nothing else. This one does so where it does not know the address that it is asked by:",
    zh: "部分仓库只支持这种方式。本仓库仅在不认识客户端所用地址时如此：",
  },
  ...ADVICE,
);

/** The token service: can it be reached, and is it of the same place? */
export const realm: Check<Patient> = {
  id: "realm",
  title: { en: "token service", zh: "令牌服务" },
  needs: ["ping"],
  async run(patient) {
    const { wanted, way } = patient.learned;
    if (wanted.kind === "basic") return [basic];
    if (wanted.kind !== "bearer" || way === undefined) return [];
    const bad = misplaced(way, wanted.realm);
    if (bad !== undefined) return [bad];
    const shown = printable(`${wanted.realm.origin}${wanted.realm.pathname}`);
    const reply = await reach(patient, way, wanted.realm);
    if (typeof reply === "string" || !isTokenService(reply)) {
      const why = typeof reply === "string" ? reply : `status ${reply.status}`;
      return [
        broken(
          "realm.unreachable",
          {
            en: `the registry sends clients to ${shown} for tokens, and nothing of that kind answers there (${why})`,
            zh: `仓库让客户端到 ${shown} 获取令牌，但该处没有令牌服务应答（${why}）`,
          },
          ...ADVICE,
        ),
      ];
    }
    const origin = `${way.tls === undefined ? "http" : "https"}://${placeOf(way.host, way.port)}`;
    if (new URL(origin).origin !== wanted.realm.origin) {
      return [
        warning(
          "realm.other_place",
          {
            en: `tokens, and so passwords, are of another place than the registry: ${shown}`,
            zh: `令牌（及密码）与仓库不在同一处：${shown}`,
          },
          {
            en: "Some registries mean it so. With this one it is a proxy that hides the address that clients use:",
            zh: "部分仓库本就如此。若是本仓库，则是代理隐藏了客户端使用的地址：",
          },
          ...ADVICE,
        ),
      ];
    }
    return [fine("realm.fine", { en: `at ${shown}`, zh: `位于 ${shown}` })];
  },
};
