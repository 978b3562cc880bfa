import { entries } from "./failure.ts";

/** Faults of the service itself: never the caller's doing, and never "not found". */
export const serviceErrors = entries({
  "service.internal": {
    wire: "UNKNOWN",
    status: 500,
    en: "an unexpected fault; its trace is in the server's log under request {request}",
    zh: "发生意外错误；详情见服务器日志中的请求 {request}",
    helpEn: "Tell an administrator the request id {request}.",
    helpZh: "请将请求编号 {request} 告知管理员。",
  },
  "service.database_unavailable": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the database cannot be reached or failed; nothing was changed",
    zh: "数据库无法访问或出错；未作任何更改",
    helpEn: "Try again shortly. Administrators: see /readyz and the server's log.",
    helpZh: "请稍后再试。管理员请查看 /readyz 和服务器日志。",
    retryAfter: 5,
  },
  "service.storage_unavailable": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the storage cannot be reached or failed; nothing was lost",
    zh: "存储无法访问或出错；数据未丢失",
    helpEn: "Try again shortly. Administrators: see /readyz and the server's log.",
    helpZh: "请稍后再试。管理员请查看 /readyz 和服务器日志。",
    retryAfter: 5,
  },
  "service.storage_full": {
    wire: "UNAVAILABLE",
    status: 507,
    en: "the storage is nearly full ({free} bytes free), so nothing more can be stored",
    zh: "存储空间即将耗尽（剩余 {free} 字节），无法继续写入",
    helpEn: "Free or add space; reads and deletes go on meanwhile.",
    helpZh: "请清理或扩充空间；期间读取与删除照常可用。",
    retryAfter: 60,
  },
  "service.content_damaged": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the stored bytes of {digest} are damaged or missing and are not served",
    zh: "{digest} 的存储内容已损坏或缺失，无法提供",
    helpEn:
      "Push the same content again, with any client and to any repository: that repairs it for all. Administrators see under Integrity, or by `entrepot integrity findings`, what was found.",
    helpZh:
      "请用任意客户端向任意仓库重新推送相同内容：这会为所有仓库修复该内容。管理员可在“完整性”页面或通过 `entrepot integrity findings` 查看发现的问题。",
    retryAfter: 60,
  },
  "service.folder_locked": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the folder {path} is in use by another process ({holder})",
    zh: "目录 {path} 正被另一个进程使用（{holder}）",
    helpEn: "Stop that process first, or give this one a data folder of its own.",
    helpZh: "请先停止该进程，或为当前进程指定另一个数据目录。",
  },
  "service.stopping": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the server is stopping",
    zh: "服务器正在停止",
    helpEn: "Try again shortly.",
    helpZh: "请稍后再试。",
    retryAfter: 2,
  },
  "service.too_many_connections": {
    wire: "TOOMANYREQUESTS",
    status: 503,
    en: "the server holds as many connections as it may",
    zh: "服务器的连接数已达上限",
    helpEn: "Try again shortly; administrators can raise `server.max_connections`.",
    helpZh: "请稍后再试；管理员可调高 `server.max_connections`。",
    retryAfter: 2,
  },
});
