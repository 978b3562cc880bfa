import { entries } from "./failure.ts";

/** What a wish about a background job may be refused for. */
export const jobErrors = entries({
  "jobs.over": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "job {id} has ended, so there is nothing to cancel",
    zh: "任务 {id} 已结束，无法取消",
    helpEn: "Look at the job to see how it ended.",
    helpZh: "请查看该任务的结果。",
  },
  "jobs.not_failed": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "job {id} runs or has done its work; only one that failed, was cancelled or waits can be tried now",
    zh: "任务 {id} 正在运行或已完成；仅失败、已取消或等待中的任务可立即重试",
    helpEn: "Wait for it to end, or cancel it first.",
    helpZh: "请等待其结束，或先将其取消。",
  },
  "jobs.twin": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "another job does the work of job {id} already",
    zh: "已有另一任务在执行任务 {id} 的工作",
    helpEn: "Look for the waiting or running job of the same kind.",
    helpZh: "请查看同类的等待中或运行中的任务。",
  },
  "jobs.most_watchers": {
    wire: "TOOMANYREQUESTS",
    status: 503,
    en: "as many people watch jobs as this server serves at a time",
    zh: "同时查看任务的人数已达上限",
    helpEn: "Try again shortly, or ask for the job itself from time to time.",
    helpZh: "请稍后再试，或定期查询该任务。",
    retryAfter: 10,
  },
});
