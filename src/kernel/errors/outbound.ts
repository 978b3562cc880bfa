import { entries } from "./failure.ts";

/**
 * Calls to URLs that a user named, and trust in outside issuers. The words never tell an open port from a closed or filtered one,
 * nor a name without address from one that leads inside (A47).
 */
export const outboundErrors = entries({
  "outbound.bad_url": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "the URL cannot be used: it must be `https://` with a host name, without user name, password or `#`",
    zh: "该 URL 无法使用：必须是带主机名的 `https://`，不含用户名、密码或 `#`",
    helpEn:
      "Write it like `https://issuer.example.com/path`. Plain `http://` works only for hosts that the operator lists in `outbound.allow`.",
    helpZh:
      "请写成 `https://issuer.example.com/path` 的形式。明文 `http://` 仅适用于运维人员在 `outbound.allow` 中列出的主机。",
  },
  "outbound.not_allowed": {
    wire: "DENIED",
    status: 400,
    en: "the host {host} cannot be used: it has no address, or one that this server may not call",
    zh: "主机 {host} 无法使用：它没有地址，或其地址不允许本服务器访问",
    helpEn:
      "Check the spelling. A host inside the operator's own networks has to be listed in `outbound.allow`.",
    helpZh: "请检查拼写。位于内部网络的主机须由运维人员列入 `outbound.allow`。",
  },
  "outbound.unreachable": {
    wire: "UNAVAILABLE",
    status: 502,
    en: "{host} could not be reached, or did not give a usable answer",
    zh: "无法访问 {host}，或其未给出可用的应答",
    helpEn: "Check the URL and try again. Administrators: the server's log says more.",
    helpZh: "请检查 URL 后重试。管理员请查看服务器日志。",
  },
  "workload.refused": {
    wire: "UNAUTHORIZED",
    status: 401,
    en: "the workload's token is not accepted",
    zh: "不接受该工作负载的令牌",
    helpEn:
      "The audit log of the project says why. Name the robot or the trust rule that is meant, and compare the token's issuer, audience and subject with the rule.",
    helpZh:
      "原因见项目的审计日志。请指明要使用的机器人或信任规则，并将令牌的签发者、受众与主体同规则逐项比对。",
  },
  "trust.unknown": {
    wire: "NAME_UNKNOWN",
    status: 404,
    en: "there is no trust rule {id} here",
    zh: "此处没有信任规则 {id}",
    helpEn: "List the trust rules of the project.",
    helpZh: "请列出该项目的信任规则。",
  },
  "trust.field_invalid": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "{field} of a trust rule must be a text of 1 to {limit} characters without control characters",
    zh: "信任规则的 {field} 必须是 1 到 {limit} 个字符且不含控制字符的文本",
    helpEn: "Correct {field} and try again.",
    helpZh: "请修正 {field} 后重试。",
  },
  "trust.issuer_invalid": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "{issuer} cannot be an issuer: it is the URL that stands in `iss`, without `?`, or `spiffe://` and a trust domain",
    zh: "{issuer} 不能作为签发者：应为 `iss` 中的 URL（不含 `?`），或 `spiffe://` 加信任域",
    helpEn:
      "Write it exactly as tokens have it, with or without the last `/`. For a SPIFFE trust domain give `jwks_url` too.",
    helpZh: "请与令牌中的写法完全一致，包括末尾有无 `/`。对 SPIFFE 信任域还须给出 `jwks_url`。",
  },
  "trust.subject_open": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "the subject {subject} is open to strangers: everybody can get tokens from {issuer}",
    zh: "主体 {subject} 对陌生人开放：任何人都能从 {issuer} 获得令牌",
    helpEn: "Begin it with what is yours and has no wildcard: {examples}.",
    helpZh: "请以属于您且不含通配符的部分开头：{examples}。",
  },
  "trust.robot_unknown": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "there is no robot {id} here that a trust rule could act as",
    zh: "此处没有可供信任规则代行的机器人 {id}",
    helpEn:
      "A rule of a project acts as a robot of the same project, one of the system as a robot of the system.",
    helpZh: "项目的规则只能代行本项目的机器人，系统的规则只能代行系统的机器人。",
  },
  "trust.too_many": {
    wire: "DENIED",
    status: 409,
    en: "there are {limit} trust rules here already",
    zh: "此处已有 {limit} 条信任规则",
    helpEn:
      "Delete those that nobody uses; one rule with a pattern or condition may do for several.",
    helpZh: "请删除无人使用的规则；一条带通配符或条件的规则可代替多条。",
  },
});
