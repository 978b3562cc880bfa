import { entries } from "./failure.ts";

/** Who you are and what you may do. */
export const accessErrors = entries({
  "access.unauthenticated": {
    wire: "UNAUTHORIZED",
    status: 401,
    en: "authentication required",
    zh: "需要身份验证",
    helpEn: "Log in first, for example with `docker login`.",
    helpZh: "请先登录，例如使用 `docker login`。",
  },
  "access.bad_credentials": {
    wire: "UNAUTHORIZED",
    status: 401,
    en: "the user name or password is not right",
    zh: "用户名或密码不正确",
    helpEn: "Check the user name and password and log in again.",
    helpZh: "请检查用户名和密码后重新登录。",
  },
  "access.too_many_attempts": {
    wire: "TOOMANYREQUESTS",
    status: 429,
    en: "too many passwords are being checked right now",
    zh: "正在验证的密码过多",
    helpEn: "Wait a few seconds and try again.",
    helpZh: "请稍候几秒再试。",
    retryAfter: 5,
  },
  "access.denied": {
    wire: "DENIED",
    status: 403,
    en: "{principal} may not {action} {resource}",
    zh: "{principal} 无权对 {resource} 执行 {action}",
    helpEn: "Ask an administrator for the right `{action}` on {resource}.",
    helpZh: "请向管理员申请 {resource} 上的 `{action}` 权限。",
  },
  "access.insufficient_scope": {
    wire: "DENIED",
    status: 401,
    en: "the token does not allow {action} on {resource}",
    zh: "该令牌不允许对 {resource} 执行 {action}",
    helpEn:
      "Log in with an account that may, for example with `docker login`; a token needs the scope `{scope}`.",
    helpZh: "请使用有权限的账户登录（例如 `docker login`）；令牌需要范围 `{scope}`。",
  },
  "limits.pulls": {
    wire: "TOOMANYREQUESTS",
    status: 429,
    en: "the limit of {limit} pulls in {window} is reached",
    zh: "已达到 {window} 内 {limit} 次拉取的上限",
    helpEn:
      "Pull again in {wait}. Without a login the limit counts for your address: log in, or ask an administrator for a higher one.",
    helpZh: "请在 {wait} 后重试。未登录时按地址计数：请先登录，或联系管理员提高限额。",
  },
});
