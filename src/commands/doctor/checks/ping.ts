import { parseChallenges } from "../../../client/auth/challenge.ts";
import { printable } from "../../remote/printable.ts";
import { ask } from "../asking.ts";
import { broken, type Check, type Finding, fine } from "../finding.ts";
import type { Patient, Wanted } from "../patient.ts";
import type { Reply } from "../wire.ts";

function wantedBy(header: string): Wanted | undefined {
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer")?.parameters;
  const realm = bearer?.get("realm") ?? "";
  if (bearer !== undefined && URL.canParse(realm)) {
    return { kind: "bearer", realm: new URL(realm), service: bearer.get("service") };
  }
  return challenges.some(({ scheme }) => scheme === "basic") ? { kind: "basic" } : undefined;
}

const GATEWAY = {
  en: "The proxy is there, the registry behind it is not: see that it runs, and that the proxy's upstream names its address and port.",
  zh: "代理可达，但其后的仓库不可达：请确认服务正在运行，且代理的上游地址与端口正确。",
};

function unexpected({ status, header }: Reply): Finding {
  const shown = String(status);
  if (status >= 502 && status <= 504) {
    const words = { en: `a proxy answers ${shown} to /v2/`, zh: `代理对 /v2/ 返回 ${shown}` };
    return broken("ping.gateway", words, GATEWAY);
  }
  if (status >= 300 && status < 400) {
    const to = printable(header("location") ?? "?");
    return broken(
      "ping.redirect",
      { en: `/v2/ is redirected to ${to}`, zh: `/v2/ 被重定向到 ${to}` },
      {
        en: "Clients do not follow it with a password: use that address itself, or take the redirection of /v2/ out of the proxy.",
        zh: "客户端不会带着密码跟随重定向：请直接使用该地址，或在代理中取消对 /v2/ 的重定向。",
      },
    );
  }
  return broken(
    "ping.not_registry",
    {
      en: `what answers is no registry (/v2/: ${shown})`,
      zh: `应答方不是仓库服务（/v2/：${shown}）`,
    },
    {
      en: "Check host and port. A proxy has to pass /v2/ on, at the root of the host: registries have no path before it.",
      zh: "请检查主机与端口。代理须将主机根路径下的 /v2/ 原样转发：仓库地址前不能带路径。",
    },
  );
}

function noChallenge(): Finding {
  return broken(
    "ping.no_challenge",
    {
      en: "/v2/ wants a login, but does not say which (no usable WWW-Authenticate)",
      zh: "/v2/ 要求登录，但未说明方式（缺少可用的 WWW-Authenticate）",
    },
    {
      en: "A proxy takes the header away, or wants a login of its own: for a registry it must leave both to the server.",
      zh: "代理删除了该头部，或自行要求登录：对仓库而言，两者都应交由服务处理。",
    },
  );
}

/** `/v2/`: is it a registry, and what does it want to be shown? */
export const ping: Check<Patient> = {
  id: "ping",
  title: { en: "registry", zh: "仓库服务" },
  needs: ["tls"],
  async run(patient) {
    const reply = await ask(patient, { method: "GET", target: "/v2/" });
    if (reply === undefined) {
      const words = { en: "no answer to /v2/", zh: "/v2/ 无应答" };
      return [broken("ping.silent", words, GATEWAY)];
    }
    const { status } = reply;
    const isRegistry = reply.header("docker-distribution-api-version") !== undefined;
    if (status === 200 && (isRegistry || reply.text.trim() === "{}")) {
      return [
        fine("ping.open", { en: "a registry, open to everybody", zh: "仓库服务，对所有人开放" }),
      ];
    }
    if (status !== 401) return [unexpected(reply)];
    const wanted = wantedBy(reply.header("www-authenticate") ?? "");
    if (wanted === undefined) return [noChallenge()];
    patient.learned.wanted = wanted;
    const how = wanted.kind === "bearer" ? "tokens" : "Basic";
    return [fine("ping.fine", { en: `a registry (${how})`, zh: `仓库服务（${how}）` })];
  },
};
