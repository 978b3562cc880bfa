import { entries } from "./failure.ts";

/** Login providers: directories, single sign-on, the accounts that come from them. */
export const providerErrors = entries({
  "directory.unavailable": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the directory that knows this account does not answer",
    zh: "负责此账户的目录服务没有响应",
    helpEn:
      "Try again in a moment. Administrators: `entrepot provider test` shows which step of the connection fails.",
    helpZh: "请稍后重试。管理员可使用 `entrepot provider test` 查看连接在哪一步失败。",
    retryAfter: 10,
  },
  "directory.refused": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the directory refuses to be searched",
    zh: "目录服务拒绝了查询",
    helpEn:
      "Administrators: check `bind_dn`, its password and the search bases of this login provider with `entrepot provider test`.",
    helpZh:
      "管理员请使用 `entrepot provider test` 检查该登录提供方的 `bind_dn`、其密码以及搜索起点（base）。",
    retryAfter: 60,
  },
  "provider.unavailable": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the login provider {provider} does not answer",
    zh: "登录提供方 {provider} 没有响应",
    helpEn: "Try again in a moment, or log in in another way.",
    helpZh: "请稍后重试，或使用其他登录方式。",
    retryAfter: 10,
  },
  "provider.unknown": {
    wire: "UNSUPPORTED",
    status: 404,
    en: "there is no login provider {provider} of this kind",
    zh: "没有此类登录提供方 {provider}",
    helpEn: "`auth.providers` in the configuration lists the login providers.",
    helpZh: "配置项 `auth.providers` 列出了所有登录提供方。",
  },
  "provider.login_failed": {
    wire: "UNAUTHORIZED",
    status: 401,
    en: "the login was not completed",
    zh: "登录未完成",
    helpEn:
      "Start again from the sign-in page. If it keeps failing, an administrator finds the reason in the audit log.",
    helpZh: "请从登录页面重新开始。若仍然失败，管理员可在审计日志中查看原因。",
  },
  "provider.login_expired": {
    wire: "UNAUTHORIZED",
    status: 401,
    en: "this login took too long or was started in another browser",
    zh: "此次登录耗时过长，或是在另一个浏览器中发起的",
    helpEn: "Start again from the sign-in page.",
    helpZh: "请从登录页面重新开始。",
  },
  "provider.not_admitted": {
    wire: "DENIED",
    status: 403,
    en: "{provider} knows you, but you have no account here",
    zh: "{provider} 认识您，但您在此没有账户",
    helpEn: "Ask an administrator for an account, giving the name of this login provider.",
    helpZh: "请联系管理员开通账户，并告知登录提供方的名称。",
  },
  "provider.identity_taken": {
    wire: "DENIED",
    status: 409,
    en: "this identity at {provider} belongs to an account already",
    zh: "{provider} 上的此身份已属于某个账户",
    helpEn: "Take the identity away from that account first.",
    helpZh: "请先从该账户移除此身份。",
  },
});
