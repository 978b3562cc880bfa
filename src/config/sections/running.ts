import { DAY } from "../../kernel/clock.ts";
import { key, section } from "../key.ts";
import { boolean, choice, duration, integer } from "../kinds.ts";

export const log = section(
  { en: "What is logged, to standard output.", zh: "输出到标准输出的日志。" },
  {
    level: key(choice("trace", "debug", "info", "warn", "error", "fatal", "silent"), {
      default: "info",
      en: "The least severity that is logged.",
      zh: "记录日志的最低级别。",
    }),
    format: key(choice("text", "json"), {
      default: "text",
      en: "Text for people, or one JSON object a line for machines.",
      zh: "供人阅读的文本，或供机器处理的每行一个 JSON。",
    }),
    access: key(boolean(), {
      default: true,
      en: "Whether each request is logged.",
      zh: "是否记录每个请求。",
    }),
  },
);

export const jobs = section(
  { en: "Work in the background.", zh: "后台任务。" },
  {
    concurrency: key(integer(1, 256), {
      default: 2,
      en: "How many jobs run at once on this node.",
      zh: "本节点同时运行的任务数。",
    }),
  },
);

export const statistics = section(
  { en: "What is counted of pulls and pushes.", zh: "拉取与推送的统计。" },
  {
    keep: key(duration(DAY, 3_650 * DAY), {
      default: "400d",
      en: "How long the figures of single hours and days are kept; the sums of a repository stay.",
      zh: "按小时与按天的数据保留时长；仓库的累计值一直保留。",
    }),
  },
);
