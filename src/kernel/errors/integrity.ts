import { entries } from "./failure.ts";

/** Whether stored content is what was pushed. */
export const integrityErrors = entries({
  "adopt.no_registry": {
    wire: "UNSUPPORTED",
    status: 404,
    en: "{path} holds no storage of a registry:2",
    zh: "{path} 中没有 registry:2 的存储",
    helpEn: "Name the folder of its setting `rootdirectory`: `docker/registry/v2` is in it.",
    helpZh: "请指定其 `rootdirectory` 设置的目录，其中含有 `docker/registry/v2`。",
  },
  "integrity.scrub_active": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "a scrub of everything is under way or paused",
    zh: "全量校验正在进行或已暂停",
    helpEn: "Resume or cancel that one; a single repository or digest can be checked meanwhile.",
    helpZh: "请继续或取消该校验；期间仍可校验单个仓库或摘要。",
  },
  "integrity.scrub_state": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "the scrub {id} is {state}",
    zh: "校验 {id} 的状态为 {state}",
    helpEn: "A running scrub can be paused, a paused one resumed, and both cancelled.",
    helpZh: "进行中的校验可暂停，已暂停的可继续，两者均可取消。",
  },
});
