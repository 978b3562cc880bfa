import { key, section } from "../key.ts";
import { cronPattern, integer, optional, orWord, path, size } from "../kinds.ts";

export const backup = section(
  { en: "Backups: snapshots of everything in a folder.", zh: "备份：将全部数据的快照存入目录。" },
  {
    path: key(optional(path()), {
      default: "",
      defaultMeans: { en: "no backups", zh: "不备份" },
      en: "The folder of the backups, best on another disk or machine. Nothing else may be in it.",
      zh: "备份目录，最好位于另一块磁盘或另一台机器。其中不可有其他内容。",
    }),
    schedule: key(orWord(cronPattern(), "never"), {
      default: "30 2 * * *",
      en: "When a backup is made, in UTC.",
      zh: "创建备份的时间（UTC）。",
    }),
    keep: key(integer(1, 1_000), {
      default: 14,
      en: "How many backups are kept; older ones are removed when another one was made.",
      zh: "保留的备份数量；创建新备份后删除更旧的备份。",
    }),
    drillSchedule: key(orWord(cronPattern(), "never"), {
      default: "30 4 * * 0",
      en: "When the newest backup goes through a restore drill, in UTC.",
      zh: "对最新备份进行恢复演练的时间（UTC）。",
    }),
    rate: key(orWord(size(65_536), "unlimited"), {
      default: "unlimited",
      en: "How many bytes a second a backup or a drill reads, so that pulls do not wait for it.",
      zh: "备份或演练每秒读取的字节数，以免影响拉取。",
    }),
  },
);
