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
});
