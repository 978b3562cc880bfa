import { entries } from "./failure.ts";

/** Limits of projects. */
export const quotaErrors = entries({
  "quota.exceeded": {
    wire: "DENIED",
    status: 403,
    en: "the project {project} may use {limit} bytes and uses {used}: there is no room for {asked} more",
    zh: "项目 {project} 的配额为 {limit} 字节，已使用 {used} 字节，无法再容纳 {asked} 字节",
    helpEn:
      "Delete what is not needed and empty the trash, or ask an administrator for more: `entrepot quota show {project}` tells what takes the space.",
    helpZh:
      "请删除不需要的内容并清空回收站，或联系管理员提高配额；`entrepot quota show {project}` 可查看空间占用。",
  },
  "quota.repositories": {
    wire: "DENIED",
    status: 403,
    en: "the project {project} may have {limit} repositories, and has them",
    zh: "项目 {project} 最多可有 {limit} 个仓库，已达上限",
    helpEn: "Push to one that is there, delete one, or ask an administrator for more.",
    helpZh: "请推送到现有仓库、删除一个仓库，或联系管理员提高上限。",
  },
  "quota.tags": {
    wire: "DENIED",
    status: 403,
    en: "the repository {name} may have {limit} tags, and has them",
    zh: "仓库 {name} 最多可有 {limit} 个标签，已达上限",
    helpEn: "Delete tags that are not needed, or ask an administrator for more.",
    helpZh: "请删除不需要的标签，或联系管理员提高上限。",
  },
  "quota.field_invalid": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "{field} is no limit",
    zh: "{field} 不是有效的限额",
    helpEn: "Give a whole number that is not below zero, or null for no limit.",
    helpZh: "请填写非负整数；null 表示不限制。",
  },
  "quota.warn_above": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "{field} is above the limit of {limit}, and would never warn",
    zh: "{field} 高于上限 {limit}，永远不会发出警告",
    helpEn: "Warn at or below what is refused.",
    helpZh: "警告值应不高于拒绝值。",
  },
});
