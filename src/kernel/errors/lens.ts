import { entries } from "./failure.ts";

/** What content takes up. */
export const lensErrors = entries({
  "lens.busy": {
    wire: "TOOMANYREQUESTS",
    status: 503,
    en: "too many ask at once how much space something takes",
    zh: "同时查询空间占用的请求过多",
    helpEn: "Try again in a moment.",
    helpZh: "请稍后重试。",
    retryAfter: 2,
  },
  "lens.ended": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "whoever asked how much space something takes has left",
    zh: "查询空间占用的请求方已断开",
    helpEn: "Ask again, and wait for the answer.",
    helpZh: "请重新查询并等待结果。",
  },
  "lens.too_large": {
    wire: "UNSUPPORTED",
    status: 422,
    en: "more than {most} manifests belong to what was asked for",
    zh: "所查询的内容包含超过 {most} 个清单",
    helpEn: "Ask for fewer artifacts at once, or for the repository as a whole.",
    helpZh: "请减少一次查询的制品数量，或查询整个仓库。",
  },
});
