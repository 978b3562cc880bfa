import { entries } from "./failure.ts";

/** The audit log: what cannot be recorded, read or verified. */
export const auditErrors = entries({
  "audit.unrecorded": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "this pull cannot be recorded in the audit log now, so it is not answered",
    zh: "目前无法将此次拉取写入审计日志，因此不予应答",
    helpEn: "Try again shortly. Administrators: the database does not take writes; see the log.",
    helpZh: "请稍后再试。管理员：数据库无法写入，请查看日志。",
    retryAfter: 5,
  },
  "audit.bad_cursor": {
    wire: "PAGINATION_NUMBER_INVALID",
    status: 400,
    en: "the page marker {after} is not one that this list gave out",
    zh: "分页标记 {after} 并非由此列表给出",
    helpEn: "Follow the `next` of the page before, or begin without a marker.",
    helpZh: "请使用上一页给出的 `next`，或不带标记重新开始。",
  },
  "audit.no_database": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "there is no database at {path}",
    zh: "{path} 处没有数据库",
    helpEn: "Give the --data or --config of the server whose audit log is to be verified.",
    helpZh: "请指定待校验审计日志所属服务器的 --data 或 --config。",
  },
  "audit.no_log": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "this database has no audit log: it was last opened by an older version",
    zh: "此数据库没有审计日志：它最后由旧版本打开",
    helpEn: "Start this version on it once; then there is something to verify.",
    helpZh: "请先用当前版本启动一次，之后才可校验。",
  },
  "audit.anchor_unreadable": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the checkpoints kept outside cannot be read from {path}",
    zh: "无法从 {path} 读取保存在外部的检查点",
    helpEn: "Give a file of log or syslog lines that hold `audit checkpoint`.",
    helpZh: "请指定包含 `audit checkpoint` 行的日志或 syslog 文件。",
  },
  "audit.anchor_empty": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "{path} holds no checkpoint of an audit log",
    zh: "{path} 中没有任何审计日志检查点",
    helpEn: "Give a file of log or syslog lines that hold `audit checkpoint`.",
    helpZh: "请指定包含 `audit checkpoint` 行的日志或 syslog 文件。",
  },
});
