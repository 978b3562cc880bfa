import { entries } from "./failure.ts";

/** What a wish about reclaiming may be refused for. */
export const reclaimErrors = entries({
  "reclaim.paused": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "reclaiming is paused",
    zh: "空间回收已暂停",
    helpEn: "Resume it first.",
    helpZh: "请先恢复空间回收。",
  },
  "reclaim.disabled": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "this node does not reclaim",
    zh: "本节点未启用空间回收",
    helpEn: "Set reclaim.enabled, or leave it to the other nodes.",
    helpZh: "请启用 reclaim.enabled，或由其他节点回收。",
  },
  "reclaim.unknown": {
    wire: "UNSUPPORTED",
    status: 404,
    en: "repository {name} keeps nothing with the digest {digest}",
    zh: "仓库 {name} 未保留摘要为 {digest} 的内容",
    helpEn: "It was never there, or has been reclaimed.",
    helpZh: "它从未存在，或已被回收。",
  },
});
