/** 占用空间的内容、增长情况，以及可释放的空间。 */
export const storage = {
  intro: "截至昨夜统计的空间占用及其增长情况。",
  words:
    "“占用”对每个 blob 只计一次，含回收站。“共享”为其他内容也持有的部分，单独删除不会释放。“增长”指最近 30 天。",
  byDay: "按天",
  projects: "项目",
  repositories: "{{name}} 的仓库",
  all: "全部项目",
  share: "占比",
  takes: "占用",
  shared: "共享",
  growth: "增长",
  perDay: "日均增长 {{perDay}}。",
  none: "尚无统计数据：每晚统计一次。",
  export: "导出用量（CSV）",
  outlooks: {
    too_few_days: "统计满三天后可预测磁盘写满的时间。",
    not_growing: "磁盘用量没有增长。",
    far: "磁盘用量日均增长 {{perDay}}，十年内不会写满。",
    dated: "按日均增长 {{perDay}} 计算，磁盘将于 {{date}} 写满。",
    full: "磁盘已满：推送被拒绝。",
  },
  weighing: "正在计算可释放的空间……",
  frees: "占用 {{all}}；删除并过了回收站保留期后可释放 {{freed}}。",
  left: "其中 {{left}} 会留在无标签的镜像中。",
};
